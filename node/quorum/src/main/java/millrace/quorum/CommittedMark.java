package millrace.quorum;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.storage.file.DiskSpace;
import millrace.storage.file.SmallFiles;
import millrace.storage.log.LogDirFailure;

/// How far the metadata log is known to have been committed and on the device: `millrace-committed`, the offset and its CRC-32C in hex. Ours;
/// Apache Kafka ignores it.
///
/// Why: the log is checked from its newest snapshot on at each start, and what ends it there could be a torn tail or a damage. Below this mark it
/// is damage, and to cut it would make topics that were answered for vanish. What is committed is never truncated by right, so the mark only
/// rises. Used by one thread at a time. A mark that cannot be read is none: then the log is recovered as Kafka does it.
final class CommittedMark {
    private static final String NAME = "millrace-committed";
    /// Writing it takes two syncs on the log's own device, so a commit waits for it once in this time at most. What was committed within the last seconds before a kill is behind the mark.
    private static final long INTERVAL_MS = 1_000;

    private final Disk disk;
    private final Clock clock;
    private final Path file;
    private long offset;
    private long writtenMs;

    private CommittedMark(Disk disk, Clock clock, Path file, long offset) {
        this.disk = disk;
        this.clock = clock;
        this.file = file;
        this.offset = offset;
        this.writtenMs = clock.monotonicMs();
    }

    static CommittedMark read(Disk disk, Clock clock, Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        try {
            return new CommittedMark(disk, clock, file, parse(SmallFiles.readText(disk, file)));
        } catch (NoSuchFileException absent) {
            return new CommittedMark(disk, clock, file, 0);
        }
    }

    private static long parse(String text) {
        String[] words = text.trim().split(" ");
        return words.length == 2 && words[0].matches("\\d{1,18}") && text(Long.parseLong(words[0])).equals(text) ? Long.parseLong(words[0]) : 0;
    }

    private static String text(long offset) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.wrap(Long.toString(offset).getBytes(StandardCharsets.UTF_8)));
        return offset + " " + Long.toHexString(crc.getValue()) + "\n";
    }

    long offset() {
        return offset;
    }

    /// Whether it is time to raise it.
    boolean isDue(long committed) {
        return committed > offset && clock.monotonicMs() - writtenMs >= INTERVAL_MS;
    }

    /// Blocking. Without room for it the older mark stays.
    void raiseTo(long committed) {
        if (committed <= offset) return;
        writtenMs = clock.monotonicMs();
        try {
            SmallFiles.replace(disk, file, text(committed));
            offset = committed;
        } catch (IOException e) {
            if (!DiskSpace.isShort(disk, file.getParent(), e, 0)) throw new LogDirFailure(file.getParent(), file, "note how far the metadata log is committed", e);
        }
    }
}
