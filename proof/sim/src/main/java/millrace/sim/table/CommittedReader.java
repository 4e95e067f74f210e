package millrace.sim.table;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import millrace.ports.FileRecords;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.sim.SimulationFailed;
import millrace.storage.log.AbortedTransaction;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.ReadResult;

/// Reads a log as a consumer with read_committed does, and folds it by key.
final class CommittedReader {
    private final TreeMap<String, String> table = new TreeMap<>();
    private final List<Shadow.Entry> seen = new ArrayList<>();
    private final TreeSet<Long> aborted = new TreeSet<>();
    private long next;

    long next() {
        return next;
    }

    TreeMap<String, String> table() {
        return table;
    }

    /// Everything that is there, aborted records and markers too.
    List<Shadow.Entry> seen() {
        return seen;
    }

    /// @return whether there was more below `bound`
    boolean readOnce(PartitionLog log, int maxBytes, long bound) {
        if (!(log.read(next, maxBytes, bound, true) instanceof ReadResult.Read read)) throw new SimulationFailed("D10: offset " + next + " of " + log + " cannot be read any more");
        if (!(read.records() instanceof FileRecords region)) return false;
        try {
            var bytes = java.nio.ByteBuffer.allocate(region.sizeInBytes());
            millrace.storage.file.SmallFiles.readFully(region.file(), bytes, region.position());
            var ahead = new ArrayList<>(read.abortedTransactions());
            for (RecordBatch batch : RecordBatches.of(bytes.flip())) take(batch, ahead);
            return true;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            region.release();
        }
    }

    private void take(RecordBatch batch, List<AbortedTransaction> ahead) {
        if (!batch.crcMatches()) throw new SimulationFailed("D10: wrong CRC of " + batch);
        ahead.removeIf(each -> each.firstOffset() <= batch.lastOffset() && aborted.add(each.producerId()) | true);
        List<Shadow.Entry> entries = Shadow.entries(batch);
        boolean takenBack = batch.isTransactional() && aborted.contains(batch.producerId());
        if (batch.isControl()) aborted.remove(batch.producerId());
        for (Shadow.Entry each : entries) {
            if (each.offset() < next) continue;
            seen.add(each);
            if (!each.marker() && !takenBack) Shadow.put(table, each);
        }
        next = Math.max(next, batch.nextOffset());
    }
}
