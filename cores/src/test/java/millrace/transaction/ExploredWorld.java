package millrace.transaction;

import static millrace.protocol.ErrorCode.NONE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongFunction;

import org.pcollections.TreePSet;

import millrace.common.TopicPartition;
import millrace.core.CoordinatorCore.Outcome;
import millrace.core.CoordinatorCore.Reply;
import millrace.core.ReplicatedCore.Decision;
import millrace.protocol.ErrorCode;
import millrace.transaction.ExploredConnections.Sender;
import millrace.transaction.ExploredLog.Carelessness;
import millrace.transaction.ExploredProducer.Step;
import millrace.transaction.TransactionAnswer.Ended;
import millrace.transaction.TransactionAnswer.Initialized;
import millrace.transaction.TransactionAnswer.MarkersDue;
import millrace.transaction.TransactionAnswer.PartitionsVerified;
import millrace.transaction.TransactionAnswer.ProducerIdNeeded;
import millrace.transaction.TransactionAnswer.ProducerIdWanted;

/// One moment of a small world: two producers of one transactional id, its coordinator, two partitions, and what is on its way between them.
/// [#next] has every moment that can follow.
///
/// The coordinator is the real [TransactionCore], made anew for each step from the one transaction that it knows; the fence is the real
/// [ConnectionFence]. Partitions are [ExploredLog]s.
final class ExploredWorld {
    static final String ID = "transfers";
    static final List<TopicPartition> PARTITIONS = List.of(new TopicPartition("accounts", 0), new TopicPartition("accounts", 1));
    private static final TransactionSettings SETTINGS = TransactionSettings.DEFAULTS;
    private static final int TIMEOUT_MS = 60_000;
    private static final long NOW_MS = 1_000;

    /// What a careless coordinator, or the broker around it, would do.
    enum Bug { NONE, NO_FENCE, NO_VERIFICATION, NO_GUARD, REPEATED_MARKER_REFUSED, COMPLETED_BEFORE_MARKERS, BEGIN_FORGOTTEN, SUCCESSOR_GETS_THE_SAME_EPOCH, EPOCHS_WITHOUT_END }

    /// @param version       of the clients and of the cluster
    /// @param firstEpoch    of the producer id at the beginning
    /// @param oneConnection whether producers use one connection for everything, or one for the coordinator and one for records
    /// @param producers     one, or two of which the second takes over whenever it begins
    /// @param transactions  of the first of them; the second has one
    /// @param timesOut      whether a transaction may time out
    record Setting(short version, short firstEpoch, boolean oneConnection, int producers, int transactions, boolean timesOut, Bug bug) {}

    /// Something on its way to the broker.
    record Request(int from, Step step, int txnNo, int partition, boolean commit, long producerId, short epoch, int sequence, long connection) {
        Request over(long newer) {
            return new Request(from, step, txnNo, partition, commit, producerId, epoch, sequence, newer);
        }
    }

    /// A record that may be written as far as the coordinator is concerned.
    private record Verified(Request request, int guard, boolean late) {}

    private record Due(MarkersDue due, Set<Integer> missing) {}

    /// What has led here, the latest event and all before it.
    private record Story(Story before, String event) {
        String told() {
            return before == null ? event : before.told() + "\n  " + event;
        }
    }

    private final Setting setting;
    private final Story story;
    private Transaction known;
    private final List<Due> markers = new ArrayList<>();
    private final ExploredLog[] logs = new ExploredLog[PARTITIONS.size()];
    private final ExploredProducer[] producers;
    private final ExploredConnections connections;
    private Request late;
    private Verified verified;
    private boolean delayed;
    private boolean reloaded;
    private boolean timedOut;
    private long nextProducerId = 100;
    private long nextConnection = 1;

    ExploredWorld(Setting setting) {
        this.story = new Story(null, "");
        this.setting = setting;
        this.connections = new ExploredConnections();
        this.producers = new ExploredProducer[setting.producers()];
        this.known = setting.firstEpoch() == 0 ? null : new Transaction(nextProducerId++, setting.firstEpoch(), Transaction.NO_PRODUCER_ID, Transaction.NO_PRODUCER_ID, Transaction.NO_EPOCH, TIMEOUT_MS,
                TransactionState.EMPTY, TreePSet.empty(), -1, NOW_MS, (short) 0);
        Carelessness carelessness = switch (setting.bug()) {
            case NO_GUARD, NO_VERIFICATION -> Carelessness.NO_GUARD;
            case REPEATED_MARKER_REFUSED   -> Carelessness.REPEATED_MARKER_REFUSED;
            default                        -> Carelessness.NONE;
        };
        for (int i = 0; i < logs.length; i++) logs[i] = new ExploredLog(carelessness);
        for (int i = 0; i < producers.length; i++) producers[i] = new ExploredProducer(i, setting.version() >= Transaction.EPOCH_FOR_EACH, i == 0 ? setting.transactions() : 1);
        for (ExploredProducer each : producers) connect(each);
        sendWhatIsPlain();
    }

    private ExploredWorld(ExploredWorld before, String event) {
        this.story = new Story(before.story, event);
        this.setting = before.setting;
        this.producers = new ExploredProducer[setting.producers()];
        this.known = before.known;
        before.markers.forEach(each -> markers.add(new Due(each.due(), new TreeSet<>(each.missing()))));
        for (int i = 0; i < logs.length; i++) logs[i] = before.logs[i].copy();
        for (int i = 0; i < producers.length; i++) producers[i] = before.producers[i].copy();
        this.connections = before.connections.copy();
        this.late = before.late;
        this.verified = before.verified;
        this.delayed = before.delayed;
        this.reloaded = before.reloaded;
        this.timedOut = before.timedOut;
        this.nextProducerId = before.nextProducerId;
        this.nextConnection = before.nextConnection;
    }

    private void connect(ExploredProducer producer) {
        producer.connect(nextConnection, setting.oneConnection() ? nextConnection : nextConnection + 1);
        nextConnection += 2;
    }

    // ---- what can happen next ----

    List<ExploredWorld> next() {
        List<ExploredWorld> next = new ArrayList<>();
        for (ExploredProducer each : producers) ofProducer(each, next);
        if (late != null && verified == null) add(next, "the delayed " + late.step() + " arrives", ExploredWorld::arriveLate);
        if (verified != null) add(next, "a verified record is appended", ExploredWorld::appendVerified);
        for (int i = 0; i < markers.size(); i++) ofMarkers(i, next);
        if (!reloaded) add(next, "the coordinator reads its log again", ExploredWorld::reload);
        if (setting.timesOut() && !timedOut && known != null && known.state() == TransactionState.ONGOING) add(next, "the transaction times out", ExploredWorld::timeOut);
        return next;
    }

    private void ofProducer(ExploredProducer producer, List<ExploredWorld> next) {
        int who = producer.number();
        if (producer.choices().size() > 1) {
            add(next, "producer " + who + " commits", it -> it.producers[who].send(true));
            add(next, "producer " + who + " aborts", it -> it.producers[who].send(false));
        }
        Request waiting = producer.waiting();
        if (waiting == null || verified != null && !verified.late() && verified.request().from() == who) return;
        if (verified == null || waiting.step() != Step.PRODUCE) add(next, waiting.step() + " of producer " + who + " arrives", it -> it.arrive(it.producers[who].waiting(), false));
        if (delayed) return;
        add(next, "producer " + who + " hears nothing of its " + waiting.step() + ", connects anew and sends it again", it -> it.delay(who, true));
        if (waiting.step() == Step.PRODUCE) add(next, "producer " + who + " hears nothing of its PRODUCE, connects anew and gives up its transaction", it -> it.delay(who, false));
    }

    private void ofMarkers(int which, List<ExploredWorld> next) {
        Set<Integer> missing = markers.get(which).missing();
        for (int partition : missing) add(next, "a marker comes to partition " + partition, it -> it.mark(which, partition));
        if (missing.isEmpty() || setting.bug() == Bug.COMPLETED_BEFORE_MARKERS) add(next, "the transaction is completed", it -> it.complete(which));
    }

    private void add(List<ExploredWorld> next, String what, Consumer<ExploredWorld> doing) {
        var after = new ExploredWorld(this, what);
        doing.accept(after);
        after.sendWhatIsPlain();
        next.add(after);
    }

    /// What a producer sends next is settled when the last answer has come, except for how a transaction ends; when it arrives is open all the same.
    private void sendWhatIsPlain() {
        for (ExploredProducer each : producers) {
            if (each.choices().size() == 1) each.send(each.choices().getFirst());
        }
    }

    private void delay(int who, boolean again) {
        delayed = true;
        late = producers[who].waiting();
        connectAnew(producers[who], late.step());
        if (again) producers[who].sendAgain();
        else producers[who].giveUp();
    }

    /// Only the connection that was silent is replaced.
    private void connectAnew(ExploredProducer producer, Step silent) {
        long newer = nextConnection++;
        if (setting.oneConnection()) producer.connect(newer, newer);
        else if (silent == Step.PRODUCE) producer.connect(producer.coordination(), newer);
        else producer.connect(newer, producer.records());
    }

    private void arriveLate() {
        Request request = late;
        late = null;
        arrive(request, true);
    }

    // ---- the broker ----

    private void arrive(Request request, boolean isLate) {
        if (!mayPass(request)) {
            if (!isLate) {
                connectAnew(producers[request.from()], request.step());
                producers[request.from()].sendAgain();
            }
            return;
        }
        switch (request.step()) {
            case INIT    -> answer(request, isLate, decideWithId(request));
            case ADD     -> answer(request, isLate, decide(token -> new TransactionCommand.AddPartitions(token, ID, request.producerId(), request.epoch(), PARTITIONS, (short) 0)));
            case PRODUCE -> produce(request, isLate);
            case END     -> answer(request, isLate, decideWithId(request));
            case DONE    -> throw new IllegalStateException("nobody sends that");
        }
    }

    private boolean hasFence() {
        return setting.version() < Transaction.EPOCH_FOR_EACH && setting.bug() != Bug.NO_FENCE;
    }

    private boolean mayPass(Request request) {
        return !hasFence() || request.step() == Step.INIT || connections.admit(request);
    }

    private void answer(Request request, boolean isLate, TransactionAnswer answer) {
        if (isLate) return;
        ExploredProducer producer = producers[request.from()];
        switch (answer) {
            case Initialized given when given.error() == NONE -> producer.initialized(given.producerId(), given.producerEpoch());
            case Ended ended when ended.error() == NONE       -> producer.ended(ended.producerId(), ended.producerEpoch());
            default                                           -> producer.answered(answer.error());
        }
    }

    private void produce(Request request, boolean isLate) {
        ExploredLog log = logs[request.partition()];
        int guard = log.isOpen(request.producerId(), request.epoch()) ? -1 : log.draw(request.producerId());
        ErrorCode error = guard < 0 || setting.bug() == Bug.NO_VERIFICATION ? NONE : reach(request);
        if (error == NONE) verified = new Verified(request, guard, isLate);
        else if (!isLate) producers[request.from()].answered(error == ErrorCode.PRODUCER_FENCED ? ErrorCode.INVALID_PRODUCER_EPOCH : error);
    }

    private ErrorCode reach(Request request) {
        List<TopicPartition> one = List.of(PARTITIONS.get(request.partition()));
        if (setting.version() >= Transaction.EPOCH_FOR_EACH)
            return decide(token -> new TransactionCommand.AddPartitions(token, ID, request.producerId(), request.epoch(), one, Transaction.EPOCH_FOR_EACH)).error();
        TransactionAnswer told = decide(token -> new TransactionCommand.VerifyPartitions(token, ID, request.producerId(), request.epoch(), one));
        return told instanceof PartitionsVerified(ErrorCode error, List<ErrorCode> each) && error == NONE ? each.getFirst() : told.error();
    }

    private void appendVerified() {
        Request request = verified.request();
        boolean isLate = verified.late();
        ErrorCode error = logs[request.partition()].append(request.producerId(), request.epoch(), request.sequence(), verified.guard(), request.from(), request.txnNo());
        verified = null;
        if (!isLate) producers[request.from()].answered(error);
    }

    private void mark(int which, int partition) {
        Due due = markers.get(which);
        ErrorCode error = logs[partition].mark(due.due().producerId(), due.due().producerEpoch(), due.due().commit(), due.due().transactionVersion());
        if (error == NONE) due.missing().remove(partition);
    }

    private void complete(int which) {
        MarkersDue due = markers.remove(which).due();
        decide(token -> new TransactionCommand.CompleteTransaction(token, ID, due.producerId(), due.producerEpoch(), due.decidedMs()));
    }

    // ---- the coordinator ----

    private TransactionCore core() {
        var core = new TransactionCore(SETTINGS, setting.version());
        if (known != null) core.apply(new TransactionChange(ID, known, (short) 1));
        return core;
    }

    private TransactionAnswer decideWithId(Request request) {
        TransactionAnswer first = decide(token -> command(request, token, Transaction.NO_PRODUCER_ID));
        if (!(first instanceof ProducerIdNeeded)) return first;
        long given = setting.bug() == Bug.EPOCHS_WITHOUT_END ? known.producerId() : nextProducerId++;
        return decide(token -> command(request, token, given));
    }

    private TransactionCommand command(Request request, long token, long newProducerId) {
        return request.step() == Step.INIT ? new TransactionCommand.InitProducerId(token, ID, TIMEOUT_MS, request.producerId(), request.epoch(), newProducerId)
                : new TransactionCommand.EndTransaction(token, ID, request.producerId(), request.epoch(), request.commit(), setting.version() >= 2 ? (short) 2 : 0, newProducerId);
    }

    private TransactionAnswer decide(LongFunction<TransactionCommand> command) {
        Transaction before = known;
        TransactionCommand decided = command.apply(7);
        TransactionAnswer answer = takeOver(core().decide(decided, NOW_MS, NOW_MS));
        boolean successor = decided instanceof TransactionCommand.InitProducerId && before != null && answer.error() == NONE && answer instanceof Initialized;
        if (setting.bug() != Bug.SUCCESSOR_GETS_THE_SAME_EPOCH || !successor || before.producerEpoch() < 0) return answer;
        known = before;
        return new Initialized(NONE, before.producerId(), before.producerEpoch());
    }

    private TransactionAnswer takeOver(Decision<TransactionChange, Outcome<TransactionAnswer>> decision) {
        for (TransactionChange change : decision.changes()) known = change.transaction();
        TransactionAnswer answer = null;
        for (Reply<TransactionAnswer> each : decision.answer().replies()) {
            if (each.answer() instanceof MarkersDue due) due(due);
            else if (each.answer() instanceof ProducerIdWanted wanted) abortExpired(wanted);
            else answer = each.answer();
        }
        return answer;
    }

    private void due(MarkersDue due) {
        Set<Integer> missing = new TreeSet<>();
        due.partitions().forEach(each -> missing.add(each.partition()));
        markers.removeIf(each -> each.due().transactionalId().equals(due.transactionalId()) && each.due().producerEpoch() == due.producerEpoch() && each.due().producerId() == due.producerId());
        markers.add(new Due(due, missing));
    }

    private void abortExpired(ProducerIdWanted wanted) {
        long given = nextProducerId++;
        decide(token -> new TransactionCommand.AbortExpired(token, ID, wanted.producerId(), wanted.producerEpoch(), given));
    }

    /// What is on the device is all that the next coordinator knows; markers that the last one had not written are due again.
    private void reload() {
        reloaded = true;
        markers.clear();
        if (known == null) return;
        var written = new TransactionChange(ID, known, setting.version() > 0 ? (short) 1 : 0);
        known = TransactionBytes.read(TransactionBytes.key(written), TransactionBytes.value(written)).transaction();
        if (setting.bug() == Bug.BEGIN_FORGOTTEN && known.state() == TransactionState.ONGOING) known = known.withSameEpoch(TIMEOUT_MS, NOW_MS);
        takeOver(core().loaded(NOW_MS, NOW_MS));
    }

    private void timeOut() {
        timedOut = true;
        TransactionCore core = core();
        core.loaded(NOW_MS, NOW_MS);
        takeOver(core.tick(NOW_MS + TIMEOUT_MS + 1, NOW_MS));
    }

    // ---- what must hold ----

    /// @return the first law that is broken here, or that is broken once everybody goes away and the coordinator has finished; null for none
    String broken() {
        String here = Explored.brokenBy(logs, producers, known);
        if (here != null) return here;
        var after = new ExploredWorld(this, "everybody goes away");
        after.comeToRest();
        String then = Explored.brokenBy(after.logs, after.producers, after.known);
        return then != null ? then : Explored.brokenAtRest(after.logs, after.producers, after.known);
    }

    private void comeToRest() {
        late = null;
        verified = null;
        finishMarkers();
        if (known != null && known.state() == TransactionState.ONGOING) timeOut();
        finishMarkers();
    }

    private void finishMarkers() {
        for (int i = 0; i < markers.size(); i++) {
            int which = i;
            for (int partition : List.copyOf(markers.get(i).missing())) mark(which, partition);
        }
        for (int i = markers.size() - 1; i >= 0; i--) {
            if (markers.get(i).missing().isEmpty()) complete(i);
        }
    }

    /// @return what has led here, an event a line
    String story() {
        return story.told();
    }

    /// Instead of the whole text, which would not fit into memory for all the worlds there are.
    Key key() {
        long first = 1_125_899_906_842_597L;
        long second = 7;
        String text = toString();
        for (int i = 0; i < text.length(); i++) {
            first = 31 * first + text.charAt(i);
            second = (second ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
            second ^= second >>> 29;
        }
        return new Key(first, second);
    }

    record Key(long first, long second) {}

    /// Two worlds with the same text have the same future. When a decision was taken is not in it, only whether it is the latest: the coordinator
    /// gives each a later time than the one before, so that no two stories would ever come to the same world.
    @Override public String toString() {
        String held = verified == null ? "" : verified.request().over(0) + " " + verified.late() + logs[verified.request().partition()].accepts(verified.request().producerId(), verified.guard());
        return withoutTimes(known) + "|" + dueMarkers() + "|" + logs[0].future() + "|" + logs[1].future() + "|" + Arrays.toString(producers) + "|" + (late == null ? "" : late.over(0)) + "|" + held + "|"
                + (hasFence() ? connectionsInOrder() : "") + "|" + delayed + reloaded + timedOut;
    }

    private String connectionsInOrder() {
        List<Long> inUse = new ArrayList<>();
        Set<Sender> senders = new HashSet<>();
        for (ExploredProducer each : producers) {
            inUse.addAll(List.of(each.coordination(), each.records()));
            senders.add(new Sender(each.producerId(), each.epoch()));
        }
        for (Request each : Arrays.asList(late, producers[0].waiting(), producers[producers.length - 1].waiting())) {
            inUse.add(each == null ? 0 : each.connection());
            if (each != null) senders.add(new Sender(each.producerId(), each.epoch()));
        }
        return connections.inOrder(inUse, senders);
    }

    private static String withoutTimes(Transaction it) {
        return it == null ? "unknown" : it.producerId() + " " + it.producerEpoch() + " " + it.previousProducerId() + " " + it.nextProducerId() + " " + it.lastProducerEpoch() + " " + it.state() + it.partitions()
                + it.clientVersion();
    }

    private String dueMarkers() {
        return markers.stream().map(each -> each.due().producerId() + " " + each.due().producerEpoch() + " " + each.due().commit() + each.missing() + each.due().transactionVersion()
                + (known != null && each.due().decidedMs() == known.lastUpdateTimestampMs())).toList().toString();
    }
}
