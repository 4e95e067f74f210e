package millrace.storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import millrace.common.Uuid;
import millrace.protocol.storage.ProducerSnapshot;
import millrace.storage.identity.IdentityChain;
import millrace.storage.identity.IdentityFile;

/// What the small files beside a segment hold, entry by entry and as it is written, right or wrong: for tools that show it.
public final class FileEntries {
    /// @param offset last of the batch that begins at the position
    public record OffsetPosition(long offset, int position) {}

    public record TimestampedOffset(long timestamp, long offset) {}

    /// @param end        position behind the span's last byte
    /// @param lastOffset empty where the span reaches to the segment's end, wherever that is
    public record Span(String kind, int end, OptionalLong lastOffset, long chain) {}

    /// @param closed the segment had come to its end with the last span, and was on the device
    /// @param sound  false when something behind the last span shown is damaged
    public record Identity(long generation, Uuid topicId, int partition, long baseOffset, List<Span> spans, boolean closed, boolean sound) {}

    private FileEntries() {}

    /// @return the offset that a file's name begins with, -1 when it does not
    public static long baseOffset(Path file) {
        return SegmentFiles.offsetOf(file.getFileName().toString());
    }

    /// Up to the zeroes that Kafka's preallocation leaves behind.
    public static List<OffsetPosition> offsetIndex(ByteBuffer file, long baseOffset) {
        var entries = new ArrayList<OffsetPosition>(file.remaining() / OffsetIndex.ENTRY_BYTES);
        while (file.remaining() >= OffsetIndex.ENTRY_BYTES) {
            int relativeOffset = file.getInt();
            int position = file.getInt();
            if (relativeOffset == 0 && position == 0) break;
            entries.add(new OffsetPosition(baseOffset + relativeOffset, position));
        }
        return entries;
    }

    /// As [#offsetIndex].
    public static List<TimestampedOffset> timeIndex(ByteBuffer file, long baseOffset) {
        var entries = new ArrayList<TimestampedOffset>(file.remaining() / TimeIndex.ENTRY_BYTES);
        while (file.remaining() >= TimeIndex.ENTRY_BYTES) {
            long timestamp = file.getLong();
            int relativeOffset = file.getInt();
            if (timestamp == 0 && relativeOffset == 0) break;
            entries.add(new TimestampedOffset(timestamp, baseOffset + relativeOffset));
        }
        return entries;
    }

    /// @throws IllegalArgumentException when the bytes are no such index
    public static List<AbortedTransaction> transactionIndex(ByteBuffer file) {
        TransactionIndex index = TransactionIndex.read(file);
        if (index == null) throw new IllegalArgumentException("its entries are none, or do not ascend");
        return index.entries();
    }

    /// @throws IllegalArgumentException when the bytes are no snapshot of producers
    public static List<ProducerSnapshot.ProducerEntry> producers(ByteBuffer file) {
        List<ProducerSnapshot.ProducerEntry> entries = ProducerSnapshots.entries(file);
        if (entries == null) throw new IllegalArgumentException("it is no snapshot of producers: version, CRC or entries are wrong");
        return entries;
    }

    /// @throws IllegalArgumentException when the bytes are no identity file
    public static Identity identity(ByteBuffer file, long baseOffset) {
        if (file.limit() < IdentityFile.HEAD_BYTES) throw new IllegalArgumentException("it has " + file.limit() + " bytes, fewer than its head of " + IdentityFile.HEAD_BYTES);
        long generation = IdentityFile.generationOf(file);
        int partition = IdentityFile.partitionOf(file);
        return switch (IdentityFile.read(file, generation, Uuid.ZERO, partition, baseOffset)) {
            case IdentityFile.Content.Claims(IdentityChain chain, boolean sound) -> new Identity(generation, chain.topicId(), partition, baseOffset, spans(chain), chain.isClosed(), sound);
            case IdentityFile.Content.Unreadable(String reason) -> throw new IllegalArgumentException(reason);
            case IdentityFile.Content.OfAnother other -> throw new IllegalArgumentException("it is that of segment " + other.baseOffset());
            case IdentityFile.Content.OfAnOlderGeneration() -> throw new IllegalStateException("compared with its own generation");
        };
    }

    private static List<Span> spans(IdentityChain chain) {
        var spans = new ArrayList<Span>(chain.count());
        for (int span = 0; span < chain.count(); span++) {
            OptionalLong last = chain.reachesToTheEnd(span) ? OptionalLong.empty() : OptionalLong.of(chain.lastOffset(span));
            spans.add(new Span(chain.kind(span).name(), chain.endOf(span), last, chain.chainBehind(span)));
        }
        return spans;
    }
}
