package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.storage.file.SmallFiles;
import millrace.storage.log.LogDirFailure;

/// `meta.properties` version 1: whose log directory this is. Written by `kafka-storage.sh format` or by Millrace's first start.
///
///     cluster.id=...   directory.id=...   node.id=...   version=1
public record MetaProperties(String clusterId, int nodeId, Uuid directoryId) {
    public static final String FILE_NAME = "meta.properties";

    /// @return empty when the directory is not formatted
    /// @throws IllegalStateException when the file is there and says something else; the text names file, key and value
    public static Optional<MetaProperties> read(Disk disk, Path logDirectory) {
        Path file = logDirectory.resolve(FILE_NAME);
        try {
            return Optional.of(parse(file, SmallFiles.readText(disk, file)));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException e) {
            throw new LogDirFailure(logDirectory, file, "read whose directory this is", e);
        }
    }

    private static MetaProperties parse(Path file, String text) {
        var values = new TreeMap<String, String>();
        for (String line : text.split("\n")) {
            String trimmed = line.trim();
            int equals = trimmed.indexOf('=');
            if (!trimmed.startsWith("#") && equals > 0) values.put(trimmed.substring(0, equals).trim(), unescaped(trimmed.substring(equals + 1).trim()));
        }
        if (!"1".equals(values.get("version")))
            throw new IllegalStateException(file + ": version is " + values.get("version") + ", expected 1; version 0 is of a ZooKeeper cluster, upgrade it with Apache Kafka first");
        try {
            return new MetaProperties(required(file, values, "cluster.id"), Integer.parseInt(required(file, values, "node.id")), Uuid.parse(required(file, values, "directory.id")));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
    }

    private static String required(Path file, TreeMap<String, String> values, String key) {
        String value = values.get(key);
        if (value == null || value.isEmpty()) throw new IllegalStateException(file + ": " + key + " is missing; format the directory again with kafka-storage.sh or empty it");
        return value;
    }

    /// Java's property files put a backslash before `:`, `=` and a few others.
    private static String unescaped(String value) {
        return value.replace("\\", "");
    }

    /// Replaces the file; on the device when it returns.
    public void write(Disk disk, Path logDirectory) {
        Path file = logDirectory.resolve(FILE_NAME);
        try {
            SmallFiles.replace(disk, file, "cluster.id=" + clusterId + "\ndirectory.id=" + directoryId + "\nnode.id=" + nodeId + "\nversion=1\n");
        } catch (IOException e) {
            throw new LogDirFailure(logDirectory, file, "write whose directory this is", e);
        }
    }
}
