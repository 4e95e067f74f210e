package millrace.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import millrace.common.TopicPartition;
import millrace.core.CoordinatorCore.Outcome;
import millrace.core.CoordinatorCore.Reply;
import millrace.core.ReplicatedCore.Decision;
import millrace.protocol.ErrorCode;
import millrace.transaction.TransactionAnswer.Described;
import millrace.transaction.TransactionAnswer.Ended;
import millrace.transaction.TransactionAnswer.Initialized;
import millrace.transaction.TransactionAnswer.MarkersDue;
import millrace.transaction.TransactionAnswer.PartitionsVerified;
import millrace.transaction.TransactionAnswer.ProducerIdNeeded;
import millrace.transaction.TransactionAnswer.ProducerIdWanted;
import millrace.transaction.TransactionCommand.AbortExpired;
import millrace.transaction.TransactionCommand.AddPartitions;
import millrace.transaction.TransactionCommand.CompleteTransaction;
import millrace.transaction.TransactionCommand.DescribeTransaction;
import millrace.transaction.TransactionCommand.EndTransaction;
import millrace.transaction.TransactionCommand.InitProducerId;
import millrace.transaction.TransactionCommand.ListTransactions;
import millrace.transaction.TransactionCommand.VerifyPartitions;

/// A core with a log of bytes, a clock and producer ids 1000, 1001, ...
final class Coordinator {
    static final String ID = "orders";
    static final int TIMEOUT_MS = 60_000;
    static final TopicPartition A0 = new TopicPartition("a", 0);
    static final TopicPartition B1 = new TopicPartition("b", 1);

    private record Written(ByteBuffer key, ByteBuffer value) {}

    final List<TransactionAnswer> announced = new ArrayList<>();
    TransactionCore core;
    long nowMs = 1_000;
    long timestampMs = 1_000_000;
    private final TransactionSettings settings;
    private final short clusterVersion;
    private final List<Written> log = new ArrayList<>();
    private long nextToken;
    private long nextProducerId = 1_000;
    /// In bytes of its records.
    int largestDecision;

    Coordinator(int clusterVersion) {
        this(clusterVersion, TransactionSettings.DEFAULTS);
    }

    Coordinator(int clusterVersion, TransactionSettings settings) {
        this.clusterVersion = (short) clusterVersion;
        this.settings = settings;
        reload();
    }

    /// A new coordinator reads the log.
    void reload() {
        announced.clear();
        core = new TransactionCore(settings, clusterVersion);
        for (Written each : log) core.apply(TransactionBytes.read(each.key().duplicate(), each.value() == null ? null : each.value().duplicate()));
        carryOut(core.loaded(nowMs, timestampMs), -2);
    }

    private TransactionAnswer carryOut(Decision<TransactionChange, Outcome<TransactionAnswer>> decision, long token) {
        int before = log.size();
        for (TransactionChange change : decision.changes()) {
            log.add(new Written(TransactionBytes.key(change), TransactionBytes.value(change)));
            core.apply(change);
        }
        largestDecision = Math.max(largestDecision, bytesSince(before));
        TransactionAnswer answer = null;
        int announcedBefore = announced.size();
        for (Reply<TransactionAnswer> reply : decision.answer().replies()) {
            if (reply.token() == Reply.UNASKED) {
                announced.add(reply.answer());
            } else if (reply.token() == token) {
                assertThat(announced).as("whoever asked is answered before anything else is begun").hasSize(announcedBefore);
                answer = reply.answer();
            }
        }
        return answer;
    }

    private int bytesSince(int record) {
        int bytes = 0;
        for (Written each : log.subList(record, log.size())) bytes += each.key().remaining() + (each.value() == null ? 0 : each.value().remaining());
        return bytes;
    }

    TransactionAnswer decide(TransactionCommand command) {
        return carryOut(core.decide(command, nowMs, timestampMs), command.token());
    }

    void passMs(long ms) {
        nowMs += ms;
        timestampMs += ms;
        while (core.nextDeadlineMs() <= nowMs) carryOut(core.tick(nowMs, timestampMs), -2);
    }

    int records() {
        return log.size();
    }

    short lastValueVersion() {
        return log.getLast().value().getShort(0);
    }

    boolean lastIsTombstone() {
        return log.getLast().value() == null;
    }

    // ---- what clients ask ----

    Initialized init() {
        return init(ID, -1, -1);
    }

    Initialized init(String id, long producerId, int epoch) {
        return init(id, producerId, epoch, TIMEOUT_MS);
    }

    Initialized init(String id, long producerId, int epoch, int timeoutMs) {
        TransactionAnswer first = decide(new InitProducerId(nextToken++, id, timeoutMs, producerId, (short) epoch, -1));
        if (first instanceof ProducerIdNeeded) first = decide(new InitProducerId(nextToken++, id, timeoutMs, producerId, (short) epoch, nextProducerId++));
        return (Initialized) first;
    }

    ErrorCode add(Initialized producer, int clientVersion, TopicPartition... partitions) {
        return add(producer.producerId(), producer.producerEpoch(), clientVersion, partitions);
    }

    ErrorCode add(long producerId, int epoch, int clientVersion, TopicPartition... partitions) {
        return addTo(ID, producerId, epoch, clientVersion, partitions);
    }

    ErrorCode addTo(String id, long producerId, int epoch, int clientVersion, TopicPartition... partitions) {
        return decide(new AddPartitions(nextToken++, id, producerId, (short) epoch, List.of(partitions), (short) clientVersion)).error();
    }

    List<ErrorCode> verify(Initialized producer, TopicPartition... partitions) {
        var answer = (PartitionsVerified) decide(new VerifyPartitions(nextToken++, ID, producer.producerId(), producer.producerEpoch(), List.of(partitions)));
        return answer.error() == ErrorCode.NONE ? answer.ofPartitions() : List.of(answer.error());
    }

    Ended end(long producerId, int epoch, boolean commit, int clientVersion) {
        TransactionAnswer first = decide(new EndTransaction(nextToken++, ID, producerId, (short) epoch, commit, (short) clientVersion, -1));
        if (first instanceof ProducerIdNeeded) first = decide(new EndTransaction(nextToken++, ID, producerId, (short) epoch, commit, (short) clientVersion, nextProducerId++));
        return (Ended) first;
    }

    Ended commit(Initialized producer, int clientVersion) {
        return end(producer.producerId(), producer.producerEpoch(), true, clientVersion);
    }

    Ended abort(Initialized producer, int clientVersion) {
        return end(producer.producerId(), producer.producerEpoch(), false, clientVersion);
    }

    /// The markers that were announced last are written everywhere.
    void markersWritten() {
        var due = (MarkersDue) announced.removeLast();
        decide(new CompleteTransaction(nextToken++, due.transactionalId(), due.producerId(), due.producerEpoch(), due.decidedMs()));
    }

    void wantedIdCame() {
        var wanted = (ProducerIdWanted) announced.removeLast();
        decide(new AbortExpired(nextToken++, wanted.transactionalId(), wanted.producerId(), wanted.producerEpoch(), nextProducerId++));
    }

    Transaction described() {
        return ((Described) decide(new DescribeTransaction(nextToken++, ID))).transaction();
    }

    List<String> listed(List<TransactionState> states, List<Long> producerIds, long durationMs, String pattern) {
        var answer = (TransactionAnswer.Listed) decide(new ListTransactions(nextToken++, states, producerIds, durationMs, pattern));
        return answer.error() != ErrorCode.NONE ? List.of(answer.error().name()) : answer.transactions().stream().map(TransactionAnswer.ListedTransaction::transactionalId).toList();
    }

    /// When the last step was decided, in the words of the log.
    long decidedMs() {
        return core.transactions().get(ID).lastUpdateTimestampMs();
    }

    TransactionState state() {
        return core.transactions().get(ID).state();
    }

    /// Puts the producer near the end of its epochs, as years of use would.
    Initialized atEpoch(int epoch) {
        Initialized given = init();
        Transaction now = core.transactions().get(ID);
        var aged = new Transaction(now.producerId(), (short) epoch, now.previousProducerId(), now.nextProducerId(), now.lastProducerEpoch(), now.timeoutMs(), now.state(),
                now.partitions(), now.startTimestampMs(), now.lastUpdateTimestampMs(), now.clientVersion());
        var change = new TransactionChange(ID, aged, (short) 1);
        log.add(new Written(TransactionBytes.key(change), TransactionBytes.value(change)));
        core.apply(change);
        return new Initialized(ErrorCode.NONE, given.producerId(), (short) epoch);
    }
}
