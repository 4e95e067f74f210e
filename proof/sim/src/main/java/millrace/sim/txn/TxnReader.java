package millrace.sim.txn;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.FetchResponse.AbortedTransaction;
import millrace.protocol.message.ListOffsetsRequest;
import millrace.protocol.message.ListOffsetsResponse;
import millrace.record.ControlRecords;
import millrace.record.DecodeLimits;
import millrace.record.MemoryRecords;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.sim.Chance;
import millrace.sim.World;
import millrace.sim.log.Line;
import millrace.sim.log.Payload;
import millrace.sim.log.WholeNode;
import millrace.sim.txn.TxnHistory.Read;
import millrace.sim.txn.TxnHistory.Seen;

/// Reads one partition on and on, as a consumer with one of the two isolation levels does.
final class TxnReader {
    private static final short FETCH_VERSION = 12;
    private static final short LIST_OFFSETS_VERSION = 7;
    private static final long LATEST = -1;
    private static final long PAUSE_NANOS = 40_000_000;
    private static final long PATIENCE_NANOS = 1_500_000_000;
    private static final int WHOLE_LOG_BYTES = 1 << 20;

    private final World world;
    private final TxnHistory history;
    private final int partition;
    private final boolean committed;
    private final Line line;
    private final Chance chance;
    private final List<Seen> whole = new ArrayList<>();
    private long position;
    private int asking;
    private boolean waiting;
    private long end = -1;
    private boolean last;
    private boolean done;

    TxnReader(World world, WholeNode node, TxnHistory history, int partition, boolean committed) {
        this.world = world;
        this.history = history;
        this.partition = partition;
        this.committed = committed;
        this.line = new Line(world, node);
        this.chance = world.chance().split();
    }

    void begin() {
        world.at(chance.heavyTailed(PAUSE_NANOS), () -> {
            if (!done && !waiting) {
                if (last && end < 0) askForEnd();
                else ask();
            }
            if (!done) begin();
        });
    }

    /// From now on it reads everything once, and stops at the end.
    void readAllOnce() {
        last = true;
        position = 0;
        end = -1;
        asking++;
        waiting = false;
    }

    boolean isDone() {
        return done;
    }

    /// @return the end (exclusive) of what this isolation level shows, -1 as long as it has not been told
    long end() {
        return end;
    }

    void askForEnd() {
        int mine = begun();
        var asked = new ListOffsetsRequest.ListOffsetsTopic(WholeNode.TOPIC, List.of(new ListOffsetsRequest.ListOffsetsPartition(partition, -1, LATEST)));
        line.<ListOffsetsResponse>ask(new ListOffsetsRequest(-1, isolation(), List.of(asked), 1_000), LIST_OFFSETS_VERSION, response -> {
            if (!isOurs(mine, response)) return;
            var found = response.topics().getFirst().partitions().getFirst();
            if (found.errorCode() == ErrorCode.NONE.code()) end = found.offset();
        });
    }

    private int begun() {
        int mine = ++asking;
        waiting = true;
        world.at(PATIENCE_NANOS, () -> {
            if (mine == asking && waiting) isOurs(mine, null);
        });
        return mine;
    }

    private boolean isOurs(int mine, Object response) {
        if (mine != asking) return false;
        waiting = false;
        if (response == null) {
            asking++;
            line.replace(true);
        }
        return response != null;
    }

    private byte isolation() {
        return (byte) (committed ? 1 : 0);
    }

    private void ask() {
        int maxBytes = last ? WHOLE_LOG_BYTES : chance.between(1, 4_000);
        long from = position;
        var wanted = FetchRequest.FetchPartition.builder().partition(partition).currentLeaderEpoch(-1).fetchOffset(from).lastFetchedEpoch(-1).logStartOffset(-1).partitionMaxBytes(maxBytes).build();
        var topic = FetchRequest.FetchTopic.builder().topic(WholeNode.TOPIC).partitions(List.of(wanted)).build();
        int mine = begun();
        line.<FetchResponse>ask(FetchRequest.builder().replicaId(-1).maxWaitMs(chance.oneOf(0, 100)).minBytes(1).maxBytes(maxBytes).isolationLevel(isolation()).sessionId(0).sessionEpoch(-1)
                .topics(List.of(topic)).build(), FETCH_VERSION, response -> {
            if (isOurs(mine, response) && !response.responses().isEmpty()) answered(from, response.responses().getFirst().partitions().getFirst());
        });
    }

    private void answered(long from, FetchResponse.PartitionData found) {
        if (found.errorCode() != ErrorCode.NONE.code()) return;
        ByteBuffer bytes = found.records() instanceof MemoryRecords memory ? memory.bytes() : ByteBuffer.allocate(0);
        List<Seen> seen = new ArrayList<>();
        position = read(bytes, from, committed ? found.abortedTransactions() : List.of(), seen);
        if (!last) {
            history.read(new Read(partition, committed, from, position, found.lastStableOffset(), seen));
            return;
        }
        whole.addAll(seen);
        if (position < end) return;
        history.whole(partition, committed, whole);
        done = true;
    }

    /// As a consumer does: a producer's batches from the first offset of an aborted transaction on are left out, up to its marker.
    private long read(ByteBuffer bytes, long from, List<AbortedTransaction> abortedTransactions, List<Seen> seen) {
        var aborted = new ArrayDeque<>(abortedTransactions == null ? List.<AbortedTransaction>of() : abortedTransactions.stream().sorted(Comparator.comparingLong(AbortedTransaction::firstOffset)).toList());
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

    @Override public String toString() {
        return (committed ? "reader of what is committed in " : "reader of ") + partition + " at " + position + " of " + end;
    }
}
