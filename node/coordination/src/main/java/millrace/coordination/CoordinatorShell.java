package millrace.coordination;

import static millrace.protocol.ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
import static millrace.protocol.ErrorCode.COORDINATOR_NOT_AVAILABLE;
import static millrace.protocol.ErrorCode.NOT_COORDINATOR;
import static millrace.protocol.ErrorCode.UNKNOWN_SERVER_ERROR;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import millrace.coordination.ChangeFormat.Batch;
import millrace.coordination.ChangeFormat.Batch.Plain;
import millrace.coordination.GatheredBatch.Records;
import millrace.core.CoordinatorCore;
import millrace.core.CoordinatorCore.Outcome;
import millrace.core.CoordinatorCore.Reply;
import millrace.core.ReplicatedCore.Decision;
import millrace.ports.Cancellable;
import millrace.ports.Clock;
import millrace.ports.EventLoop;
import millrace.ports.Workers;
import millrace.protocol.ErrorCode;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogDirFailure;
import millrace.wire.Pending;

/// Gives one core its turns, writes down what it decides, and gives its replies out once that is committed.
///
/// It lives for one election: elected, it loads the log; resigned, it is never active again. Its states are drawn in the package's page.
///
/// What waits: `open`, the questions without an answer (bounded by the requests in flight, as each belongs to a connection that waits
/// for it); `gathered`, what is applied and will be appended in a moment; `held`, answers in the order of the offsets that have to be committed before
/// they may be seen.
final class CoordinatorShell<Command, Change, Answer> {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorShell.class);

    private static final int MAX_RETRY_PAUSE_MS = 60_000;

    enum State { LOADING, ACTIVE, FAILED, RESIGNED }

    private final CoordinatorPartition partition;
    private final int leaderEpoch;
    private final Supplier<? extends CoordinatorCore<Command, Change, Answer>> newCore;
    private final ChangeFormat<Change> format;
    private final ChangeWriter<Change> writer;
    private final ShellSettings settings;
    private final Clock clock;
    private final EventLoop loop;
    private final Workers workers;
    private final Consumer<? super Answer> announcements;
    private final ShellMeter<? super Change> meter;

    private final ReentrantLock turns = new ReentrantLock();
    private final Map<Long, Pending<Answer>> open = new LinkedHashMap<>();
    private final HeldAnswers<Answer> held = new HeldAnswers<>(this::releaseSoon);
    /// Who is to be told when the turn is over.
    private final List<Runnable> toTell = new ArrayList<>();
    /// Whether something was appended in this turn whose sync has not been asked for.
    private boolean unsynced;
    private final AtomicBoolean releaseIsDue = new AtomicBoolean();
    private volatile State state = State.LOADING;
    private CoordinatorCore<Command, Change, Answer> core;
    private long nextToken;
    /// Where the next batch has to begin.
    private long endOffset;
    /// Null while nothing waits for company.
    private GatheredBatch<Answer> gathered;
    /// Whether what is written last was taken: what gathers is applied before it is appended, and cannot be refused without reading the log again.
    private boolean mayGather = true;
    private int mostGatheredBytes = GatheredBatch.MOST_BYTES;
    private Cancellable timer;
    private long timerMs = Long.MAX_VALUE;
    private volatile int retryPauseMs;

    /// @param announcements is told what the core announces, once that is committed; never in a turn
    CoordinatorShell(CoordinatorPartition partition, Supplier<? extends CoordinatorCore<Command, Change, Answer>> newCore, ChangeFormat<Change> format,
                     ShellSettings settings, Clock clock, EventLoop loop, Workers workers, Consumer<? super Answer> announcements,
                     ShellMeter<? super Change> meter) {
        this.partition = partition;
        this.leaderEpoch = partition.leaderEpoch();
        this.newCore = newCore;
        this.format = format;
        this.writer = new ChangeWriter<>(partition, format, settings.codec(), clock);
        this.settings = settings;
        this.clock = clock;
        this.loop = loop;
        this.workers = workers;
        this.announcements = announcements;
        this.meter = meter;
        this.core = newCore.get();
        this.retryPauseMs = settings.reloadPauseMs();
    }

    // ---- asking ----

    /// @param command is given the token to carry
    /// @return the answer, in time; from here on it is somebody's duty to complete it
    Pending<Answer> ask(LongFunction<? extends Command> command) {
        var answer = new Pending<Answer>();
        inTurn(() -> ask(command, answer));
        return answer;
    }

    private void ask(LongFunction<? extends Command> command, Pending<Answer> answer) {
        if (state == State.ACTIVE && !leads()) resignNow();
        if (state != State.ACTIVE) {
            tell(answer, core.failed(state == State.LOADING ? COORDINATOR_LOAD_IN_PROGRESS : NOT_COORDINATOR));
            return;
        }
        long token = nextToken++;
        Command asked = command.apply(token);
        open.put(token, answer);
        turn(token, () -> core.decide(asked, clock.monotonicMs(), clock.timestampMs()));
    }

    /// Whoever is answered is told when the turn is over and the lock is free: he may ask the next thing at once, and a core is never
    /// asked in the middle of a decision. Nor is the device before all is appended that it is to sync: one sync serves all that `body` asks.
    void inTurn(Runnable body) {
        List<Runnable> now = List.of();
        turns.lock();
        long beganNanos = clock.monotonicNanos();
        try {
            body.run();
        } finally {
            try {
                if (turns.getHoldCount() == 1) {
                    now = endTurn();
                    meter.turnTook(clock.monotonicNanos() - beganNanos);
                }
            } finally {
                turns.unlock();
            }
        }
        for (Runnable each : now) tellNow(each);
    }

    /// @return who is to be told
    private List<Runnable> endTurn() {
        List<Runnable> now = List.copyOf(toTell);
        toTell.clear();
        boolean sync = unsynced;
        unsynced = false;
        if (sync) partition.sync();
        return now;
    }

    /// Each by itself: what one of them makes of its answer must not keep the others from theirs.
    private void tellNow(Runnable tell) {
        try {
            tell.run();
        } catch (RuntimeException | StackOverflowError unforeseen) {
            LOG.error("an answer of the coordinator of {} was not taken well. Please report this.", partition.topicPartition(), unforeseen);
        }
    }

    private boolean leads() {
        return !partition.lost() && partition.leaderEpoch() == leaderEpoch;
    }

    /// One turn of the core, with whatever it takes to write down what it decides.
    /// @param token of the command, so that it is answered even if the core fails over it; -1 for none
    private void turn(long token, Supplier<Decision<Change, Outcome<Answer>>> decide) {
        guarded(token, () -> {
            boolean unfinished = true;
            while (unfinished && state == State.ACTIVE) unfinished = carryOut(token, decide.get());
            schedule();
        });
    }

    private void guarded(long token, Runnable body) {
        try {
            body.run();
        } catch (LogDirFailure failure) {
            LOG.error("{} cannot be written any more, its coordinator resigns: {}", partition.topicPartition(), failure.getMessage());
            resignNow();
        } catch (RuntimeException | StackOverflowError unforeseen) {
            LOG.error("the coordinator of {} met something that must not be; it reads its log again and goes on from there. Please report this.",
                    partition.topicPartition(), unforeseen);
            answer(token, core.failed(UNKNOWN_SERVER_ERROR));
            reload();
        }
    }

    /// @return whether the command has to be decided again
    private boolean carryOut(long token, Decision<Change, Outcome<Answer>> decision) {
        for (String note : decision.answer().notes()) LOG.info("{}: {}", partition.topicPartition(), note);
        if (decision.changes().isEmpty()) {
            answerWithoutChanges(decision.answer());
            return decision.answer().unfinished();
        }
        Batch kind = format.batchOf(decision.changes().getFirst());
        if (kind instanceof Plain && gather(token, decision)) return decision.answer().unfinished();
        flush();
        return state == State.ACTIVE ? writeAlone(token, decision, kind) : answerNot(token, decision);
    }

    /// Whoever reads has seen what gathers, and waits with it.
    private void answerWithoutChanges(Outcome<Answer> outcome) {
        if (gathered == null) hold(outcome.replies());
        else joinGathered(outcome);
    }

    private boolean writeAlone(long token, Decision<Change, Outcome<Answer>> decision, Batch kind) {
        return switch (appended(() -> writer.append(decision.changes(), kind))) {
            case AppendResult.Appended appended -> {
                if (!follows(appended)) yield false;
                mayGather = true;
                apply(token, decision.changes());
                hold(decision.answer().replies());
                yield decision.answer().unfinished();
            }
            case AppendResult.Refused refused     -> refused(token, decision, refused);
            case AppendResult.Duplicate duplicate -> throw new IllegalStateException("a batch without a producer was taken for a duplicate: " + duplicate);
        };
    }

    private AppendResult appended(Supplier<AppendResult> append) {
        long beganNanos = clock.monotonicNanos();
        AppendResult result = append.get();
        meter.appended(clock.monotonicNanos() - beganNanos);
        return result;
    }

    private boolean follows(AppendResult.Appended appended) {
        unsynced = true;
        if (appended.firstOffset() != endOffset) {
            overtaken(appended);
            return false;
        }
        endOffset = appended.lastOffset() + 1;
        return true;
    }

    private void apply(long token, List<Change> changes) {
        for (Change change : changes) {
            core.apply(change);
            meter.changed(change, token >= 0);
        }
    }

    /// The coordinator has given up over what was gathered before.
    private boolean answerNot(long token, Decision<Change, Outcome<Answer>> decision) {
        for (Reply<Answer> reply : decision.answer().replies()) answer(reply.token(), core.failed(COORDINATOR_NOT_AVAILABLE));
        answer(token, core.failed(COORDINATOR_NOT_AVAILABLE));
        return false;
    }

    // ---- gathering ----

    /// @return false when it has to be written by itself
    private boolean gather(long token, Decision<Change, Outcome<Answer>> decision) {
        boolean waits = settings.linger().waitMs(decision.answer().patient()) > 0;
        if (!mayGather || gathered == null && !waits) return false;
        Records records = Records.of(format, decision.changes());
        if (gathered != null && gathered.bytes() + records.bytes() > mostGatheredBytes) flush();
        if (state != State.ACTIVE || records.bytes() > mostGatheredBytes) return false;
        if (gathered == null) gathered = new GatheredBatch<>(settings.codec(), clock.monotonicMs());
        gathered.add(records, clock.timestampMs());
        apply(token, decision.changes());
        joinGathered(decision.answer());
        return true;
    }

    private void joinGathered(Outcome<Answer> outcome) {
        long nowMs = clock.monotonicMs();
        int waitMs = Math.min(settings.linger().waitMs(outcome.patient()), settings.commitTimeoutMs());
        gathered.add(outcome.replies(), nowMs + waitMs);
        if (gathered.dueMs() <= nowMs) flush();
    }

    /// Appends what has gathered, if anything has.
    private void flush() {
        if (gathered == null) return;
        GatheredBatch<Answer> batch = gathered;
        gathered = null;
        meter.lingered(clock.monotonicMs() - batch.beganMs());
        switch (appended(() -> partition.append(batch.build()))) {
            case AppendResult.Appended appended -> {
                if (follows(appended)) hold(batch.replies());
            }
            case AppendResult.Refused refused     -> refusedTogether(batch.replies(), refused);
            case AppendResult.Duplicate duplicate -> throw new IllegalStateException("a batch without a producer was taken for a duplicate: " + duplicate);
        }
    }

    /// All of it is applied, and none of it is in the log: so the log is read again. Until something has been taken by itself nothing gathers, so a
    /// disk that is full for long costs one reload. Where so little is too large for the topic nothing gathers any more.
    private void refusedTogether(List<Reply<Answer>> replies, AppendResult.Refused refused) {
        ErrorCode error = ChangeWriter.asCoordinator(refused.error());
        LOG.warn("What the coordinator of {} has gathered for {} clients was refused ({}: {}); they are told {}, and it reads its log again",
                partition.topicPartition(), replies.size(), refused.error(), refused.message(), error);
        mayGather = false;
        if (error == ErrorCode.MESSAGE_TOO_LARGE) mostGatheredBytes = 0;
        for (Reply<Answer> reply : replies) answer(reply.token(), core.failed(error));
        if (leads()) reload();
        else resignNow();
    }

    private void overtaken(AppendResult.Appended appended) {
        LOG.warn("{} goes on at offset {} where {} was expected: somebody else has written. Its coordinator reads the log again.",
                partition.topicPartition(), appended.firstOffset(), endOffset);
        reload();
    }

    /// Nothing was written, so the coordinator goes on: a full disk has room again some time, replicas come back.
    /// The command is answered too, if it was to be decided in parts: there will be no more of them.
    private boolean refused(long token, Decision<Change, Outcome<Answer>> decision, AppendResult.Refused refused) {
        ErrorCode error = ChangeWriter.asCoordinator(refused.error());
        LOG.warn("{} changes of the coordinator of {} were refused ({}: {}), the client is told {}",
                decision.changes().size(), partition.topicPartition(), refused.error(), refused.message(), error);
        for (Reply<Answer> reply : decision.answer().replies()) answer(reply.token(), core.failed(error));
        hold(core.refused(decision.changes(), error, clock.monotonicMs(), clock.timestampMs()).replies());
        if (decision.answer().unfinished()) answer(token, core.failed(error));
        if (!leads()) resignNow();
        return false;
    }

    // ---- answering ----

    private void hold(List<Reply<Answer>> replies) {
        if (replies.isEmpty()) return;
        held.add(replies, endOffset, clock.monotonicMs(), settings.commitTimeoutMs(), () -> partition.committed(endOffset - 1));
        if (held.size() == 1) release();
    }

    /// Somebody says that the high watermark may have moved, perhaps with a lock of his in hand: so not here and not now. Each append says so
    /// too, and does not move it: a turn that would find nothing to give out is saved.
    private void releaseSoon() {
        if (!held.mayBeReleased()) return;
        if (releaseIsDue.compareAndSet(false, true)) loop.execute(this::releaseNow);
    }

    private void releaseNow() {
        releaseIsDue.set(false);
        inTurn(this::release);
    }

    private void release() {
        while (held.isFirstCommitted()) {
            if (!leads()) {
                resignNow();
                return;
            }
            HeldAnswers.Held<Answer> first = held.removeFirst();
            meter.waitedForCommit(clock.monotonicMs() - first.sinceMs());
            first.replies().forEach(this::giveOut);
        }
        if (held.size() == 0) return;
        for (Reply<Answer> late : held.losePatience(clock.monotonicMs())) answer(late.token(), core.failed(COORDINATOR_NOT_AVAILABLE));
    }

    private void giveOut(Reply<Answer> reply) {
        if (reply.token() == Reply.UNASKED) toTell.add(() -> announcements.accept(reply.answer()));
        else answer(reply.token(), reply.answer());
    }

    private void answer(long token, Answer answer) {
        Pending<Answer> waiting = open.remove(token);
        if (waiting != null) tell(waiting, answer);
    }

    private void tell(Pending<Answer> waiting, Answer answer) {
        toTell.add(() -> waiting.complete(answer));
    }

    // ---- time ----

    private void schedule() {
        if (state != State.ACTIVE) return;
        long gatheredMs = gathered == null ? Long.MAX_VALUE : gathered.dueMs();
        long wantedMs = Math.min(Math.min(core.nextDeadlineMs(), gatheredMs), held.nextDeadlineMs());
        if (wantedMs >= timerMs) return;
        if (timer != null) timer.cancel();
        timerMs = wantedMs;
        timer = loop.schedule(Math.max(0, wantedMs - clock.monotonicMs()), this::timeIsUp);
    }

    private void timeIsUp() {
        inTurn(() -> {
            timer = null;
            timerMs = Long.MAX_VALUE;
            if (state == State.ACTIVE && !leads()) resignNow();
            if (state != State.ACTIVE) return;
            release();
            if (gathered != null && gathered.dueMs() <= clock.monotonicMs()) guarded(-1, this::flush);
            if (state == State.ACTIVE && core.nextDeadlineMs() <= clock.monotonicMs()) turn(-1, () -> core.tick(clock.monotonicMs(), clock.timestampMs()));
            schedule();
        });
    }

    // ---- the course of its life ----

    /// Begins to load; until it has, questions are answered with `COORDINATOR_LOAD_IN_PROGRESS`.
    void load() {
        workers.run("load " + partition.topicPartition(), this::loadNow);
    }

    private void loadNow() {
        if (state != State.LOADING) return;
        long startedMs = clock.monotonicMs();
        var loading = newCore.get();
        var loader = new CoordinatorLoader<>(partition, format, settings.loadBufferBytes());
        try {
            long end = loader.load(loading, () -> state != State.LOADING || !leads());
            inTurn(() -> activate(loading, end));
            meter.loaded(clock.monotonicMs() - startedMs);
            LOG.info("coordinator of {} in leader epoch {}: {} records up to offset {} in {} ms", partition.topicPartition(), leaderEpoch,
                    loader.records(), end, clock.monotonicMs() - startedMs);
        } catch (RuntimeException unreadable) {
            LOG.error("the coordinator of {} cannot load: {}. Its groups are not served here; move the leader to another replica, or repair the log."
                    + " It is tried again in {} ms.", partition.topicPartition(), unreadable.getMessage(), retryPauseMs, unreadable);
            inTurn(this::retryLater);
        }
    }

    /// A read may fail once; a log that is damaged is tried ever more seldom.
    private void retryLater() {
        if (state != State.LOADING) return;
        stop(State.FAILED, NOT_COORDINATOR);
        loop.schedule(retryPauseMs, () -> inTurn(() -> {
            if (state != State.FAILED || !leads()) return;
            state = State.LOADING;
            load();
        }));
        retryPauseMs = Math.min(2 * retryPauseMs, MAX_RETRY_PAUSE_MS);
    }

    private void activate(CoordinatorCore<Command, Change, Answer> loaded, long end) {
        if (state != State.LOADING) return;
        if (!leads()) {
            resignNow();
            return;
        }
        core = loaded;
        endOffset = end;
        retryPauseMs = settings.reloadPauseMs();
        state = State.ACTIVE;
        turn(-1, () -> core.loaded(clock.monotonicMs(), clock.timestampMs()));
    }

    /// What the core has in mind is given up; the log is what counts. Whoever waits asks again.
    private void reload() {
        stop(State.LOADING, COORDINATOR_NOT_AVAILABLE);
        core = newCore.get();
        loop.schedule(settings.reloadPauseMs(), this::load);
    }

    /// The partition is not led here any more: everybody who waits looks for the new coordinator.
    void resign() {
        inTurn(this::resignNow);
    }

    private void resignNow() {
        if (state == State.RESIGNED) return;
        stop(State.RESIGNED, NOT_COORDINATOR);
        core = newCore.get();
    }

    private void stop(State next, ErrorCode error) {
        state = next;
        if (timer != null) timer.cancel();
        timer = null;
        timerMs = Long.MAX_VALUE;
        held.clear();
        if (gathered != null) gathered.close();
        gathered = null;
        for (Pending<Answer> waiting : open.values()) tell(waiting, core.failed(error));
        open.clear();
    }

    /// @return whether this is the coordinator of that election already
    boolean isOf(CoordinatorPartition other) {
        return other == partition && other.leaderEpoch() == leaderEpoch;
    }

    CoordinatorPartition partition() {
        return partition;
    }

    /// @return what `question` makes of the core between two turns; null while there is none that has read its log
    <T> T look(Function<? super CoordinatorCore<Command, Change, Answer>, T> question) {
        turns.lock();
        try {
            return state == State.ACTIVE ? question.apply(core) : null;
        } finally {
            turns.unlock();
        }
    }

    boolean isIn(State asked) {
        return state == asked;
    }

    /// @return whether the log is still being read
    boolean isLoading() {
        return state == State.LOADING;
    }
}
