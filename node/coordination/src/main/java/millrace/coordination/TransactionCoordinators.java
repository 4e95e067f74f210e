package millrace.coordination;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

import millrace.common.TopicPartition;
import millrace.metadata.Features;
import millrace.metadata.TopicImage;
import millrace.metrics.Family;
import millrace.metrics.Measured;
import millrace.metrics.Readings;
import millrace.ports.Clock;
import millrace.ports.EventLoop;
import millrace.ports.Workers;
import millrace.protocol.ErrorCode;
import millrace.transaction.ConnectionFence;
import millrace.transaction.Transaction;
import millrace.transaction.TransactionAnswer;
import millrace.transaction.TransactionAnswer.Failed;
import millrace.transaction.TransactionAnswer.MarkersDue;
import millrace.transaction.TransactionAnswer.PartitionsVerified;
import millrace.transaction.TransactionAnswer.ProducerIdNeeded;
import millrace.transaction.TransactionAnswer.ProducerIdWanted;
import millrace.transaction.TransactionChange;
import millrace.transaction.TransactionCommand;
import millrace.transaction.TransactionCommand.AbortExpired;
import millrace.transaction.TransactionCommand.AddPartitions;
import millrace.transaction.TransactionCommand.CompleteTransaction;
import millrace.transaction.TransactionCommand.UseVersion;
import millrace.transaction.TransactionCommand.VerifyPartitions;
import millrace.transaction.TransactionCore;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// The transaction coordinators of this broker: one for each partition of `__transaction_state` that it leads. Safe from any thread.
public final class TransactionCoordinators implements Measured {
    private static final int MOST_FENCED = 100_000;

    /// One coordinator, and what it has others do.
    private static final class Led {
        private final CoordinatorShell<TransactionCommand, TransactionChange, TransactionAnswer> shell;
        private final MarkerDispatch markers;
        private volatile short version;

        Led(CoordinatorShell<TransactionCommand, TransactionChange, TransactionAnswer> shell, MarkerDispatch markers, short version) {
            this.shell = shell;
            this.markers = markers;
            this.version = version;
        }

        void resign() {
            markers.stop();
            shell.resign();
        }
    }

    private final ClusterView cluster;
    private final TransactionCoordinationSettings settings;
    private final ProducerIdSource producerIds;
    private final MarkerLink link;
    private final Clock clock;
    private final List<? extends EventLoop> loops;
    private final Workers workers;
    private final ConcurrentSkipListMap<Integer, Led> coordinators = new ConcurrentSkipListMap<>();
    private final ShellMeter<TransactionChange> meter;
    private final AtomicInteger nextLoop = new AtomicInteger();
    private final ReentrantLock fenceTurns = new ReentrantLock();
    private final ConnectionFence fence = new ConnectionFence(MOST_FENCED);
    private final AfterCompletion afterCompletion = new AfterCompletion();

    /// @param loops on which coordinators take their timers and markers are sent, in turn
    public TransactionCoordinators(ClusterView cluster, TransactionCoordinationSettings settings, ProducerIdSource producerIds, MarkerLink link, Clock clock,
                                   List<? extends EventLoop> loops, Workers workers) {
        this.cluster = cluster;
        this.settings = settings;
        this.producerIds = producerIds;
        this.link = link;
        this.clock = clock;
        this.loops = List.copyOf(loops);
        this.workers = workers;
        this.meter = new ShellMeter<>(clock);
    }

    // ---- elections ----

    /// This broker leads that partition from now on, in the leader epoch that `partition` has now. Loading begins. Saying it twice does nothing.
    public void onElected(CoordinatorPartition partition) {
        int index = partition.topicPartition().partition();
        Led already = coordinators.get(index);
        if (already != null && already.shell.isOf(partition)) return;
        EventLoop loop = loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
        var markers = new MarkerDispatch(cluster, link, loop, partition.leaderEpoch(), this::complete);
        var shell = new CoordinatorShell<>(partition, () -> new TransactionCore(settings.transactions(), clusterVersion()), new TransactionFormat(), settings.shell(),
                clock, loop, workers, announced -> carryOut(announced, markers), meter);
        Led before = coordinators.put(index, new Led(shell, markers, clusterVersion()));
        if (before != null) before.resign();
        shell.load();
    }

    /// This broker does not lead that partition any more. Whoever waits is told to look for the new coordinator.
    public void onResigned(int partition) {
        Led led = coordinators.remove(partition);
        if (led != null) led.resign();
    }

    public void close() {
        for (int partition : List.copyOf(coordinators.keySet())) onResigned(partition);
    }

    // ---- to be measured ----

    @Override public List<Family> families() {
        return List.of(Family.of("kafka.server", "transaction-coordinator-metrics", null, new Readings(meter.loadTimes())));
    }

    @Override public void tick(long nowNanos) {
        meter.tick(nowNanos);
    }

    // ---- connections of clients that have one epoch for many transactions ----

    /// @return null when the request may go on; otherwise why its connection is to be closed: the producer has gone on to a newer one
    public String lateness(long producerId, short producerEpoch, ConnectionFence.Purpose purpose, Caller caller) {
        fenceTurns.lock();
        try {
            return fence.admits(producerId, producerEpoch, purpose, caller.connectionNumber()) ? null : "a request of producer " + producerId + " in epoch " + producerEpoch
                    + " has come over a connection that it has replaced by a newer one; it belongs to the past";
        } finally {
            fenceTurns.unlock();
        }
    }

    // ---- what coordinators have done ----

    private void carryOut(TransactionAnswer announced, MarkerDispatch markers) {
        switch (announced) {
            case MarkersDue due          -> markers.send(due);
            case ProducerIdWanted wanted -> abortExpired(wanted);
            default                      -> throw new IllegalStateException("nothing that a transaction coordinator announces: " + announced);
        }
    }

    /// What waits for it is tried in the same turn, and not when it is committed: it is answered after that anyway, and one sync serves both.
    private Pending<TransactionAnswer> complete(MarkersDue due) {
        var answer = new Pending<TransactionAnswer>();
        Runnable completion = () -> {
            ask(due.transactionalId(), token -> new CompleteTransaction(token, due.transactionalId(), due.producerId(), due.producerEpoch(), due.decidedMs())).whenDone(answer::complete);
            afterCompletion.completed(due.transactionalId());
        };
        Led led = coordinators.get(partitionOf(due.transactionalId()));
        if (led == null) completion.run();
        else led.shell.inTurn(completion);
        return answer;
    }

    /// When there is no producer id to be had, the coordinator asks again.
    private void abortExpired(ProducerIdWanted wanted) {
        producerIds.next().whenDone(given -> {
            if (given.error() != ErrorCode.NONE) return;
            ask(wanted.transactionalId(), token -> new AbortExpired(token, wanted.transactionalId(), wanted.producerId(), wanted.producerEpoch(), given.producerId()));
        });
    }

    // ---- questions ----

    /// @param command is given the token to carry
    /// @return in time, the answer; [Failed] when this is not the place to ask or the log could not be written
    public Pending<TransactionAnswer> ask(String transactionalId, LongFunction<? extends TransactionCommand> command) {
        Led led = coordinators.get(partitionOf(transactionalId));
        if (led == null) return Pending.of(new Failed(transactionalId.isEmpty() ? ErrorCode.INVALID_REQUEST : ErrorCode.NOT_COORDINATOR));
        return ask(led, command);
    }

    private Pending<TransactionAnswer> ask(Led led, LongFunction<? extends TransactionCommand> command) {
        short version = clusterVersion();
        if (led.version != version) led.shell.ask(token -> new UseVersion(token, version)).whenDone(told -> {
            if (told instanceof TransactionAnswer.VersionUsed) led.version = version;
        });
        return led.shell.ask(command);
    }

    /// A command that may take a producer id, which is drawn only if it does.
    public interface WithProducerId {
        TransactionCommand command(long token, long newProducerId);
    }

    public Pending<TransactionAnswer> ask(String transactionalId, WithProducerId asked) {
        var answer = new Pending<TransactionAnswer>();
        ask(transactionalId, token -> asked.command(token, Transaction.NO_PRODUCER_ID)).whenDone(first -> {
            if (first instanceof ProducerIdNeeded) askAgain(transactionalId, asked, answer);
            else answer.complete(first);
        });
        return answer;
    }

    private void askAgain(String transactionalId, WithProducerId asked, Pending<TransactionAnswer> answer) {
        producerIds.next().whenDone(given -> {
            if (given.error() != ErrorCode.NONE) answer.complete(new Failed(given.error()));
            else ask(transactionalId, token -> asked.command(token, given.producerId())).whenDone(answer::complete);
        });
    }

    /// Asks every coordinator of this broker.
    public List<Pending<TransactionAnswer>> askAll(LongFunction<? extends TransactionCommand> command) {
        List<Pending<TransactionAnswer>> answers = new ArrayList<>();
        for (Led led : coordinators.values()) answers.add(ask(led, command));
        return answers;
    }

    /// What a broker asks before it writes a transaction's records where none of it have been: do these partitions belong to it?
    ///
    /// @param add whether they are to, from now on (transaction version 2); otherwise the producer has said so before, or it has not
    /// @return in time, an error for each partition, in their order. While the last transaction of the same producer is being completed, adding is
    ///     tried again for a moment before it is `CONCURRENT_TRANSACTIONS`: as soon as that is done, at the latest after the pause of the settings
    public Pending<List<ErrorCode>> reach(String transactionalId, long producerId, short producerEpoch, List<TopicPartition> partitions, boolean add) {
        var answer = new Pending<List<ErrorCode>>();
        if (add) add(transactionalId, producerId, producerEpoch, partitions, clock.monotonicMs() + settings.addRetryLimitMs(), answer);
        else ask(transactionalId, token -> new VerifyPartitions(token, transactionalId, producerId, producerEpoch, partitions)).whenDone(told -> answer.complete(
                told instanceof PartitionsVerified(ErrorCode error, List<ErrorCode> each) && error == ErrorCode.NONE ? each : ofAll(told.error(), partitions)));
        return answer;
    }

    private void add(String transactionalId, long producerId, short producerEpoch, List<TopicPartition> partitions, long untilMs, Pending<List<ErrorCode>> answer) {
        ask(transactionalId, token -> new AddPartitions(token, transactionalId, producerId, producerEpoch, partitions, Transaction.EPOCH_FOR_EACH)).whenDone(told -> {
            boolean again = told.error() == ErrorCode.CONCURRENT_TRANSACTIONS && clock.monotonicMs() + settings.addRetryPauseMs() <= untilMs;
            if (!again) answer.complete(ofAll(told.error(), partitions));
            else tryAgain(transactionalId, () -> add(transactionalId, producerId, producerEpoch, partitions, untilMs, answer));
        });
    }

    private void tryAgain(String transactionalId, Runnable again) {
        loops.getFirst().schedule(settings.addRetryPauseMs(), afterCompletion.await(transactionalId, again));
    }

    private static List<ErrorCode> ofAll(ErrorCode error, List<TopicPartition> partitions) {
        return Collections.nCopies(partitions.size(), error);
    }

    /// The partition of `__transaction_state` that the transactional id lives in. While the topic is not there, the one that it will live in.
    public int partitionOf(String transactionalId) {
        TopicImage topic = cluster.image().topics().byName(TransactionTopic.NAME);
        return TransactionTopic.partitionOf(transactionalId, topic == null ? settings.partitions() : topic.partitions().size());
    }

    /// @return whether a coordinator of this broker is still reading its log
    public boolean isLoading() {
        return coordinators.values().stream().anyMatch(led -> led.shell.isLoading());
    }

    private short clusterVersion() {
        return cluster.image().features().level(Features.TRANSACTION_VERSION);
    }
}
