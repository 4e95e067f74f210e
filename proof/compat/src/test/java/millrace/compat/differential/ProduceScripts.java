package millrace.compat.differential;

import static millrace.compat.differential.Batches.batch;
import static millrace.compat.differential.Batches.damaged;
import static millrace.compat.differential.Batches.keyed;
import static millrace.compat.differential.Batches.produced;
import static millrace.compat.differential.Batches.records;
import static millrace.compat.differential.Batches.together;
import static millrace.compat.differential.Batches.withByte;
import static millrace.compat.differential.Batches.withInt;
import static millrace.protocol.ApiKey.PRODUCE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import millrace.common.Uuid;
import millrace.protocol.message.InitProducerIdRequest;
import millrace.protocol.message.InitProducerIdResponse;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceRequest.PartitionProduceData;
import millrace.protocol.message.ProduceRequest.TopicProduceData;
import millrace.record.Codec;
import millrace.record.ControlRecords;
import millrace.record.Header;
import millrace.record.RecordBatchBuilder;

/// What producers send, well-behaved and otherwise.
final class ProduceScripts {
    private static final int LAST_VERSION_WITH_NAMES = 12;
    private static final long DAY_MS = 86_400_000;
    private static final int ATTRIBUTES_LOW = 22;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int MAGIC = 16;
    private static final int LENGTH = 8;
    private static final int RECORD_COUNT = 57;

    private ProduceScripts() {}

    static List<Script> all() {
        return List.of(new Script("Produce", ProduceScripts::everyVersion), new Script("Produce with other acks", ProduceScripts::acks), new Script("Produce in every codec", ProduceScripts::codecs),
                new Script("Produce refuses", ProduceScripts::refused), new Script("Produce in other topics", ProduceScripts::topics),
                new Script("Produce with sequences", ProduceScripts::sequences), new Script("Produce in transactions", ProduceScripts::transactional));
    }

    static ProduceRequest produce(int acks, TopicProduceData... topics) {
        return ProduceRequest.builder().acks((short) acks).timeoutMs(5_000).topicData(List.of(topics)).build();
    }

    static TopicProduceData to(String topic, int partition, ByteBuffer batches) {
        return new TopicProduceData(topic, Uuid.ZERO, List.of(new PartitionProduceData(partition, records(batches))));
    }

    static TopicProduceData to(Uuid topic, int partition, ByteBuffer batches) {
        return new TopicProduceData("", topic, List.of(new PartitionProduceData(partition, records(batches))));
    }

    static ProduceRequest one(String topic, ByteBuffer batches) {
        return produce(-1, to(topic, 0, batches));
    }

    /// Puts so many records into a partition, one batch for each, stamped a second apart. Notes nothing.
    static void fill(Session session, String topic, int partition, int records) {
        for (int i = 0; i < records; i++) {
            session.quietly(produce(-1, to(topic, partition, batch(session.nowMs() + i * 1_000L, "value " + i))), LAST_VERSION_WITH_NAMES);
        }
    }

    private static void everyVersion(Session session) {
        Uuid id = session.topic("produce", 3);
        long now = session.nowMs();
        Versions.each(PRODUCE, version -> {
            if (version <= LAST_VERSION_WITH_NAMES) {
                session.ask("one batch", one("produce", batch(now, "a", "b", "c")), version);
                session.ask("two partitions and an absent one", produce(1, new TopicProduceData("produce", Uuid.ZERO, List.of(new PartitionProduceData(1, records(batch(now, "x"))),
                        new PartitionProduceData(2, records(batch(now, "y", "z"))), new PartitionProduceData(9, records(batch(now, "none")))))), version);
                session.ask("an absent topic", one("produce.none", batch(now, "a")), version);
                session.ask("an invalid topic", one("produce/none", batch(now, "a")), version);
                session.ask("an empty topic name", one("", batch(now, "a")), version);
            } else {
                session.ask("one batch", produce(-1, to(id, 0, batch(now, "a", "b", "c"))), version);
                session.ask("an absent partition", produce(-1, to(id, 9, batch(now, "a"))), version);
                session.ask("a negative partition", produce(-1, to(id, -1, batch(now, "a"))), version);
                session.ask("an absent topic", produce(-1, to(new Uuid(3, 3), 0, batch(now, "a"))), version);
                session.ask("no topic id", produce(-1, to(Uuid.ZERO, 0, batch(now, "a"))), version);
            }
            session.ask("nothing", produce(-1), version);
            session.ask("wrong checksum", version <= LAST_VERSION_WITH_NAMES ? one("produce", damaged(batch(now, "a"))) : produce(-1, to(id, 0, damaged(batch(now, "a")))), version);
        });
        session.ask("a topic without partitions", produce(-1, new TopicProduceData("produce", Uuid.ZERO, List.of())), 9);
        session.ask("what is there", FetchScripts.fetch("produce", 0, 0).build(), 12);
    }

    private static void acks(Session session) {
        session.topic("produce.acks", 1);
        long now = session.nowMs();
        session.sendUnanswered("main", produce(0, to("produce.acks", 0, batch(now, "unanswered"))), 9);
        session.ask("after one without acknowledgement", produce(1, to("produce.acks", 0, batch(now, "answered"))), 9);
        session.ask("acks of 2", produce(2, to("produce.acks", 0, batch(now, "a"))), 9);
        session.ask("acks of -2", produce(-2, to("produce.acks", 0, batch(now, "a"))), 9);
        session.ask("no time to wait", produce(-1, to("produce.acks", 0, batch(now, "a"))).toBuilder().timeoutMs(0).build(), 9);
        session.tell("refused", "acks of 0 for an absent topic", produce(0, to("produce.acks.none", 0, batch(now, "a"))), 9);
        session.tell("refused", "acks of 0 with a wrong checksum", produce(0, to("produce.acks", 0, damaged(batch(now, "a")))), 9);
        session.topic("produce.acks.min", 1, "min.insync.replicas", "2");
        session.ask("too few in sync, all", one("produce.acks.min", batch(now, "a")), 9);
        session.ask("too few in sync, one", produce(1, to("produce.acks.min", 0, batch(now, "a"))), 9);
    }

    private static void codecs(Session session) {
        long now = session.nowMs();
        for (Codec codec : Codec.values()) {
            String topic = "produce." + codec.name().toLowerCase();
            session.topic(topic, 1);
            for (int version : new int[] {3, 6, 7, 12}) session.ask(codec + " batch", one(topic, batch(codec, now, "one", "two", "three")), version);
            session.ask(codec + " fetched", FetchScripts.fetch(topic, 0, 0).build(), 12);
            for (int version : new int[] {4, 9, 10}) session.ask(codec + " fetched by old ones", FetchScripts.fetch(topic, 0, 0).build(), version);
            session.ask(codec + " damaged inside", one(topic, withByte(batch(codec, now, "one", "two", "three"), 63, 0x7f)), 9);
            session.ask(codec + " cut", one(topic, cutInside(batch(codec, now, "one", "two", "three"))), 9);
            String other = topic + ".to.topic";
            session.topic(other, 1, "compression.type", codec == Codec.NONE ? "uncompressed" : codec.name().toLowerCase());
            session.ask(codec + " topic, uncompressed batch", one(other, batch(now, "one", "two", "three")), 9);
            session.ask(codec + " topic, own batch", one(other, batch(codec, now, "one", "two", "three")), 9);
            session.ask(codec + " topic, gzip batch", one(other, batch(Codec.GZIP, now, "one", "two", "three")), 9);
        }
        session.ask("an unknown codec", one("produce.none", withByte(batch(now, "a"), ATTRIBUTES_LOW, 6)), 9);
        session.ask("another unknown codec", one("produce.none", withByte(batch(now, "a"), ATTRIBUTES_LOW, 7)), 9);
    }

    /// @return the batch without its last three bytes, its length and checksum made right
    private static ByteBuffer cutInside(ByteBuffer batch) {
        ByteBuffer copy = together(batch);
        copy.limit(copy.limit() - 3);
        return withInt(withInt(copy, LENGTH, copy.limit() - 12), RECORD_COUNT, copy.getInt(RECORD_COUNT));
    }

    private static void refused(Session session) {
        session.topic("produce.refused", 2);
        String topic = "produce.refused";
        long now = session.nowMs();
        session.ask("good to begin with", one(topic, batch(now, "good")), 9);
        session.ask("magic 0", one(topic, Batches.oldMessage(0, now, "old")), 9);
        session.ask("magic 1", one(topic, Batches.oldMessage(1, now, "old")), 9);
        session.ask("magic 1 to version 3", one(topic, Batches.oldMessage(1, now, "old")), 3);
        session.ask("magic 3", one(topic, withByte(batch(now, "a"), MAGIC, 3)), 9);
        session.ask("magic -1", one(topic, withByte(batch(now, "a"), MAGIC, -1)), 9);
        session.ask("empty records", one(topic, ByteBuffer.allocate(0)), 9);
        session.ask("an empty batch", one(topic, Batches.emptied(batch(now, "a"))), 9);
        session.ask("two batches", one(topic, together(batch(now, "a"), batch(now, "b"))), 9);
        session.ask("the second batch cut off", one(topic, together(batch(now, "a"), batch(now, "b").limit(30))), 9);
        session.ask("only a part of a batch", one(topic, batch(now, "a").limit(40)), 9);
        session.ask("a few bytes", one(topic, ByteBuffer.wrap(new byte[5])), 9);
        session.ask("a length of zero", one(topic, withInt(batch(now, "a"), LENGTH, 0)), 9);
        session.ask("a negative length", one(topic, withInt(batch(now, "a"), LENGTH, -9)), 9);
        session.ask("a length too short for a header", one(topic, withInt(batch(now, "a"), LENGTH, 20)), 9);
        session.ask("wrong checksum", one(topic, damaged(batch(now, "a"))), 9);
        session.ask("more records announced", one(topic, withInt(batch(now, "a"), RECORD_COUNT, 2)), 9);
        session.ask("fewer records announced", one(topic, withInt(batch(now, "a", "b"), RECORD_COUNT, 1)), 9);
        session.ask("no records announced", one(topic, withInt(batch(now, "a"), RECORD_COUNT, 0)), 9);
        session.ask("a negative count", one(topic, withInt(batch(now, "a"), RECORD_COUNT, -1)), 9);
        session.ask("a wrong last offset", one(topic, withInt(batch(now, "a", "b"), LAST_OFFSET_DELTA, 5)), 9);
        session.ask("a last offset too low", one(topic, withInt(batch(now, "a", "b"), LAST_OFFSET_DELTA, 0)), 9);
        session.ask("a negative last offset", one(topic, withInt(batch(now, "a", "b"), LAST_OFFSET_DELTA, -1)), 9);
        session.ask("log append time from a client", one(topic, withByte(batch(now, "a"), ATTRIBUTES_LOW, 8)), 9);
        session.ask("a delete horizon from a client", one(topic, withByte(batch(now, "a"), ATTRIBUTES_LOW, 0x40)), 9);
        session.ask("an unknown attribute", one(topic, withByte(batch(now, "a"), ATTRIBUTES_LOW, 0x80)), 9);
        session.ask("a control batch", one(topic, withByte(batch(now, "a"), ATTRIBUTES_LOW, 0x20)), 9);
        session.ask("a transaction marker", one(topic, ControlRecords.endTransactionMarker(0, now, 0, 5, (short) 0, true, 0)), 9);
        session.ask("a first offset", one(topic, new RecordBatchBuilder().baseOffset(1_000).append(now, null, Batches.bytes("a")).build()), 9);
        session.ask("a leader epoch", one(topic, new RecordBatchBuilder().partitionLeaderEpoch(77).append(now, null, Batches.bytes("a")).build()), 9);
        session.ask("record damaged, checksum right", one(topic, withByte(batch(now, "abc"), 61, 0x7e)), 9);
        session.ask("a good one beside a bad one", produce(-1, to(topic, 0, damaged(batch(now, "a"))), to(topic, 1, batch(now, "b"))), 9);
        session.ask("the same partition twice", produce(-1, new TopicProduceData(topic, Uuid.ZERO, List.of(new PartitionProduceData(1, records(batch(now, "a"))),
                new PartitionProduceData(1, records(batch(now, "b")))))), 9);
        session.ask("the same topic twice", produce(-1, to(topic, 1, batch(now, "a")), to(topic, 1, batch(now, "b"))), 9);
        session.topic("produce.small", 1, "max.message.bytes", "500");
        session.ask("too large", one("produce.small", batch(now, "x".repeat(600))), 9);
        session.ask("too large together", one("produce.small", together(batch(now, "x".repeat(200)), batch(now, "y".repeat(200)))), 9);
        session.ask("just small enough", one("produce.small", batch(now, "x".repeat(500 - 61 - 8))), 9);
        session.ask("just too large", one("produce.small", batch(now, "x".repeat(500 - 61 - 7))), 9);
        session.ask("what is there", FetchScripts.fetch(topic, 0, 0).build(), 12);
    }

    private static void topics(Session session) {
        long now = session.nowMs();
        session.topic("produce.stamped", 1, "message.timestamp.type", "LogAppendTime");
        session.ask("log append time", one("produce.stamped", batch(now, "a", "b")), 9);
        session.ask("log append time, compressed", one("produce.stamped", batch(Codec.LZ4, now, "a", "b")), 9);
        session.topic("produce.window", 1, "message.timestamp.before.max.ms", "3600000", "message.timestamp.after.max.ms", "3600000");
        session.ask("too old", one("produce.window", together(batch(now - DAY_MS, "a", "b"))), 9);
        session.ask("one of three too old", one("produce.window", new RecordBatchBuilder().append(now, null, Batches.bytes("a")).append(now - DAY_MS, null, Batches.bytes("b"))
                .append(now, null, Batches.bytes("c")).build()), 9);
        session.ask("too new", one("produce.window", batch(now + DAY_MS, "a")), 9);
        session.ask("in the window", one("produce.window", batch(now - 60_000, "a")), 9);
        session.ask("no timestamp in the window", one("produce.window", batch(-1, "a")), 9);
        session.topic("produce.compacted", 1, "cleanup.policy", "compact");
        session.ask("no key to a compacted topic", one("produce.compacted", batch(now, "a")), 9);
        session.ask("no key to a compacted topic, old version", one("produce.compacted", batch(now, "a")), 7);
        session.ask("no key in the middle", one("produce.compacted", new RecordBatchBuilder().append(now, Batches.bytes("k"), Batches.bytes("a")).append(now, null, Batches.bytes("b"))
                .append(now, Batches.bytes("k"), null).append(now, null, Batches.bytes("c")).build()), 9);
        session.ask("no key, compressed", one("produce.compacted", batch(Codec.GZIP, now, "a", "b")), 9);
        session.ask("a key", one("produce.compacted", keyed(now, "key", "value", new Header("h", Batches.bytes("1")), new Header("h", null))), 9);
        session.ask("a tombstone", one("produce.compacted", keyed(now, "key", null)), 9);
        session.topic("produce.plain", 1);
        session.ask("a day ahead", one("produce.plain", batch(now + DAY_MS, "a")), 9);
        session.ask("an hour ahead and a bit", one("produce.plain", batch(now + 3_700_000, "a")), 9);
        session.ask("long ago", one("produce.plain", batch(1_000, "a")), 9);
        session.ask("no timestamp", one("produce.plain", batch(-1, "a")), 9);
        session.ask("to an internal topic", one("__consumer_offsets", batch(now, "a")), 9);
        session.ask("what is there", FetchScripts.fetch("produce.compacted", 0, 0).build(), 12);
        session.ask("plainly there", FetchScripts.fetch("produce.plain", 0, 0).build(), 12);
    }

    private static void sequences(Session session) {
        session.topic("produce.sequences", 2);
        long now = session.nowMs();
        var request = InitProducerIdRequest.builder().transactionalId(null).transactionTimeoutMs(60_000).build();
        long producer = session.<InitProducerIdResponse>awaitQuietly(request, 4, answer -> answer.errorCode() == 0).producerId();
        String topic = "produce.sequences";
        int sequence = 0;
        List<ByteBuffer> sent = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            sent.add(produced(producer, 0, sequence, now + i, "a" + i, "b" + i));
            session.ask("batch " + i, one(topic, sent.get(i)), 9);
            sequence += 2;
        }
        for (int i = 6; i >= 0; i--) session.ask("batch " + i + " again", one(topic, sent.get(i)), 9);
        session.ask("part of the last batch again", one(topic, produced(producer, 0, sequence - 2, now, "a6")), 9);
        session.ask("a gap", one(topic, produced(producer, 0, sequence + 1, now, "gap")), 9);
        session.ask("back", one(topic, produced(producer, 0, 1, now, "back")), 9);
        session.ask("after the errors the right one", one(topic, produced(producer, 0, sequence, now, "right")), 9);
        session.ask("two batches in one request", produce(-1, to(topic, 0, together(produced(producer, 0, sequence + 1, now, "p"), produced(producer, 0, sequence + 2, now, "q")))), 9);
        session.ask("next epoch, old sequence", one(topic, produced(producer, 1, sequence + 1, now, "old")), 9);
        session.ask("next epoch", one(topic, produced(producer, 1, 0, now, "new epoch")), 9);
        session.ask("stale epoch", one(topic, produced(producer, 0, sequence + 1, now, "stale")), 9);
        session.ask("unknown producer begins with 0", one(topic, produced(987_654, 0, 0, now, "stranger")), 9);
        session.ask("unknown producer begins later", one(topic, produced(987_655, 3, 10, now, "later")), 9);
        session.ask("the other partition begins later", produce(-1, to(topic, 1, produced(producer, 1, 4, now, "later"))), 9);
        session.ask("sequence wraps", one(topic, produced(987_656, 0, Integer.MAX_VALUE - 1, now, "a", "b", "c")), 9);
        session.ask("after the wrap", one(topic, produced(987_656, 0, 1, now, "d")), 9);
        session.ask("a negative epoch", one(topic, produced(987_657, -1, 0, now, "a")), 9);
        session.ask("a negative sequence", one(topic, produced(987_658, 0, -1, now, "a")), 9);
        session.ask("what is there", FetchScripts.fetch(topic, 0, 0).build(), 12);
    }

    private static void transactional(Session session) {
        session.topic("produce.transactional", 1);
        long now = session.nowMs();
        ByteBuffer batch = Batches.filled(new RecordBatchBuilder().producer(4_711, (short) 0, 0).transactional(true), now, "a");
        session.ask("a transactional batch without transactional id", one("produce.transactional", batch), 9);
        session.ask("a plain batch with a transactional id", one("produce.transactional", batch(now, "a")).toBuilder().transactionalId("t").build(), 9);
        ByteBuffer unnumbered = Batches.filled(new RecordBatchBuilder().transactional(true), now, "a");
        session.ask("a transactional batch without producer", one("produce.transactional", unnumbered), 9);
    }
}
