package millrace.storage.log;

import java.io.IOException;

/// Has the device take a segment's unsynced bytes a piece at a time, ahead of a sync that nobody waits for.
///
/// Why: a device does one thing after the other. Seconds of appends that are synced at once stand in the way of every sync that somebody does wait for; between
/// pieces those get their turn, and the segment's own sync finds little left (measured: decision 16).
final class WriteBack {
    /// Each piece costs a call, and most of a call's price is the same whatever its size.
    private static final int MOST_PIECES = 64;

    private WriteBack() {}

    /// Takes no lock: what is cut meanwhile is not written back, and what is appended is left to the sync.
    static void of(LogSegment segment, long leastBytes) throws IOException {
        long from = segment.syncedBytes();
        long upto = segment.sizeInBytes();
        long piece = Math.max(leastBytes, (upto - from + MOST_PIECES - 1) / MOST_PIECES);
        if (upto - from <= piece) return;
        LogSegment.Open held = segment.use();
        if (held == null) return;
        try {
            for (long at = from; at < upto; at += piece) held.file().writeBack(at, Math.min(piece, upto - at));
        } finally {
            held.file().release();
        }
    }
}
