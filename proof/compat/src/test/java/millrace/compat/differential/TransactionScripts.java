package millrace.compat.differential;

import static millrace.compat.differential.ProduceScripts.one;
import static millrace.protocol.ApiKey.ADD_OFFSETS_TO_TXN;
import static millrace.protocol.ApiKey.ADD_PARTITIONS_TO_TXN;
import static millrace.protocol.ApiKey.END_TXN;
import static millrace.protocol.ApiKey.TXN_OFFSET_COMMIT;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

import millrace.common.Uuid;
import millrace.protocol.ApiRequest;
import millrace.protocol.message.AddOffsetsToTxnRequest;
import millrace.protocol.message.AddPartitionsToTxnRequest;
import millrace.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import millrace.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction;
import millrace.protocol.message.DescribeProducersRequest;
import millrace.protocol.message.DescribeProducersRequest.TopicRequest;
import millrace.protocol.message.DescribeTransactionsRequest;
import millrace.protocol.message.DescribeTransactionsResponse;
import millrace.protocol.message.EndTxnRequest;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.protocol.message.InitProducerIdRequest;
import millrace.protocol.message.InitProducerIdResponse;
import millrace.protocol.message.ListTransactionsRequest;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.TxnOffsetCommitRequest;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import millrace.record.RecordBatchBuilder;

/// Transactional producers of every version: what begins, ends, fences, and is refused.
final class TransactionScripts {
    private static final int TIMEOUT_MS = 60_000;

    private TransactionScripts() {}

    static List<Script> all() {
        return List.of(new Script("Transactional ids", TransactionScripts::owners), new Script("Transactions up to version 1", TransactionScripts::sharedEpochs),
                new Script("Transactions of version 2", TransactionScripts::ownEpochs), new Script("Partitions of transactions", TransactionScripts::partitions),
                new Script("Offsets in transactions", TransactionScripts::offsets), new Script("Records in transactions", TransactionScripts::records),
                new Script("Transactions administered", TransactionScripts::administration));
    }

    private static void awaitCoordinator(Session session, String id) {
        session.<FindCoordinatorResponse>awaitQuietly(FindCoordinatorRequest.builder().key(id).keyType((byte) 1).build(), 2, answer -> answer.errorCode() == 0);
        session.<DescribeTransactionsResponse>awaitQuietly(new DescribeTransactionsRequest(List.of(id)), 0, answer -> answer.transactionStates().getFirst().errorCode() == 105);
    }

    private static InitProducerIdRequest init(String id) {
        return InitProducerIdRequest.builder().transactionalId(id).transactionTimeoutMs(TIMEOUT_MS).build();
    }

    private static void await(Session session, String id, String state) {
        session.<DescribeTransactionsResponse>awaitQuietly(new DescribeTransactionsRequest(List.of(id)), 0, answer -> answer.transactionStates().getFirst().transactionState().equals(state));
    }

    private static void owners(Session session) {
        awaitCoordinator(session, "owners");
        session.topic("tx.owners", 1);
        InitProducerIdResponse first = session.ask("the first owner", init("owners"), 4);
        session.ask("the next owner", init("owners"), 4);
        session.ask("too long a time-out", init("owners").toBuilder().transactionTimeoutMs(900_001).build(), 4);
        session.ask("no time-out", init("owners").toBuilder().transactionTimeoutMs(0).build(), 4);
        var recovers = init("owners").toBuilder().producerId(first.producerId());
        session.ask("an older epoch recovers", recovers.producerEpoch((short) 0).build(), 4);
        session.ask("an older epoch recovers", recovers.producerEpoch((short) 0).build(), 3);
        session.ask("the newest epoch recovers", recovers.producerEpoch((short) 1).build(), 4);
        session.ask("the newest epoch recovers again", recovers.producerEpoch((short) 1).build(), 4);
        session.ask("an epoch of the future", recovers.producerEpoch((short) 9).build(), 4);
        session.ask("another producer id", recovers.producerId(first.producerId() + 1_000_000).producerEpoch((short) 2).build(), 4);
        session.ask("partitions", add("owners", first.producerId(), 2, "tx.owners"), 3);
        session.ask("the owner of a transaction that is under way", init("owners"), 4);
        await(session, "owners", "CompleteAbort");
        session.ask("and again", init("owners"), 4);
    }

    // ---- how they end ----

    private static ApiRequest add(String id, long producerId, int epoch, String topic) {
        return AddPartitionsToTxnRequest.builder().v3AndBelowTransactionalId(id).v3AndBelowProducerId(producerId).v3AndBelowProducerEpoch((short) epoch)
                .v3AndBelowTopics(List.of(new AddPartitionsToTxnTopic(topic, List.of(0)))).build();
    }

    private static ApiRequest ofBroker(String id, long producerId, int epoch, boolean verifyOnly, String topic, int... partitions) {
        return AddPartitionsToTxnRequest.builder().transactions(List.of(new AddPartitionsToTxnTransaction(id, producerId, (short) epoch, verifyOnly,
                List.of(new AddPartitionsToTxnTopic(topic, Arrays.stream(partitions).boxed().toList()))))).build();
    }

    private static EndTxnRequest end(String id, long producerId, int epoch, boolean commit) {
        return new EndTxnRequest(id, producerId, (short) epoch, commit);
    }

    private static void sharedEpochs(Session session) {
        awaitCoordinator(session, "shared");
        session.topic("tx.shared", 1);
        long producer = session.<InitProducerIdResponse>ask("an owner", init("shared"), 4).producerId();
        Versions.each(END_TXN, version -> {
            if (version > 4) return;
            session.ask("commit of nothing", end("shared", producer, 0, true), version);
            session.ask("abort by nobody", end("nobody", producer, 0, false), version);
            session.ask("abort of another producer", end("shared", producer + 1_000_000, 0, false), version);
            session.ask("abort of another epoch", end("shared", producer, 7, false), version);
        });
        for (boolean commit : new boolean[] {true, false}) {
            session.ask("partitions before " + commit, add("shared", producer, 0, "tx.shared"), 3);
            session.ask("the same partitions before " + commit, add("shared", producer, 0, "tx.shared"), 3);
            session.ask("end " + commit, end("shared", producer, 0, commit), 3);
            await(session, "shared", commit ? "CompleteCommit" : "CompleteAbort");
            session.ask("end again " + commit, end("shared", producer, 0, commit), 3);
            session.ask("end the other way " + commit, end("shared", producer, 0, !commit), 3);
        }
    }

    private static void ownEpochs(Session session) {
        awaitCoordinator(session, "own");
        session.topic("tx.own", 1);
        long producer = session.<InitProducerIdResponse>ask("an owner", init("own"), 5).producerId();
        session.ask("commit of nothing", end("own", producer, 0, true), 5);
        session.ask("abort of nothing", end("own", producer, 0, false), 5);
        await(session, "own", "CompleteAbort");
        session.ask("abort of nothing again", end("own", producer, 0, false), 5);
        session.ask("commit of what was aborted", end("own", producer, 0, true), 5);
        session.ask("partitions", ofBroker("own", producer, 1, false, "tx.own", 0), 5);
        session.ask("the transaction before", end("own", producer, 0, true), 5);
        session.ask("commit", end("own", producer, 1, true), 5);
        await(session, "own", "CompleteCommit");
        session.ask("commit again", end("own", producer, 1, true), 5);
        session.ask("abort of what was committed", end("own", producer, 1, false), 5);
        session.ask("commit of the next, which is empty", end("own", producer, 2, true), 5);
        session.ask("an epoch of the future", end("own", producer, 5, true), 5);
        session.ask("another producer", end("own", producer + 1_000_000, 2, true), 5);
    }

    private static void partitions(Session session) {
        awaitCoordinator(session, "partitions");
        session.topic("tx.partitions", 2);
        long producer = session.<InitProducerIdResponse>ask("an owner", init("partitions"), 4).producerId();
        Versions.each(ADD_PARTITIONS_TO_TXN, version -> {
            if (version > 3) {
                session.ask("verify what is there and what is not", ofBroker("partitions", producer, 0, true, "tx.partitions", 0, 1), version);
                session.ask("verify another epoch", ofBroker("partitions", producer, 3, true, "tx.partitions", 0), version);
                session.ask("add one that does not exist", ofBroker("partitions", producer, 0, false, "tx.partitions", 0, 9), version);
                session.ask("nobody's", ofBroker("nobody", producer, 0, false, "tx.partitions", 0), version);
            } else {
                session.ask("add", add("partitions", producer, 0, "tx.partitions"), version);
                session.ask("another epoch", add("partitions", producer, 3, "tx.partitions"), version);
                session.ask("another producer", add("partitions", producer + 1_000_000, 0, "tx.partitions"), version);
                session.ask("a topic that does not exist", add("partitions", producer, 0, "tx.nowhere"), version);
                session.ask("nobody", add("nobody", producer, 0, "tx.partitions"), version);
                session.ask("an empty id", add("", producer, 0, "tx.partitions"), version);
            }
        });
        Versions.each(ADD_OFFSETS_TO_TXN, version -> {
            session.ask("offsets", new AddOffsetsToTxnRequest("partitions", producer, (short) 0, "tx-group"), version);
            session.ask("offsets of another epoch", new AddOffsetsToTxnRequest("partitions", producer, (short) 3, "tx-group"), version);
            session.ask("offsets of nobody", new AddOffsetsToTxnRequest("nobody", producer, (short) 0, "tx-group"), version);
        });
    }

    // ---- offsets ----

    private static TxnOffsetCommitRequest.Builder offset(String id, String group, long producerId, int epoch, String topic, Uuid topicId, int partition, long offset) {
        return TxnOffsetCommitRequest.builder().transactionalId(id).groupId(group).producerId(producerId).producerEpoch((short) epoch)
                .topics(List.of(new TxnOffsetCommitRequestTopic(topic, topicId, List.of(new TxnOffsetCommitRequestPartition(partition, offset, -1, "")))));
    }

    private static OffsetFetchRequest fetch(String group, boolean stable) {
        return OffsetFetchRequest.builder().requireStable(stable)
                .groups(List.of(new OffsetFetchRequestGroup(group, null, -1, List.of(new OffsetFetchRequestTopics("tx.offsets", Uuid.ZERO, List.of(0)))))).build();
    }

    private static void offsets(Session session) {
        awaitCoordinator(session, "offsets");
        session.awaitCoordinator("tx-group");
        Uuid topicId = session.topic("tx.offsets", 1);
        long producer = session.<InitProducerIdResponse>ask("an owner", init("offsets"), 4).producerId();
        Versions.each(TXN_OFFSET_COMMIT, version -> {
            if (version < 5) session.ask("not added", offset("offsets", "tx-group", producer, 0, "tx.offsets", Uuid.ZERO, 0, 5).build(), version);
            session.ask("a partition that does not exist", offset("offsets", "tx-group", producer, 0, "tx.offsets", topicId, 7, 5).build(), version);
            session.ask("another epoch", offset("offsets", "tx-group", producer, 4, "tx.offsets", topicId, 0, 5).build(), version);
            session.ask("no group", offset("offsets", "", producer, 0, "tx.offsets", topicId, 0, 5).build(), version);
            if (version >= 3) session.ask("a member that is not there", offset("offsets", "tx-group", producer, 0, "tx.offsets", topicId, 0, 5).memberId("m").generationIdOrMemberEpoch(3).build(), version);
        });
        session.ask("add", new AddOffsetsToTxnRequest("offsets", producer, (short) 0, "tx-group"), 3);
        session.ask("pending", offset("offsets", "tx-group", producer, 0, "tx.offsets", Uuid.ZERO, 0, 42).build(), 3);
        session.ask("fetched stable", fetch("tx-group", true), 8);
        session.ask("fetched unstable", fetch("tx-group", false), 8);
        session.ask("commit", end("offsets", producer, 0, true), 3);
        await(session, "offsets", "CompleteCommit");
        session.ask("fetched after the commit", fetch("tx-group", true), 8);
        session.ask("implicitly added", offset("offsets", "tx-group", producer, 0, "tx.offsets", Uuid.ZERO, 0, 77).build(), 5);
        session.ask("abort", end("offsets", producer, 0, false), 5);
        await(session, "offsets", "CompleteAbort");
        session.ask("fetched after the abort", fetch("tx-group", true), 8);
    }

    // ---- records ----

    private static ProduceRequest records(String id, String topic, long producerId, int epoch, int sequence, long nowMs) {
        ByteBuffer batch = Batches.filled(new RecordBatchBuilder().producer(producerId, (short) epoch, sequence).transactional(true), nowMs, "a");
        return one(topic, batch).toBuilder().transactionalId(id).build();
    }

    private static void records(Session session) {
        awaitCoordinator(session, "records");
        session.topic("tx.records", 1);
        long now = session.nowMs();
        long producer = session.<InitProducerIdResponse>ask("an owner", init("records"), 4).producerId();
        for (int version : new int[] {9, 10, 11}) session.ask("not added", records("records", "tx.records", producer, 0, 0, now), version);
        session.ask("another epoch", records("records", "tx.records", producer, 5, 0, now), 11);
        session.ask("another epoch", records("records", "tx.records", producer, 5, 0, now), 12);
        session.ask("another id", records("nobody", "tx.records", producer, 0, 0, now), 11);
        session.ask("add", add("records", producer, 0, "tx.records"), 3);
        session.ask("added", records("records", "tx.records", producer, 0, 0, now), 9);
        session.ask("the same again", records("records", "tx.records", producer, 0, 0, now), 9);
        session.ask("out of order", records("records", "tx.records", producer, 0, 5, now), 9);
        session.ask("producers", new DescribeProducersRequest(List.of(new TopicRequest("tx.records", List.of(0, 9)), new TopicRequest("tx.nowhere", List.of(0)))), 0);
        session.ask("read committed", FetchScripts.fetch("tx.records", 0, 0).isolationLevel((byte) 1).build(), 12);
        session.ask("abort", end("records", producer, 0, false), 3);
        await(session, "records", "CompleteAbort");
        session.ask("read committed after the abort", FetchScripts.fetch("tx.records", 0, 0).isolationLevel((byte) 1).build(), 12);
        session.ask("after the marker", records("records", "tx.records", producer, 0, 1, now), 9);
        session.ask("implicitly added", records("records", "tx.records", producer, 0, 1, now), 12);
        session.ask("commit", end("records", producer, 0, true), 5);
        await(session, "records", "CompleteCommit");
        session.ask("read committed after the commit", FetchScripts.fetch("tx.records", 0, 0).isolationLevel((byte) 1).build(), 12);
        session.ask("the epoch before", records("records", "tx.records", producer, 0, 2, now), 12);
        session.ask("the next epoch", records("records", "tx.records", producer, 1, 0, now), 12);
        session.ask("producers in the end", new DescribeProducersRequest(List.of(new TopicRequest("tx.records", List.of(0)))), 0);
    }

    // ---- administration ----

    private static void administration(Session session) {
        awaitCoordinator(session, "administered");
        session.topic("tx.administered", 1);
        long producer = session.<InitProducerIdResponse>ask("an owner", init("administered"), 4).producerId();
        session.ask("described", new DescribeTransactionsRequest(List.of("administered", "nobody", "")), 0);
        session.ask("add", add("administered", producer, 0, "tx.administered"), 3);
        session.ask("described while it is under way", new DescribeTransactionsRequest(List.of("administered")), 0);
        var mine = ListTransactionsRequest.builder().producerIdFilters(List.of(producer));
        for (int version = 0; version <= 2; version++) {
            session.ask("listed", mine.build(), version);
            session.ask("listed by state", mine.stateFilters(List.of("Ongoing", "Sideways")).build(), version);
            session.ask("listed by a state that is not", mine.stateFilters(List.of("Sideways")).build(), version);
            mine.stateFilters(List.of());
        }
        session.ask("listed by duration", mine.durationFilter(3_600_000).build(), 2);
        session.ask("listed by pattern", mine.durationFilter(-1).transactionalIdPattern("admin.*").build(), 2);
        session.ask("listed by a pattern that is none", mine.transactionalIdPattern("(").build(), 2);
        session.ask("end", end("administered", producer, 0, false), 3);
    }
}
