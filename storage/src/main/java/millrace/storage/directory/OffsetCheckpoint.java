package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import millrace.common.TopicPartition;
import millrace.ports.Disk;
import millrace.storage.file.SmallFiles;

/// A file with one offset for each partition: version 0, the number of lines, then `topic partition offset`.
///
/// Written only when its content differs from what was written last. Guarded by its owner.
final class OffsetCheckpoint {
    static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    static final String LOG_STARTS = "log-start-offset-checkpoint";
    static final String CLEANED = "cleaner-offset-checkpoint";
    static final String HIGH_WATERMARKS = "replication-offset-checkpoint";

    private final Disk disk;
    private final Path file;
    private String written;

    OffsetCheckpoint(Disk disk, Path directory, String name) {
        this.disk = disk;
        this.file = directory.resolve(name);
    }

    /// @return what could be read; empty when there is no file or it is no such file, which only makes the start slower
    TreeMap<TopicPartition, Long> read() throws IOException {
        var offsets = new TreeMap<TopicPartition, Long>();
        String text;
        try {
            text = SmallFiles.readText(disk, file);
        } catch (NoSuchFileException absent) {
            return offsets;
        }
        String[] lines = text.split("\n");
        if (lines.length < 2 || !lines[0].trim().equals("0")) return offsets;
        for (int i = 2; i < lines.length; i++) readLine(lines[i], offsets);
        written = text;
        return offsets;
    }

    /// @return what is wrong with the text of such a file, null for nothing
    static String problem(String text) {
        String[] lines = text.split("\n");
        if (lines.length < 2 || !lines[0].trim().equals("0")) return "it does not begin with version 0 and a number of lines";
        var offsets = new TreeMap<TopicPartition, Long>();
        for (int i = 2; i < lines.length; i++) {
            readLine(lines[i], offsets);
            if (offsets.size() != i - 1) return "line " + (i + 1) + " is no topic, partition and offset, or names a partition again";
        }
        return lines[1].trim().equals(Integer.toString(offsets.size())) ? null : "it should have " + lines[1].trim() + " lines, and has " + offsets.size();
    }

    private static void readLine(String untrimmed, TreeMap<TopicPartition, Long> offsets) {
        String line = untrimmed.trim();
        int first = line.indexOf(' ');
        int second = line.indexOf(' ', first + 1);
        if (first < 0 || second < 0) return;
        try {
            offsets.put(new TopicPartition(line.substring(0, first), Integer.parseInt(line.substring(first + 1, second))), Long.parseLong(line.substring(second + 1)));
        } catch (NumberFormatException notOurs) {
            // A line that is no offset says nothing; its log is recovered from its beginning.
        }
    }

    void write(SortedMap<TopicPartition, Long> offsets) throws IOException {
        var text = new StringBuilder(16 + offsets.size() * 32).append("0\n").append(offsets.size()).append('\n');
        for (var each : offsets.entrySet())
            text.append(each.getKey().topic()).append(' ').append(each.getKey().partition()).append(' ').append(each.getValue().longValue()).append('\n');
        String now = text.toString();
        if (now.equals(written)) return;
        SmallFiles.replace(disk, file, now);
        written = now;
    }

    /// On the device when it returns. The next [#write] makes it again.
    void delete() throws IOException {
        disk.delete(file);
        disk.syncDirectory(file.getParent());
        written = null;
    }

    /// There is a file, or has been.
    boolean isWritten() {
        return written != null;
    }

    Path file() {
        return file;
    }
}
