package millrace.sim.txn;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchResponse.AbortedTransaction;
import millrace.protocol.message.FetchResponse.PartitionData;
import millrace.record.ControlRecords;
import millrace.record.DecodeLimits;
import millrace.record.MemoryRecords;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.sim.log.Payload;
import millrace.sim.log.WholeNode;
import millrace.sim.txn.TxnHistory.Seen;

/// How a consumer asks for records, and what it makes of the answer, in one of the two isolation levels.
final class FetchedRecords {
    static final short VERSION = 12;

    private FetchedRecords() {}

    static FetchRequest request(int partition, long from, boolean committed, int maxWaitMs, int maxBytes) {
        var wanted = FetchRequest.FetchPartition.builder().partition(partition).currentLeaderEpoch(-1).fetchOffset(from).lastFetchedEpoch(-1).logStartOffset(-1).partitionMaxBytes(maxBytes).build();
        var topic = FetchRequest.FetchTopic.builder().topic(WholeNode.TOPIC).partitions(List.of(wanted)).build();
        return FetchRequest.builder().replicaId(-1).maxWaitMs(maxWaitMs).minBytes(1).maxBytes(maxBytes).isolationLevel((byte) (committed ? 1 : 0)).sessionId(0).sessionEpoch(-1)
                .topics(List.of(topic)).build();
    }

    /// A producer's batches from the first offset of an aborted transaction on are left out, up to its marker.
    /// @param seen gets what it may use, from the offset `from` on
    /// @return where it goes on
    static long read(PartitionData found, long from, boolean committed, List<Seen> seen) {
        ByteBuffer bytes = found.records() instanceof MemoryRecords memory ? memory.bytes() : ByteBuffer.allocate(0);
        List<AbortedTransaction> told = committed && found.abortedTransactions() != null ? found.abortedTransactions() : List.of();
        var aborted = new ArrayDeque<>(told.stream().sorted(Comparator.comparingLong(AbortedTransaction::firstOffset)).toList());
        Set<Long> leftOut = new TreeSet<>();
        long next = from;
        for (RecordBatch batch : RecordBatches.of(bytes)) {
            while (!aborted.isEmpty() && aborted.peek().firstOffset() <= batch.lastOffset()) leftOut.add(aborted.poll().producerId());
            next = Math.max(next, batch.nextOffset());
            if (batch.isControl() && isAbort(batch)) leftOut.remove(batch.producerId());
            if (committed && (batch.isControl() || batch.isTransactional() && leftOut.contains(batch.producerId()))) continue;
            add(batch, from, seen);
        }
        return next;
    }

    private static boolean isAbort(RecordBatch control) {
        try (var records = control.records(DecodeLimits.DEFAULT)) {
            return ControlRecords.type(records.next().key()) == ControlRecords.ABORT;
        }
    }

    private static void add(RecordBatch batch, long from, List<Seen> seen) {
        try (var records = batch.records(DecodeLimits.DEFAULT)) {
            while (records.hasNext()) {
                Record record = records.next();
                if (record.offset() < from) continue;
                boolean control = batch.isControl();
                seen.add(new Seen(record.offset(), control ? -1 : Payload.seen(record).recordId(), batch.producerId(), batch.producerEpoch(),
                        control ? ControlRecords.type(record.key()) == ControlRecords.COMMIT : null));
            }
        }
    }
}
