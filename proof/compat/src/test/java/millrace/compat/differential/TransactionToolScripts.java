package millrace.compat.differential;

import java.util.List;
import millrace.compat.Tools;
import millrace.protocol.message.AddPartitionsToTxnRequest;
import millrace.protocol.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import millrace.protocol.message.DescribeTransactionsRequest;
import millrace.protocol.message.DescribeTransactionsResponse;
import millrace.protocol.message.EndTxnRequest;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.protocol.message.InitProducerIdRequest;
import millrace.protocol.message.InitProducerIdResponse;
import millrace.protocol.message.ProduceResponse;
import millrace.record.RecordBatchBuilder;

/// kafka-transactions on transactions that are under way, complete, ended by force, and hanging.
final class TransactionToolScripts {
    private static final String TOPIC = "tool.tx";
    private static final String ID = "tool-tx";
    private static final String VERIFICATION = "transaction.partition.verification.enable";

    private final Tools tools;

    TransactionToolScripts(Tools tools) {
        this.tools = tools;
    }

    List<Script> all() {
        return List.of(new Script("kafka-transactions", this::administered), new Script("kafka-transactions aborts in a partition", this::abortedInOnePartition),
                new Script("kafka-transactions finds what hangs", this::hanging));
    }

    private ToolTalk transactions(Session session, long producerId) {
        return new ToolTalk(tools, session, "org.apache.kafka.tools.TransactionsCommand").calls("\\b" + producerId + "\\b", "(the producer)").calls("\\bdurationMs \\d+", "");
    }

    // ---- what is there ----

    private static long producer(Session session, String id) {
        session.<FindCoordinatorResponse>awaitQuietly(FindCoordinatorRequest.builder().key(id).keyType((byte) 1).build(), 2, answer -> answer.errorCode() == 0);
        InitProducerIdResponse answer = session.awaitQuietly(InitProducerIdRequest.builder().transactionalId(id).transactionTimeoutMs(600_000).build(), 4, (InitProducerIdResponse each) -> each.errorCode() == 0);
        return answer.producerId();
    }

    private static void begin(Session session, String id, String topic, long producerId, int epoch) {
        session.quietly(AddPartitionsToTxnRequest.builder().v3AndBelowTransactionalId(id).v3AndBelowProducerId(producerId).v3AndBelowProducerEpoch((short) epoch)
                .v3AndBelowTopics(List.of(new AddPartitionsToTxnTopic(topic, List.of(0)))).build(), 3);
    }

    private static ProduceResponse write(Session session, String id, String topic, long producerId, int epoch, int sequence) {
        var batch = Batches.filled(new RecordBatchBuilder().producer(producerId, (short) epoch, sequence).transactional(true), session.nowMs() - 3_600_000, "v");
        return session.quietly(ProduceScripts.one(topic, batch).toBuilder().transactionalId(id).build(), 9);
    }

    private static void await(Session session, String id, String state) {
        session.<DescribeTransactionsResponse>awaitQuietly(new DescribeTransactionsRequest(List.of(id)), 0, answer -> answer.transactionStates().getFirst().transactionState().equals(state));
    }

    // ---- what is asked ----

    private void administered(Session session) {
        session.topic(TOPIC, 1);
        long producerId = producer(session, ID);
        var tool = transactions(session, producerId);
        var list = transactions(session, producerId).calls("^(?!tool|status|Transactional|Error).*", "");
        tool.runAs("described before it has begun", "describe", "--transactional-id", ID);
        begin(session, ID, TOPIC, producerId, 0);
        write(session, ID, TOPIC, producerId, 0, 0);
        list.run("list");
        list.run("list", "--duration-filter", "3600000");
        list.run("list", "--transactional-id-pattern", "tool-.*");
        list.run("list", "--transactional-id-pattern", "(");
        var described = transactions(session, producerId).calls("\\(a time\\) \\d+ ", "(a time) (a while) ");
        described.runAs("described while it is under way", "describe", "--transactional-id", ID);
        tool.run("describe", "--transactional-id", "tool-absent");
        tool.run("describe-producers", "--topic", TOPIC, "--partition", "0");
        tool.run("describe-producers", "--topic", TOPIC, "--partition", "0", "--broker-id", "1");
        tool.run("find-hanging", "--broker-id", "1", "--max-transaction-timeout", "1");
        tool.run("find-hanging", "--topic", TOPIC, "--partition", "0");
        tool.run("find-hanging");
        tool.run("abort", "--topic", TOPIC, "--partition", "0", "--start-offset", "7");
        tool.run("abort", "--topic", TOPIC, "--partition", "0");
        tool.run("forceTerminateTransaction", "--transactionalId", ID);
        await(session, ID, "Empty");
        tool.runAs("described after it was ended by force", "describe", "--transactional-id", ID);
        tool.runAs("its producer after that", "describe-producers", "--topic", TOPIC, "--partition", "0");
        tool.run("forceTerminateTransaction", "--transactionalId", "tool-absent");
        tool.runAs("ended by force again", "forceTerminateTransaction", "--transactionalId", ID);
    }

    /// One that its coordinator believes to be under way can be ended in a partition all the same.
    private void abortedInOnePartition(Session session) {
        String topic = "tool.partition";
        session.topic(topic, 1);
        long producerId = producer(session, "tool-partition");
        var tool = transactions(session, producerId);
        begin(session, "tool-partition", topic, producerId, 0);
        write(session, "tool-partition", topic, producerId, 0, 0);
        tool.runAs("aborted at a wrong offset", "abort", "--topic", topic, "--partition", "0", "--start-offset", "5");
        tool.runAs("aborted", "abort", "--topic", topic, "--partition", "0", "--start-offset", "0");
        tool.runAs("producers after that", "describe-producers", "--topic", topic, "--partition", "0");
        session.ask("read committed after that", FetchScripts.fetch(topic, 0, 0).isolationLevel((byte) 1).build(), 12);
        tool.runAs("the transaction after that", "list", "--transactional-id-pattern", "tool-partition");
        session.quietly(new EndTxnRequest("tool-partition", producerId, (short) 0, true), 3);
        await(session, "tool-partition", "CompleteCommit");
        session.ask("read committed when it is committed", FetchScripts.fetch(topic, 0, 0).isolationLevel((byte) 1).build(), 12);
    }

    /// A batch that comes after the end of its transaction: only a broker that does not verify takes it.
    private void hanging(Session session) {
        String topic = "tool.hanging";
        session.topic(topic, 1);
        long producerId = producer(session, "tool-hanging");
        var tool = transactions(session, producerId).calls("\\(a time\\) \\d+$", "(a time) (minutes)");
        var configs = new ToolTalk(tools, session, "kafka.admin.ConfigCommand");
        configs.runAs("verification is switched off", "--alter", "--entity-type", "brokers", "--entity-name", "1", "--add-config", VERIFICATION + "=false");
        begin(session, "tool-hanging", topic, producerId, 0);
        write(session, "tool-hanging", topic, producerId, 0, 0);
        session.quietly(new EndTxnRequest("tool-hanging", producerId, (short) 0, true), 3);
        await(session, "tool-hanging", "CompleteCommit");
        session.note("a late batch", Short.toString(write(session, "tool-hanging", topic, producerId, 0, 1).responses().getFirst().partitionResponses().getFirst().errorCode()));
        configs.runAs("verification is switched on", "--alter", "--entity-type", "brokers", "--entity-name", "1", "--delete-config", VERIFICATION);
        tool.runAs("producers with one that hangs", "describe-producers", "--topic", topic, "--partition", "0");
        tool.runAs("what hangs on the broker", "find-hanging", "--broker-id", "1", "--max-transaction-timeout", "1");
        tool.runAs("what hangs in the topic", "find-hanging", "--topic", topic, "--max-transaction-timeout", "1");
        session.ask("read committed behind it", FetchScripts.fetch(topic, 0, 0).isolationLevel((byte) 1).build(), 12);
        tool.runAs("aborted at a wrong offset", "abort", "--topic", topic, "--partition", "0", "--start-offset", "0");
        tool.runAs("aborted", "abort", "--topic", topic, "--partition", "0", "--start-offset", "2");
        tool.runAs("producers after that", "describe-producers", "--topic", topic, "--partition", "0");
        tool.runAs("what hangs after that", "find-hanging", "--topic", topic, "--max-transaction-timeout", "1");
        session.ask("read committed when it is ended", FetchScripts.fetch(topic, 0, 0).isolationLevel((byte) 1).build(), 12);
    }
}
