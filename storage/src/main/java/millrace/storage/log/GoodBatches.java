package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.ports.DiskFile;
import millrace.storage.identity.IdentityChain;

/// Walks over the batch headers of a segment as [HeaderScan] does, and steps over what is damaged: span by span, each looked at before its
/// headers are believed. Where nothing is claimed it goes as far as the headers lead.
///
/// For one thread.
final class GoodBatches {
    private final LogSegment segment;
    private final DiskFile file;
    private final IdentityChain claims;
    private final int end;
    private final ByteBuffer buffer;
    private HeaderScan scan;
    private int pieceEnd;

    /// @param from where a batch begins
    /// @param end  bytes of the segment that count
    GoodBatches(LogSegment segment, DiskFile file, int from, int end, ByteBuffer buffer) throws IOException {
        this.segment = segment;
        this.file = file;
        this.claims = segment.identity();
        this.end = end;
        this.buffer = buffer;
        this.pieceEnd = from;
    }

    /// @return the scan, at the next batch; null at the end
    HeaderScan next() throws IOException {
        while (scan == null || !scan.next()) {
            if (pieceEnd >= end) return null;
            open(pieceEnd);
        }
        return scan;
    }

    private void open(int from) throws IOException {
        int span = claims == null ? -1 : claims.spanAt(from);
        boolean claimed = span >= 0 && span < claims.count();
        pieceEnd = claimed ? Math.min(end, claims.endOf(span)) : end;
        boolean good = !claimed || segment.identity.goodUntil(file, claims, from, pieceEnd) == pieceEnd;
        scan = good ? new HeaderScan(file, from, pieceEnd, buffer) : null;
    }
}
