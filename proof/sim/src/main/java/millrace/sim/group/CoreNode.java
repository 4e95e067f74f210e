package millrace.sim.group;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import millrace.core.CoordinatorCore;
import millrace.core.CoordinatorCore.Outcome;
import millrace.core.CoordinatorCore.Reply;
import millrace.core.ReplicatedCore.Decision;
import millrace.group.GroupCore;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupSettings;
import millrace.group.stored.GroupChange;
import millrace.ports.Cancellable;
import millrace.ports.Clock;
import millrace.ports.EventLoop;
import millrace.protocol.ErrorCode;
import millrace.sim.Fault;
import millrace.sim.Incarnation;
import millrace.sim.Node;
import millrace.sim.World;

/// A coordinator of one partition, reduced to its core and a log in memory: what is appended is committed a little later, replies wait
/// for that, and a crash keeps what was committed and any part of the rest.
///
/// What a careless coordinator would get wrong can be overridden: that is how the checkers are shown to be awake.
public class CoreNode implements GroupNode {
    private static final long RESTART_NANOS = 300_000_000;

    private final World world;
    private final Node node;
    private final GroupSettings settings;
    /// What outlives the coordinator.
    private final List<GroupChange> log = new ArrayList<>();
    private int committed;
    private Life life;
    private int lives;
    private long nextToken;

    public CoreNode(World world, GroupSettings settings) {
        this.world = world;
        this.settings = settings;
        this.node = world.node("coordinator");
    }

    // ---- what a careless coordinator would get wrong -------------------------------------------------------------------------------

    protected CoordinatorCore<GroupCommand, GroupChange, GroupAnswer> core(GroupSettings given) {
        return new GroupCore(given);
    }

    /// @return how much of the log a crash leaves
    protected int keptAfterCrash(int committedChanges, int appendedChanges) {
        return world.chance().between(committedChanges, appendedChanges);
    }

    /// @return whether a reply may go when this much of the log is committed
    protected boolean mayBeGivenOut(int appendedBefore, int committedChanges) {
        return appendedBefore <= committedChanges;
    }

    // ---- its life ------------------------------------------------------------------------------------------------------------------

    @Override public final Node node() {
        return node;
    }

    @Override public final void start() {
        if (node.isUp()) return;
        node.onDown(this::startLater);
        lives++;
        life = new Life(node.start());
        life.load();
    }

    private void startLater(Node down) {
        life = null;
        int kept = keptAfterCrash(committed, log.size());
        log.subList(kept, log.size()).clear();
        committed = log.size();
        world.at(world.chance().heavyTailed(RESTART_NANOS), this::start);
    }

    @Override public final boolean isServing() {
        return life != null && life.serving;
    }

    @Override public final int life() {
        return lives;
    }

    @Override public final void submit(String client, String groupId, LongFunction<GroupCommand> command, Issued issued, Consumer<GroupAnswer> arrived) {
        if (!isServing()) return;
        long token = ++nextToken;
        GroupCommand made = command.apply(token);
        Life now = life;
        now.answers.put(token, GroupNode.delayed(world, issued, arrived));
        now.loop.execute(() -> now.decide(made));
    }

    private final class Life {
        private record Held(int appendedBefore, List<Reply<GroupAnswer>> replies) {}

        private final Clock clock;
        private final EventLoop loop;
        private final CoordinatorCore<GroupCommand, GroupChange, GroupAnswer> core = core(settings);
        private final ArrayDeque<Held> held = new ArrayDeque<>();
        private final TreeMap<Long, Consumer<GroupAnswer>> answers = new TreeMap<>();
        private boolean committing;
        private boolean serving;
        private Cancellable timer;

        Life(Incarnation process) {
            this.clock = process.clock();
            this.loop = process.loop("coordinator");
        }

        void load() {
            loop.schedule(world.chance().between(0, 200), () -> {
                log.forEach(core::apply);
                serving = true;
                world.note("coordinator has loaded " + log.size() + " changes");
                carryOut(core.loaded(clock.monotonicMs(), clock.timestampMs()));
            });
        }

        void decide(GroupCommand command) {
            boolean unfinished = true;
            while (unfinished) unfinished = carryOut(core.decide(command, clock.monotonicMs(), clock.timestampMs()));
        }

        /// @return whether the command must be decided once more
        private boolean carryOut(Decision<GroupChange, Outcome<GroupAnswer>> decision) {
            Outcome<GroupAnswer> outcome = decision.answer();
            if (!decision.changes().isEmpty() && world.faultPlan().strikes(Fault.DISK_FULL)) {
                refuse(decision);
                return false;
            }
            log.addAll(decision.changes());
            decision.changes().forEach(core::apply);
            held.add(new Held(log.size(), outcome.replies()));
            giveOut();
            commit();
            rearm();
            return outcome.unfinished();
        }

        /// The log has not taken the changes.
        private void refuse(Decision<GroupChange, Outcome<GroupAnswer>> decision) {
            world.note("the log refuses " + decision.changes().size() + " changes");
            List<Reply<GroupAnswer>> replies = new ArrayList<>();
            for (Reply<GroupAnswer> reply : decision.answer().replies()) replies.add(new Reply<>(reply.token(), core.failed(ErrorCode.COORDINATOR_NOT_AVAILABLE)));
            replies.addAll(core.refused(decision.changes(), ErrorCode.COORDINATOR_NOT_AVAILABLE, clock.monotonicMs(), clock.timestampMs()).replies());
            held.add(new Held(log.size(), replies));
            giveOut();
            rearm();
        }

        private void giveOut() {
            while (!held.isEmpty() && mayBeGivenOut(held.peek().appendedBefore(), committed)) {
                for (Reply<GroupAnswer> reply : held.poll().replies()) {
                    Consumer<GroupAnswer> answer = answers.remove(reply.token());
                    if (answer == null) throw new IllegalStateException("token " + reply.token() + " is answered twice, or was never asked: " + reply.answer());
                    answer.accept(reply.answer());
                }
            }
        }

        private void commit() {
            if (committing || committed == log.size()) return;
            committing = true;
            int upTo = log.size();
            loop.schedule(world.chance().between(0, 10), () -> {
                committing = false;
                committed = Math.max(committed, upTo);
                giveOut();
                commit();
            });
        }

        private void rearm() {
            if (timer != null) timer.cancel();
            long deadline = core.nextDeadlineMs();
            if (deadline == Long.MAX_VALUE) return;
            timer = loop.schedule(Math.max(0, deadline - clock.monotonicMs()), () -> {
                timer = null;
                if (core.nextDeadlineMs() <= clock.monotonicMs()) carryOut(core.tick(clock.monotonicMs(), clock.timestampMs()));
                else rearm();
            });
        }
    }
}
