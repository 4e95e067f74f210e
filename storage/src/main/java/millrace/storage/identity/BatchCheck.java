package millrace.storage.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import millrace.ports.Clock;
import millrace.ports.DiskFile;
import millrace.record.RecordBatch;

/// Reads a stretch of a segment to its last byte and checks every batch in it: length, magic, CRC, ascending offsets; and, where there is a
/// claim, that the chain over them comes out as claimed. For one thread.
public final class BatchCheck {
    private static final int HEADER = RecordBatch.HEADER_BYTES;
    private static final int CRC_AT = 17;
    private static final int CRC_FROM = 21;

    private final DiskFile file;
    private final ByteBuffer buffer;
    private final CRC32C crc = new CRC32C();
    private int bufferAt;
    private int end;
    private int position;
    private long chain;
    private long nextOffset;
    private long baseOffset;                            // of the last batch met, as its epoch and the CRC that it states
    private int leaderEpoch;
    private int stated;
    private String wrong;

    /// @param buffer a few times a usual batch's size; larger batches are read piece by piece
    public BatchCheck(DiskFile file, ByteBuffer buffer) {
        this.file = file;
        this.buffer = buffer.clear().limit(0);
    }

    /// @return whether the span is as it was claimed to be; an unchecked one, whether it holds good batches. A damaged one is looked at again,
    ///         because the file may have been restored: good batches whose offsets have room there are what had been damaged
    public boolean span(IdentityChain claims, int span) throws IOException {
        int from = claims.startOf(span);
        int to = claims.endOf(span);
        boolean wasDamaged = claims.kind(span) == IdentityChain.Kind.DAMAGED;
        if (wasDamaged && claims.lastOffset(span) == IdentityChain.UNKNOWN_OFFSET) return wrong(from, "the segment and its identity file are not of one partition");
        chain = claims.chainBefore(span);
        if (!batches(from, to, claims.firstOffset(span))) return false;
        if (claims.kind(span) == IdentityChain.Kind.UNCHECKED) return true;
        if (wasDamaged) return nextOffset - 1 <= claims.lastOffset(span) || wrong(from, "it ends with offset " + (nextOffset - 1) + ", and " + claims.lastOffset(span) + " was its last");
        if (nextOffset - 1 != claims.lastOffset(span)) return wrong(from, "it ends with offset " + (nextOffset - 1) + ", and was written up to " + claims.lastOffset(span));
        return chain == claims.chainBehind(span)
                || wrong(from, "its batches are not those that were written here (base offsets, lengths, leader epochs and topic id do not add up)");
    }

    /// @return whether good batches, with offsets from `firstOffset` on, fill the stretch up to a last one that may be cut
    public boolean region(int from, int to, long firstOffset) throws IOException {
        return batches(from, to, firstOffset) || position + HEADER > to || position + size(position) > to;
    }

    /// Links good batches to a chain that is being made, until one is wrong or `enough` bytes are read.
    /// @return whether all were good; [#position] tells how far they go, [#nextOffset] what may follow
    public boolean link(int from, int to, int enough, long firstOffset, IdentityChain made, Clock clock) throws IOException {
        position = from;
        end = to;
        nextOffset = firstOffset;
        wrong = null;
        while (position < to && position - from < enough) {
            int at = position;
            if (!batch(to)) return false;
            made.append(baseOffset, nextOffset - 1, position - at, leaderEpoch, stated, clock);
        }
        return true;
    }

    private boolean batches(int from, int to, long firstOffset) throws IOException {
        position = from;
        end = to;
        nextOffset = firstOffset;
        wrong = null;
        while (position < to) {
            if (!batch(to)) return false;
        }
        return true;
    }

    private boolean batch(int to) throws IOException {
        if (position + HEADER > to || !holds(position, HEADER)) return wrong(position, "the file ends in the middle of a batch");
        int at = position - bufferAt;
        int size = buffer.getInt(at + 8) + RecordBatch.LOG_OVERHEAD;
        baseOffset = buffer.getLong(at);
        long lastOffset = baseOffset + buffer.getInt(at + 23);
        leaderEpoch = buffer.getInt(at + 12);
        stated = buffer.getInt(at + CRC_AT);
        if (size < HEADER || size > to - position || buffer.get(at + 16) != RecordBatch.MAGIC) return wrong(position, "there is no record batch");
        if (!crcMatches(stated, size)) return wrong(position, "the batch's CRC does not match its bytes");
        if (baseOffset < nextOffset || lastOffset < baseOffset) return wrong(position, "the batch says offsets " + baseOffset + " to " + lastOffset + " where " + nextOffset + " or a later one was due");
        chain = IdentityChain.link(chain, baseOffset, size, leaderEpoch, stated);
        nextOffset = lastOffset + 1;
        position += size;
        return true;
    }

    private boolean crcMatches(int stated, int size) throws IOException {
        if (size <= buffer.capacity() && !holds(position, size)) return false;
        crc.reset();
        int end = position + size;
        for (int from = position + CRC_FROM; from < end; ) {
            int bytes = Math.min(end - from, buffer.capacity());
            if (!holds(from, bytes)) return false;
            int limit = buffer.limit();
            crc.update(buffer.limit(from - bufferAt + bytes).position(from - bufferAt));
            buffer.limit(limit);
            from += bytes;
        }
        return (int) crc.getValue() == stated;
    }

    private int size(int at) throws IOException {
        return holds(at, HEADER) ? Math.max(HEADER, buffer.getInt(at - bufferAt + 8) + RecordBatch.LOG_OVERHEAD) : Integer.MAX_VALUE / 2;
    }

    /// Sees to it that these bytes are in the buffer.
    private boolean holds(int from, int bytes) throws IOException {
        if (from >= bufferAt && from + bytes <= bufferAt + buffer.limit()) return true;
        buffer.clear().limit(Math.min(buffer.capacity(), Math.max(end - from, bytes)));
        bufferAt = from;
        while (buffer.hasRemaining()) {
            int read = file.read(buffer, (long) from + buffer.position());
            if (read <= 0) break;
        }
        buffer.flip();
        return buffer.limit() >= bytes;
    }

    private boolean wrong(int at, String reason) {
        position = at;
        wrong = reason;
        return false;
    }

    public long nextOffset() {
        return nextOffset;
    }

    /// Where the first thing wrong was met.
    public int position() {
        return position;
    }

    /// In words; null while nothing was wrong.
    public String wrong() {
        return wrong;
    }
}
