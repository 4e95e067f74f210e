package millrace.sim.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import millrace.sim.Chance;
import millrace.sim.SimulationFailed;
import millrace.sim.World;
import millrace.sim.log.LogHistory.EndSeen;
import millrace.sim.log.LogHistory.Poll;
import millrace.sim.log.LogHistory.Seen;
import millrace.sim.log.LogHistory.Shrunk;

/// Reads one partition from the beginning, on and on; starts over now and then, and asks for the log's end in between.
final class LogReader {
    private static final long PAUSE_NANOS = 30_000_000;
    private static final long ANSWER_TIME_OUT_NANOS = 2_000_000_000;

    private final World world;
    private final LogService node;
    private final LogHistory history;
    private final int number;
    private final int partition;
    private final Chance chance;
    private int assignment;
    private long position;
    private int asked;
    private boolean waiting;
    private boolean last;
    private long lastEnd = -1;
    private final List<Seen> wholeLog = new ArrayList<>();
    private long lastBegin;
    private long lastInvoked;
    private boolean done;

    LogReader(World world, LogService node, LogHistory history, int number, int partition) {
        this.world = world;
        this.node = node;
        this.history = history;
        this.number = number;
        this.partition = partition;
        this.chance = world.chance().split();
    }

    void begin() {
        world.at(chance.heavyTailed(PAUSE_NANOS), () -> {
            if (!done && !waiting && node.isServing()) ask();
            begin();
        });
    }

    /// From now on it reads the whole log once, from the start, and stops at the end.
    void readAllOnce() {
        last = true;
        lastInvoked = world.nowNanos();
        lastBegin = 0;
        waiting = false;
        seek(0);
        node.endOffset(partition, end -> lastEnd = end);
    }

    boolean isDone() {
        return done;
    }

    private void seek(long offset) {
        assignment++;
        asked++;
        position = offset;
    }

    private void ask() {
        if (last && lastEnd < 0) {
            node.endOffset(partition, end -> lastEnd = end);
            return;
        }
        if (!last && chance.perMille(30)) seek(chance.coin() ? 0 : Math.max(0, position - chance.between(1, 50)));
        if (chance.perMille(200)) askForEnd();
        int asking = ++asked;
        long invoked = world.nowNanos();
        waiting = true;
        node.read(partition, position, last ? 100_000 : chance.between(1, 4_000), answer -> {
            if (asking == asked) answered(answer, invoked);
        });
        world.at(ANSWER_TIME_OUT_NANOS, () -> {
            if (asking == asked) waiting = false;
        });
    }

    private void askForEnd() {
        long invoked = world.nowNanos();
        node.endOffset(partition, end -> history.end(new EndSeen(partition, end, invoked, world.nowNanos())));
    }

    private void answered(LogService.Answer answer, long invoked) {
        waiting = false;
        switch (answer) {
            case LogService.Answer.Bytes(ByteBuffer bytes) -> {
                Payload.Contents contents = Payload.read(bytes, position);
                if (contents.corrupt()) corrupt();
                history.poll(new Poll(number, assignment, partition, position, contents.next(), contents.seen(), invoked, world.nowNanos(), false));
                position = contents.next();
                if (last) readOn(contents);
            }
            case LogService.Answer.OutOfRange(long start, long end) -> {
                if (position > end) history.shrunk(new Shrunk(number, partition, position, end));
                seek(start);
                lastBegin = start;
            }
        }
    }

    /// The whole log is one read to the checkers: what lies behind its end is missing.
    private void readOn(Payload.Contents contents) {
        wholeLog.addAll(contents.seen());
        if (position < lastEnd && !contents.corrupt()) return;
        history.poll(new Poll(number, assignment + 1, partition, lastBegin, position, wholeLog, lastInvoked, world.nowNanos(), true));
        done = true;
    }

    private void corrupt() {
        if (!node.node().platter().hasLied()) throw new SimulationFailed("D3: reader " + number + " was sent a batch with a wrong checksum, near offset " + position + " of partition " + partition);
    }

    @Override public String toString() {
        return "reader " + number + " of partition " + partition + " at " + position + (lastEnd < 0 ? "" : " of " + lastEnd) + (waiting ? ", waiting" : "");
    }
}
