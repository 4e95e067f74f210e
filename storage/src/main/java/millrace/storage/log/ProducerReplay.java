package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import millrace.ports.DiskFile;
import millrace.record.ControlRecord;
import millrace.record.RecordBatch;

/// Brings the producers to what they are at the end of the log: from the newest snapshot on, by the batch headers behind it. The
/// transaction indexes of what is read are made anew on the way. Used at start and after a truncation.
final class ProducerReplay {
    private ProducerReplay() {}

    /// @param newestSnapshot snapshots above are not used
    static void to(long logEndOffset, long newestSnapshot, LogPlace place, LogSegment[] segments, SnapshotFiles snapshots, ProducerStates producers)
            throws IOException {
        SnapshotFiles.Loaded snapshot = snapshots.latestAtOrBelow(newestSnapshot);
        if (snapshot != null && snapshot.offset() < segments[0].baseOffset) snapshot = null;     // what came between is gone: better to know no producer than an old state of it
        long from = Math.max(snapshot == null ? 0 : snapshot.offset(), segments[0].baseOffset);
        if (snapshot == null) producers.clear();
        else producers.load(snapshot.producers());
        if (from >= logEndOffset) return;
        ByteBuffer buffer = place.cache().recoveryBuffers.take();
        try {
            for (int i = LogReads.floor(segments, from); i < segments.length; i++) replay(segments[i], from, producers, buffer);
        } finally {
            place.cache().recoveryBuffers.give(buffer);
        }
    }

    private static void replay(LogSegment segment, long from, ProducerStates producers, ByteBuffer buffer) throws IOException {
        if (segment.sizeInBytes() == 0) return;
        LogSegment.Open held = segment.use();                        // first: opened later, it would write down what is forgotten
        if (held == null) throw new IOException(segment + " cannot be opened");
        try {
            segment.forgetTransactionsFrom(from);
            int begin = Math.max(held.offsets().positionBefore(from - segment.baseOffset), SegmentIdentity.startOf(segment.identity(), from));
            var batches = new GoodBatches(segment, held.file(), begin, segment.sizeInBytes(), buffer);
            for (HeaderScan scan; (scan = batches.next()) != null; ) {
                if (scan.producerId() < 0 || scan.baseOffset() < from) continue;
                if (scan.isControl()) replayMarker(segment, held.file(), scan, producers);
                else producers.appendedData(scan.producerId(), scan.producerEpoch(), scan.baseSequence(), scan.lastOffsetDelta(), scan.baseOffset(), scan.maxTimestamp(), scan.isTransactional());
            }
        } finally {
            held.file().release();
        }
    }

    private static void replayMarker(LogSegment segment, DiskFile file, HeaderScan scan, ProducerStates producers) throws IOException {
        RecordBatch batch = LogReads.batch(file, scan.position(), scan.sizeInBytes());
        if (!(Batches.controlRecord(batch) instanceof ControlRecord.EndTransaction end)) return;
        AbortedTransaction aborted = producers.appendedMarker(batch.producerId(), batch.producerEpoch(), end.commit(), end.coordinatorEpoch(), batch.baseOffset(), batch.maxTimestamp());
        if (aborted != null) segment.addAborted(aborted);
    }
}
