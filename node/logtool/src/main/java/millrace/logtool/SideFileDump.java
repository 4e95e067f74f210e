package millrace.logtool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import millrace.ports.Disk;
import millrace.protocol.storage.ProducerSnapshot.ProducerEntry;
import millrace.storage.file.SmallFiles;
import millrace.storage.log.AbortedTransaction;
import millrace.storage.log.FileEntries;
import millrace.storage.log.FileEntries.OffsetPosition;
import millrace.storage.log.FileEntries.Span;
import millrace.storage.log.FileEntries.TimestampedOffset;

/// Shows the small files of a log directory: indexes, snapshots of producers, identities, checkpoints and properties.
final class SideFileDump {
    private final Disk disk;
    private final Output out;

    SideFileDump(Disk disk, Output out) {
        this.disk = disk;
        this.out = out;
    }

    /// @throws IllegalArgumentException when the file is not what its name says
    void dump(Path file) throws IOException {
        ByteBuffer content = SmallFiles.read(disk, file);
        String name = file.getFileName().toString();
        long base = FileEntries.baseOffset(file);
        switch (base < 0 ? name : name.substring(name.indexOf('.'))) {
            case ".index"     -> offsetIndex(file, content, base);
            case ".timeindex" -> timeIndex(content, base);
            case ".txnindex"  -> transactionIndex(content);
            case ".snapshot"  -> producers(content);
            case ".identity"  -> identity(content, base);
            case "leader-epoch-checkpoint" -> columns(content, 2, "epoch", "startOffset");
            case "recovery-point-offset-checkpoint", "log-start-offset-checkpoint", "replication-offset-checkpoint", "cleaner-offset-checkpoint" ->
                columns(content, 2, "topic", "partition", "offset");
            case "partition.metadata", "millrace-identity" -> properties(content, ": ");
            case "meta.properties" -> properties(content, "=");
            case "quorum-state", ".kafka_cleanshutdown" -> out.say(text(content).strip());
            default -> throw new IllegalArgumentException("nothing is known of files with such a name; segments, indexes, snapshots, checkpoints, partition.metadata, meta.properties, quorum-state and identities can be shown");
        }
    }

    private void offsetIndex(Path file, ByteBuffer content, long base) {
        List<OffsetPosition> entries = FileEntries.offsetIndex(content, base);
        if (entries.isEmpty()) out.say(file + " is empty.");
        for (OffsetPosition each : entries) out.row(new Row("entry").with("offset", each.offset()).with("position", each.position()));
    }

    private void timeIndex(ByteBuffer content, long base) {
        for (TimestampedOffset each : FileEntries.timeIndex(content, base)) out.row(new Row("entry").with("timestamp", each.timestamp()).with("offset", each.offset()));
    }

    private void transactionIndex(ByteBuffer content) {
        for (AbortedTransaction each : FileEntries.transactionIndex(content))
            out.row(new Row("entry").with("version", 0).with("producerId", each.producerId()).with("firstOffset", each.firstOffset()).with("lastOffset", each.lastOffset())
                    .with("lastStableOffset", each.lastStableOffset()));
    }

    private void producers(ByteBuffer content) {
        for (ProducerEntry each : FileEntries.producers(content)) {
            var row = new Row("entry").with("producerId", each.producerId()).with("producerEpoch", each.epoch()).with("coordinatorEpoch", each.coordinatorEpoch())
                    .with("currentTxnFirstOffset", each.currentTxnFirstOffset() < 0 ? OptionalLong.empty() : OptionalLong.of(each.currentTxnFirstOffset()))
                    .with("lastTimestamp", each.timestamp());
            if (each.lastOffset() >= 0)
                row.with("firstSequence", firstSequence(each)).with("lastSequence", each.lastSequence()).with("lastOffset", each.lastOffset())
                        .with("offsetDelta", each.offsetDelta()).with("timestamp", each.timestamp());
            out.row(row);
        }
    }

    /// Sequences wrap to 0 past the largest int.
    private static int firstSequence(ProducerEntry entry) {
        int last = entry.lastSequence();
        int delta = entry.offsetDelta();
        return last < delta ? Integer.MAX_VALUE - (delta - last) + 1 : last - delta;
    }

    private void identity(ByteBuffer content, long base) {
        FileEntries.Identity identity = FileEntries.identity(content, base);
        out.row(new Row("identity").with("generation", identity.generation()).with("topicId", identity.topicId()).with("partition", identity.partition()).with("baseOffset", base)
                .with("spans", identity.spans().size()).with("closed", identity.closed()).with("isvalid", identity.sound()));
        for (Span each : identity.spans())
            out.row(new Row("span").with("claim", each.kind()).with("endPosition", each.end()).with("lastOffset", each.lastOffset().isPresent() ? each.lastOffset().getAsLong() : null)
                    .with("chain", Long.toHexString(each.chain())));
    }

    private static String text(ByteBuffer content) {
        return UTF_8.decode(content).toString();
    }

    /// @param head lines before the columns: version and number of lines
    private void columns(ByteBuffer content, int head, String... names) {
        String[] lines = text(content).split("\n");
        if (lines.length < head) throw new IllegalArgumentException("it does not begin with a version and a number of lines");
        out.row(new Row("head").with("version", lines[0].trim()).with("entries", lines[1].trim()));
        for (int i = head; i < lines.length; i++) {
            String[] words = lines[i].trim().split(" ");
            if (words.length != names.length) throw new IllegalArgumentException("line " + (i + 1) + " has " + words.length + " words, and should have " + names.length);
            var row = new Row("entry");
            for (int column = 0; column < names.length; column++) row.with(names[column], names[column].equals("topic") ? words[column] : number(words[column], i));
            out.row(row);
        }
    }

    private static long number(String word, int line) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("line " + (line + 1) + " has '" + word + "' where a number should be", e);
        }
    }

    private void properties(ByteBuffer content, String separator) {
        for (String line : text(content).split("\n")) {
            int at = line.indexOf(separator);
            if (at > 0 && !line.startsWith("#")) out.row(new Row("entry").with(line.substring(0, at), line.substring(at + separator.length()).trim()));
        }
    }
}
