package millrace.compat.differential;

import static millrace.compat.differential.Batches.batch;
import static millrace.compat.differential.ProduceScripts.produce;
import static millrace.compat.differential.ProduceScripts.to;
import static millrace.protocol.ApiKey.INIT_PRODUCER_ID;
import static millrace.protocol.ApiKey.LIST_OFFSETS;
import static millrace.protocol.ApiKey.OFFSET_FOR_LEADER_EPOCH;

import java.util.List;
import millrace.protocol.message.InitProducerIdRequest;
import millrace.protocol.message.InitProducerIdResponse;
import millrace.protocol.message.ListOffsetsRequest;
import millrace.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import millrace.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import millrace.protocol.message.OffsetForLeaderEpochRequest;
import millrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import millrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import millrace.record.Codec;
import millrace.record.RecordBatchBuilder;

/// Where records are: by time, by epoch; and who writes them.
final class OffsetScripts {
    private OffsetScripts() {}

    static List<Script> all() {
        return List.of(new Script("ListOffsets", OffsetScripts::listOffsets), new Script("ListOffsets by time", OffsetScripts::byTime),
                new Script("OffsetForLeaderEpoch", OffsetScripts::leaderEpochs), new Script("InitProducerId", OffsetScripts::producerIds));
    }

    private static ListOffsetsRequest.Builder list(String topic, int partition, int epoch, long timestamp) {
        return ListOffsetsRequest.builder().replicaId(-1).topics(List.of(new ListOffsetsTopic(topic, List.of(new ListOffsetsPartition(partition, epoch, timestamp)))));
    }

    private static void listOffsets(Session session) {
        session.topic("offsets", 2);
        ProduceScripts.fill(session, "offsets", 0, 5);
        long now = session.nowMs();
        Versions.each(LIST_OFFSETS, version -> {
            for (long special = -1; special >= -8; special--) {
                session.tell("main", "special timestamp " + special, list("offsets", 0, -1, special).build(), version);
                session.tell("main", "special timestamp " + special + " of nothing", list("offsets", 1, -1, special).build(), version);
            }
            session.ask("before all", list("offsets", 0, -1, 0).build(), version);
            session.ask("at the third", list("offsets", 0, -1, now + 2_000).build(), version);
            session.ask("after the third", list("offsets", 0, -1, now + 2_001).build(), version);
            session.ask("after all", list("offsets", 0, -1, now + 9_000_000).build(), version);
            session.ask("of an empty partition", list("offsets", 1, -1, now).build(), version);
            session.ask("an absent partition", list("offsets", 7, -1, -1).build(), version);
            session.ask("an absent topic", list("offsets.none", 0, -1, -1).build(), version);
            session.ask("an invalid topic", list("offsets/none", 0, -1, -1).build(), version);
            if (version >= 2) session.ask("read committed, end", list("offsets", 0, -1, -1).isolationLevel((byte) 1).build(), version);
            if (version >= 2) session.ask("read committed, time", list("offsets", 0, -1, now + 1).isolationLevel((byte) 1).build(), version);
            if (version >= 4) for (int epoch : new int[] {0, 1, 9}) session.ask("with leader epoch " + epoch, list("offsets", 0, epoch, -1).build(), version);
            session.ask("a partition twice", ListOffsetsRequest.builder().replicaId(-1).topics(List.of(new ListOffsetsTopic("offsets",
                    List.of(new ListOffsetsPartition(0, -1, -1), new ListOffsetsPartition(0, -1, -2), new ListOffsetsPartition(1, -1, -2))))).build(), version);
            session.ask("as a debugging replica", list("offsets", 0, -1, -1).replicaId(-2).build(), version);
            session.ask("as a replica", list("offsets", 0, -1, -1).replicaId(1).build(), version);
            session.ask("nothing", ListOffsetsRequest.builder().replicaId(-1).build(), version);
        });
    }

    private static void byTime(Session session) {
        session.topic("offsets.time", 2);
        long now = session.nowMs();
        session.quietly(produce(-1, to("offsets.time", 0, batch(now, "a", "b", "c"))), 9);
        session.quietly(produce(-1, to("offsets.time", 0, new RecordBatchBuilder().append(now + 50, null, Batches.bytes("d")).append(now + 20, null, Batches.bytes("e"))
                .append(now + 90, null, Batches.bytes("f")).append(now + 90, null, Batches.bytes("g")).build())), 9);
        session.quietly(produce(-1, to("offsets.time", 0, batch(now + 10, "h", "i"))), 9);
        session.quietly(produce(-1, to("offsets.time", 0, batch(Codec.ZSTD, now + 70, "j", "k"))), 9);
        for (int delta : new int[] {-1, 0, 1, 2, 3, 20, 21, 50, 51, 71, 90, 91}) session.ask("time +" + delta, list("offsets.time", 0, -1, now + delta).build(), 7);
        session.ask("largest timestamp", list("offsets.time", 0, -1, -3).build(), 7);
        session.quietly(produce(-1, to("offsets.time", 1, batch(Codec.LZ4, now + 5, "a", "b"))), 9);
        session.quietly(produce(-1, to("offsets.time", 1, batch(Codec.LZ4, now + 5, "c", "d"))), 9);
        session.ask("the first of equal largest", list("offsets.time", 1, -1, -3).build(), 7);
        session.ask("inside a compressed batch", list("offsets.time", 1, -1, now + 6).build(), 7);
        session.topic("offsets.untimed", 1);
        session.quietly(produce(-1, to("offsets.untimed", 0, batch(-1, "a"))), 9);
        session.ask("without timestamps", list("offsets.untimed", 0, -1, 0).build(), 7);
        session.ask("largest without timestamps", list("offsets.untimed", 0, -1, -3).build(), 7);
    }

    private static void leaderEpochs(Session session) {
        session.topic("epochs", 2);
        ProduceScripts.fill(session, "epochs", 0, 5);
        Versions.each(OFFSET_FOR_LEADER_EPOCH, version -> {
            for (int current : new int[] {-1, 0, 1, 5}) {
                for (int epoch : new int[] {-2, -1, 0, 1, 9}) session.ask("epoch " + epoch + " while " + current, epoch("epochs", 0, current, epoch), version);
            }
            session.ask("an empty partition", epoch("epochs", 1, -1, 0), version);
            session.ask("an absent partition", epoch("epochs", 8, -1, 0), version);
            session.ask("an absent topic", epoch("epochs.none", 0, -1, 0), version);
            session.ask("nothing", OffsetForLeaderEpochRequest.builder().build(), version);
            if (version >= 3) session.ask("as a replica", epoch("epochs", 0, 0, 0).toBuilder().replicaId(1).build(), version);
        });
    }

    private static OffsetForLeaderEpochRequest epoch(String topic, int partition, int current, int epoch) {
        return OffsetForLeaderEpochRequest.builder().topics(List.of(new OffsetForLeaderTopic(topic, List.of(new OffsetForLeaderPartition(partition, current, epoch))))).build();
    }

    private static void producerIds(Session session) {
        // A node may still be asking its controller for its first block of ids.
        session.<InitProducerIdResponse>awaitQuietly(InitProducerIdRequest.builder().transactionalId(null).transactionTimeoutMs(60_000).build(), 4, answer -> answer.errorCode() == 0);
        Versions.each(INIT_PRODUCER_ID, version -> {
            session.ask("a new one", InitProducerIdRequest.builder().transactionalId(null).transactionTimeoutMs(60_000).build(), version);
            session.ask("no time-out", InitProducerIdRequest.builder().transactionalId(null).transactionTimeoutMs(0).build(), version);
            session.ask("a negative time-out", InitProducerIdRequest.builder().transactionalId(null).transactionTimeoutMs(-1).build(), version);
            session.ask("an empty transactional id", InitProducerIdRequest.builder().transactionalId("").transactionTimeoutMs(60_000).build(), version);
            if (version >= 3) {
                session.ask("an id without its epoch", InitProducerIdRequest.builder().transactionalId(null).transactionTimeoutMs(60_000).producerId(5).build(), version);
                session.ask("an epoch without its id", InitProducerIdRequest.builder().transactionalId(null).transactionTimeoutMs(60_000).producerEpoch((short) 5).build(), version);
                session.ask("an id and its epoch", InitProducerIdRequest.builder().transactionalId(null).transactionTimeoutMs(60_000).producerId(5).producerEpoch((short) 5).build(), version);
            }
        });
    }
}
