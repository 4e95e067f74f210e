package millrace.sim.txn;

import java.util.ArrayList;
import java.util.List;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.ListOffsetsRequest;
import millrace.protocol.message.ListOffsetsResponse;
import millrace.sim.Chance;
import millrace.sim.World;
import millrace.sim.log.Line;
import millrace.sim.log.WholeNode;
import millrace.sim.txn.TxnHistory.Read;
import millrace.sim.txn.TxnHistory.Seen;

/// Reads one partition on and on, as a consumer with one of the two isolation levels does.
final class TxnReader {
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
        int mine = begun();
        line.<FetchResponse>ask(FetchedRecords.request(partition, from, committed, chance.oneOf(0, 100), maxBytes), FetchedRecords.VERSION, response -> {
            if (isOurs(mine, response) && !response.responses().isEmpty()) answered(from, response.responses().getFirst().partitions().getFirst());
        });
    }

    private void answered(long from, FetchResponse.PartitionData found) {
        if (found.errorCode() != ErrorCode.NONE.code()) return;
        List<Seen> seen = new ArrayList<>();
        position = FetchedRecords.read(found, from, committed, seen);
        if (!last) {
            history.read(new Read(partition, committed, from, position, found.lastStableOffset(), seen));
            return;
        }
        whole.addAll(seen);
        if (position < end) return;
        history.whole(partition, committed, whole);
        done = true;
    }

    @Override public String toString() {
        return (committed ? "reader of what is committed in " : "reader of ") + partition + " at " + position + " of " + end;
    }
}
