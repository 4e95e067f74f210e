package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import millrace.ports.Disk;
import millrace.storage.file.SmallFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// `.kafka_cleanshutdown`: the node stopped in order, with this broker epoch. Written last, removed first.
///
///     {"version":0,"brokerEpoch":N}
///
/// The broker epoch tells the controller whether a restarted broker kept what it had (KIP-966).
final class CleanShutdown {
    static final String FILE_NAME = ".kafka_cleanshutdown";
    static final long NO_BROKER_EPOCH = -1;
    private static final JsonFactory JSON = new JsonFactory();

    private CleanShutdown() {}

    /// @return the broker epoch, -1 when the marker does not name one; empty when there is no marker
    static OptionalLong read(Disk disk, Path directory) throws IOException {
        try {
            return OptionalLong.of(brokerEpoch(SmallFiles.readText(disk, directory.resolve(FILE_NAME))));
        } catch (NoSuchFileException absent) {
            return OptionalLong.empty();
        }
    }

    private static long brokerEpoch(String text) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.PROPERTY_NAME && json.currentName().equals("brokerEpoch") && json.nextToken() == JsonToken.VALUE_NUMBER_INT) return json.getLongValue();
            }
        } catch (JacksonException torn) {
            // Older Kafka wrote an empty marker: clean, and no epoch known.
        }
        return NO_BROKER_EPOCH;
    }

    static void write(Disk disk, Path directory, long brokerEpoch) throws IOException {
        SmallFiles.replace(disk, directory.resolve(FILE_NAME), "{\"version\":0,\"brokerEpoch\":" + brokerEpoch + "}");
    }

    static void remove(Disk disk, Path directory) throws IOException {
        if (disk.delete(directory.resolve(FILE_NAME))) disk.syncDirectory(directory);
    }
}
