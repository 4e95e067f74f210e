package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.storage.identity.IdentityChain;
import millrace.storage.log.LogSegment.Found;
import millrace.storage.log.LogSegment.Open;

/// Finding batches in one segment: from an index entry, or from where a claim begins, batch by batch. Any thread.
///
/// Invariant: an index only shortens the way. Where it points at no batch of its offset the way is gone without it, and the index is not believed
/// again; where headers lead nowhere the answer is [CorruptSegment], not "there is none".
final class SegmentLookUp {
    private final LogSegment segment;
    private final LogPlace place;

    SegmentLookUp(LogSegment segment, LogPlace place) {
        this.segment = segment;
        this.place = place;
    }

    /// The first batch that ends at `offset` or behind it.
    /// @param limit bytes of the segment that count
    /// @return null when there is none
    Found find(Open held, long offset, int limit) throws IOException {
        int entry = held.offsets().floor(offset - segment.baseOffset);
        int claimed = SegmentIdentity.startOf(segment.identity(), offset);
        boolean byIndex = entry >= 0 && held.offsets().position(entry) > claimed;
        int from = byIndex ? held.offsets().position(entry) : claimed;
        if (from >= limit) return null;
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            var scan = new HeaderScan(held.file(), from, limit, buffer);
            while (scan.next()) {
                if (byIndex && scan.position() == from && scan.lastOffset() != segment.baseOffset + held.offsets().relativeOffset(entry)) break;
                if (scan.lastOffset() >= offset) return found(scan);
            }
            if (byIndex && scan.position() == from) return findWithoutIndex(held, claimed, offset, limit, buffer);
            return nothing(scan);
        } finally {
            place.cache().lookUpBuffers.give(buffer);
        }
    }

    /// As [#find], with nothing held.
    Found find(long offset, int limit) throws IOException {
        Open held = segment.use();
        if (held == null) return null;
        try {
            return find(held, offset, limit);
        } finally {
            held.file().release();
        }
    }

    private Found findWithoutIndex(Open held, int from, long offset, int limit, ByteBuffer buffer) throws IOException {
        var scan = new HeaderScan(held.file(), from, limit, buffer);
        while (scan.next()) {
            if (scan.lastOffset() < offset) continue;
            segment.opening.offsetIndexIsWrong(held);
            return found(scan);
        }
        return nothing(scan);
    }

    private static Found found(HeaderScan scan) {
        return new Found(scan.position(), scan.sizeInBytes(), scan.baseOffset(), scan.lastOffset(), scan.maxTimestamp());
    }

    private Found nothing(HeaderScan scan) {
        if (scan.brokenAt() >= 0 && !segment.isGone()) throw new CorruptSegment(segment.logFile(), scan.brokenAt());
        return null;
    }

    /// The first batch at `fromOffset` or behind it whose largest timestamp is `timestampMs` or later.
    Found findTimestamp(Open held, long timestampMs, long fromOffset, int limit) throws IOException {
        int entry = held.times().lower(timestampMs);
        long start = entry < 0 ? fromOffset : Math.max(fromOffset, segment.baseOffset + held.times().relativeOffset(entry));
        int from = Math.max(held.offsets().positionBefore(start - segment.baseOffset), SegmentIdentity.startOf(segment.identity(), start));
        if (from >= limit) return null;
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            var batches = new GoodBatches(segment, held.file(), from, limit, buffer);
            for (HeaderScan scan; (scan = batches.next()) != null; ) {
                if (scan.maxTimestamp() >= timestampMs && scan.lastOffset() >= fromOffset) return found(scan);
            }
            return null;
        } finally {
            place.cache().lookUpBuffers.give(buffer);
        }
    }

    /// The offset behind the last batch, as it was claimed where a claim speaks of the whole segment: then damage at its end moves nothing.
    /// @return -1 when nobody knows it without reading the segment
    long endOffset() throws IOException {
        int size = segment.sizeInBytes();
        if (size == 0) return segment.baseOffset;
        IdentityChain claims = segment.identity();
        int last = claims == null ? -1 : claims.spanAt(size - 1);
        if (last < 0 || claims.kind(last) == IdentityChain.Kind.UNCHECKED) return nextOffset();
        boolean whole = claims.coveredBytes() == size && claims.coveredOffset() != IdentityChain.UNKNOWN_OFFSET;
        return whole ? claims.coveredOffset() + 1 : -1;
    }

    /// The offset behind the last batch, found from the last index entry on.
    /// @return -1 when the segment does not end with a whole batch, or its index is not about it
    long nextOffset() throws IOException {
        if (segment.sizeInBytes() == 0) return segment.baseOffset;
        Open held = segment.use();
        if (held == null) return -1;
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            int entry = held.offsets().count() - 1;
            var scan = new HeaderScan(held.file(), entry < 0 ? 0 : held.offsets().position(entry), segment.sizeInBytes(), buffer);
            long next = -1;
            while (scan.next()) {
                if (next < 0 && entry >= 0 && scan.lastOffset() != segment.baseOffset + held.offsets().relativeOffset(entry)) return -1;
                if (scan.baseOffset() < Math.max(next, segment.baseOffset)) return -1;
                next = scan.lastOffset() + 1;
            }
            return scan.brokenAt() >= 0 ? -1 : next;
        } finally {
            place.cache().lookUpBuffers.give(buffer);
            held.file().release();
        }
    }

    /// An offset that is not below any record in the bytes before `position`, as the index knows it.
    long upperBoundAt(Open held, long position, long otherwise) {
        int entry = position > Integer.MAX_VALUE ? -1 : held.offsets().firstAtOrAfter((int) position);
        return entry < 0 ? otherwise : segment.baseOffset + held.offsets().relativeOffset(entry);
    }
}
