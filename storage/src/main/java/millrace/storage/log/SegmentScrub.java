package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.record.RecordBatch;
import millrace.storage.file.DiskSpace;
import millrace.storage.file.SmallFiles;
import millrace.storage.identity.BatchCheck;
import millrace.storage.identity.IdentityChain;
import millrace.storage.identity.IdentityChain.Kind;

/// Reads one segment that is not appended to any more from its first byte to its last, a stretch at a time: batches, identity, offset index.
///
/// Where the identity does not speak of all of it (data that Apache Kafka wrote), a whole one is made on the way and put in its place. A
/// wrong index is thrown away, to be made anew by the next read. Damage is told, and nothing of the log is changed.
///
/// For one thread.
public final class SegmentScrub {
    private static final int STRETCH_BYTES = 1 << 20;

    private final PartitionLog log;
    private final LogPlace place;
    private final LogSegment segment;
    private final int sizeInBytes;
    private final long nextSegment;
    private IdentityChain claims;
    private IdentityChain made;
    private int position;
    private long nextOffset;
    private boolean allClaimsKept = true;               // a broken claim must not be linked anew: the file may be restored
    private boolean done;

    SegmentScrub(PartitionLog log, LogPlace place, LogSegment segment, long nextSegment) {
        this.log = log;
        this.place = place;
        this.segment = segment;
        this.sizeInBytes = segment.sizeInBytes();
        this.nextSegment = nextSegment;
        this.nextOffset = segment.baseOffset;
    }

    public boolean isDone() {
        return done;
    }

    /// @param maxBytes after which it stops, in bytes; the last span may exceed it
    /// @return bytes read
    /// @throws LogDirFailure if the device fails
    public long step(long maxBytes) {
        try {
            return read(maxBytes);
        } catch (IOException e) {
            throw new LogDirFailure(place.directory(), segment.logFile(), "read through the segment", e);
        }
    }

    private long read(long maxBytes) throws IOException {
        LogSegment.Open held = segment.use();
        if (held == null) {
            done = true;
            return 0;
        }
        try {
            if (claims == null) begin();
            int from = position;
            while (!done && position < sizeInBytes && position - from < maxBytes) stretch(held);
            if (position >= sizeInBytes && !done) finish(held);
            return position - from;
        } finally {
            held.file().release();
        }
    }

    private void begin() throws IOException {
        claims = segment.identity();
        done = claims == null || sizeInBytes == 0;
        for (int span = 0; !done && span < claims.count(); span++) {
            if (claims.kind(span) == Kind.UNCHECKED) made = claims.below(0);
        }
    }

    private void stretch(LogSegment.Open held) throws IOException {
        int span = claims.spanAt(position);
        if (claims.isSuperseded() || span >= claims.count()) done = true;
        else if (claims.kind(span) == Kind.UNCHECKED) recordIdentity(held, span);
        else checkIdentity(held, span);
    }

    private void checkIdentity(LogSegment.Open held, int span) throws IOException {
        boolean good = segment.identity.wrongIn(held.file(), claims, span) == null;
        if (made != null && good) segment.identity.linkAgain(made, held.file(), position, claims.endOf(span));
        else if (made != null) made.claim(claims, span, place.clock().monotonicMs());
        allClaimsKept &= good;
        position = claims.endOf(span);
        nextOffset = claims.lastOffset(span) + 1;
    }

    /// Batches that are good by themselves become what is known of the segment; the others are refused from now on.
    private void recordIdentity(LogSegment.Open held, int span) throws IOException {
        int to = Math.min(claims.endOf(span), sizeInBytes);
        ByteBuffer buffer = place.cache().verifyBuffers.take();
        try {
            var check = new BatchCheck(held.file(), buffer);
            check.link(position, to, STRETCH_BYTES, nextOffset, made, place.clock());
            position = check.position();
            nextOffset = check.nextOffset();
            if (check.wrong() != null) stepOver(held, to, check.wrong());
        } finally {
            place.cache().verifyBuffers.give(buffer);
        }
    }

    private void stepOver(LogSegment.Open held, int spanEnd, String wrong) throws IOException {
        int from = position;
        int entry = held.offsets().firstAtOrAfter(from + 1);
        RecordBatch next = entry < 0 || held.offsets().position(entry) >= spanEnd ? null : goodBatch(held, held.offsets().position(entry));
        position = next == null ? spanEnd : held.offsets().position(entry);
        long last = next == null ? Math.max(nextOffset, Math.min(nextSegment, segment.baseOffset + Integer.MAX_VALUE - 1L) - 1) : next.baseOffset() - 1;
        made.skip(Kind.DAMAGED, position, last, place.clock().monotonicMs());
        segment.identity.tell(from, from, position, nextOffset, last, wrong);
        nextOffset = last + 1;
    }

    private RecordBatch goodBatch(LogSegment.Open held, int at) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(RecordBatch.HEADER_BYTES);
        SmallFiles.readFully(held.file(), head, at);
        long bytes = head.hasRemaining() ? 0 : (long) head.getInt(8) + RecordBatch.LOG_OVERHEAD;
        if (bytes < RecordBatch.HEADER_BYTES || at + bytes > sizeInBytes || head.get(16) != RecordBatch.MAGIC) return null;
        RecordBatch batch = LogReads.batch(held.file(), at, (int) bytes);
        return batch.crcMatches() && batch.baseOffset() >= nextOffset ? batch : null;
    }

    private void finish(LogSegment.Open held) throws IOException {
        done = true;
        if (claims.isSuperseded()) return;
        if (made != null && allClaimsKept) {
            made.seal(place.clock().monotonicMs());
            replaceIdentity();
        }
        if (!isRight(held)) segment.opening.dropIndexes();
    }

    /// Without room the segment stays as it is known; the next pass tries again.
    private void replaceIdentity() throws IOException {
        try {
            log.replaceIdentity(segment, claims, made);
        } catch (IOException e) {
            if (!DiskSpace.isShort(place.disk(), place.directory(), e, 0)) throw e;
        }
    }

    /// Whether every entry of the offset index points at the beginning of the batch that it names. What lies in damage is not asked.
    private boolean isRight(LogSegment.Open held) throws IOException {
        OffsetIndex index = held.offsets();
        ByteBuffer head = ByteBuffer.allocate(27);
        for (int entry = 0; entry < index.count(); entry++) {
            SmallFiles.readFully(held.file(), head.clear(), index.position(entry));
            boolean right = !head.hasRemaining() && head.get(16) == RecordBatch.MAGIC && head.getLong(0) + head.getInt(23) == segment.baseOffset + index.relativeOffset(entry);
            if (!right && segment.identity.isGoodAt(held.file(), segment.identity(), segment.baseOffset + index.relativeOffset(entry))) return false;
        }
        return true;
    }
}
