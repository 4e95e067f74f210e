package millrace.compat.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Creates a topic, produces with idempotence, reads back in a group, commits, and reads the commit. Prints `OK` at the end.
///
/// Arguments: bootstrap, topic, number of records, codec.
public final class RoundTrip {
    private static final int PARTITIONS = 3;

    private RoundTrip() {}

    public static void main(String[] args) throws Exception {
        String bootstrap = args[0];
        String topic = args[1];
        int records = Integer.parseInt(args[2]);
        String codec = args[3];
        create(bootstrap, topic);
        long[] ends = produce(bootstrap, topic, records, codec);
        consume(bootstrap, topic, records, ends);
        System.out.println("OK");
    }

    private static void create(String bootstrap, String topic) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        try (AdminClient admin = AdminClient.create(settings)) {
            admin.createTopics(Collections.singleton(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
            require(admin.listTopics().names().get().contains(topic), "the topic is listed");
            require(admin.describeCluster().nodes().get().size() == 1, "one broker is described");
        }
    }

    private static long[] produce(String bootstrap, String topic, int records, String codec) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("acks", "all");
        settings.put("enable.idempotence", "true");
        settings.put("compression.type", codec);
        settings.put("linger.ms", "5");
        settings.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        settings.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        long[] ends = new long[PARTITIONS];
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                ProducerRecord<String, String> record = new ProducerRecord<>(topic, i % PARTITIONS, 1_000_000L + i, "key-" + i % 7, "value-" + i);
                record.headers().add(new RecordHeader("number", Integer.toString(i).getBytes("UTF-8")));
                sent.add(producer.send(record));
            }
            producer.flush();
            for (Future<RecordMetadata> one : sent) ends[one.get().partition()]++;
        }
        return ends;
    }

    private static void consume(String bootstrap, String topic, int records, long[] ends) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("group.id", topic + "-readers");
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("isolation.level", "read_committed");
        settings.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        settings.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            consumer.subscribe(Collections.singleton(topic));
            int seen = 0;
            int[] next = {0, 1, 2};
            long deadline = System.currentTimeMillis() + 30_000;
            while (seen < records && System.currentTimeMillis() < deadline) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    int number = Integer.parseInt(record.value().substring("value-".length()));
                    require(number == next[record.partition()], "partition " + record.partition() + " gives " + next[record.partition()] + " next, not " + number);
                    next[record.partition()] += PARTITIONS;
                    require(record.timestamp() == 1_000_000L + number, "the timestamp comes back");
                    require(new String(record.headers().lastHeader("number").value(), "UTF-8").equals(Integer.toString(number)), "the header comes back");
                    positions.put(new TopicPartition(topic, record.partition()), new OffsetAndMetadata(record.offset() + 1, "note"));
                    seen++;
                }
            }
            require(seen == records, "all " + records + " records are read, not " + seen);
            consumer.commitSync(positions);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                TopicPartition id = new TopicPartition(topic, partition);
                require(positions.get(id).offset() == ends[partition], "partition " + partition + " ends at " + ends[partition]);
                require(consumer.endOffsets(Collections.singleton(id)).get(id) == ends[partition], "end offset of partition " + partition);
                require(consumer.offsetsForTimes(Collections.singletonMap(id, 1_000_000L + partition + PARTITIONS)).get(id).offset() == 1, "offset for a time");
            }
        }
        try (KafkaConsumer<String, String> again = new KafkaConsumer<>(settings)) {
            for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : positions.entrySet()) {
                OffsetAndMetadata committed = committed(again, entry.getKey());
                require(committed != null && committed.offset() == entry.getValue().offset() && committed.metadata().equals("note"), "the commit is read back");
            }
        }
    }

    /// `committed(Set)` came with 2.4 and `committed(TopicPartition)` went with 4.0, so the one that is there is looked up.
    private static OffsetAndMetadata committed(KafkaConsumer<String, String> consumer, TopicPartition partition) throws Exception {
        try {
            Object all = KafkaConsumer.class.getMethod("committed", java.util.Set.class).invoke(consumer, Collections.singleton(partition));
            return (OffsetAndMetadata) ((Map<?, ?>) all).get(partition);
        } catch (NoSuchMethodException older) {
            return (OffsetAndMetadata) KafkaConsumer.class.getMethod("committed", TopicPartition.class).invoke(consumer, partition);
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) throw new AssertionError("expected that " + what);
    }
}
