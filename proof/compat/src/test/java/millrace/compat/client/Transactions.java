package millrace.compat.client;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Transactions as an application uses them: a consume-transform-produce loop of which every third transaction is aborted, a producer that is
/// fenced by its successor, and readers of both isolation levels. Prints `OK` at the end.
///
/// Arguments: bootstrap, prefix of topic, group and transactional id, number of records. Written against what the clients of all versions have.
public final class Transactions {
    private static final int PARTITIONS = 2;
    private static final int BATCH = 25;

    private final String bootstrap;
    private final String prefix;
    private final int records;

    private Transactions(String bootstrap, String prefix, int records) {
        this.bootstrap = bootstrap;
        this.prefix = prefix;
        this.records = records;
    }

    public static void main(String[] args) throws Exception {
        new Transactions(args[0], args[1], Integer.parseInt(args[2])).run();
        System.out.println("OK");
    }

    private void run() throws Exception {
        createTopics();
        produceInput();
        int aborted = consumeTransformProduce();
        checkOutput(aborted);
        checkFencing();
    }

    private String in() {
        return prefix + "-in";
    }

    private String out() {
        return prefix + "-out";
    }

    private void createTopics() throws Exception {
        try (AdminClient admin = AdminClient.create(common())) {
            admin.createTopics(Arrays.asList(new NewTopic(in(), PARTITIONS, (short) 1), new NewTopic(out(), PARTITIONS, (short) 1))).all().get();
        }
    }

    private void produceInput() {
        try (KafkaProducer<String, String> producer = producer(null)) {
            for (int i = 0; i < records; i++) producer.send(new ProducerRecord<>(in(), i % PARTITIONS, null, Integer.toString(i)));
        }
    }

    // ---- the loop ----

    /// @return how many records were sent in transactions that were aborted
    private int consumeTransformProduce() throws Exception {
        int aborted = 0;
        int transactions = 0;
        int done = 0;
        try (KafkaProducer<String, String> producer = producer(prefix + "-loop"); KafkaConsumer<String, String> consumer = consumer("read_committed", prefix + "-group")) {
            producer.initTransactions();
            consumer.subscribe(Collections.singleton(in()));
            while (done < records) {
                List<ConsumerRecord<String, String>> batch = poll(consumer);
                if (batch.isEmpty()) continue;
                producer.beginTransaction();
                for (ConsumerRecord<String, String> each : batch) producer.send(new ProducerRecord<>(out(), each.partition(), null, "f(" + each.value() + ")"));
                sendOffsets(producer, consumer, after(batch));
                if (++transactions % 3 == 0) {
                    producer.flush();            // what is not sent yet would never be
                    producer.abortTransaction();
                    aborted += batch.size();
                    rewind(consumer);
                } else {
                    producer.commitTransaction();
                    done += batch.size();
                }
            }
            require(aborted > 0, "some transactions were aborted");
            long committed = committedOffsets(consumer);
            require(committed == records, "the committed offsets add up to " + records + ": " + committed);
        }
        return aborted;
    }

    private static List<ConsumerRecord<String, String>> poll(KafkaConsumer<String, String> consumer) {
        List<ConsumerRecord<String, String>> batch = new ArrayList<>();
        for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) batch.add(each);
        return batch;
    }

    private static Map<TopicPartition, OffsetAndMetadata> after(List<ConsumerRecord<String, String>> batch) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (ConsumerRecord<String, String> each : batch) offsets.put(new TopicPartition(each.topic(), each.partition()), new OffsetAndMetadata(each.offset() + 1));
        return offsets;
    }

    /// Up to 2.4 a producer names the group alone; from then on it names the member, and 4.0 knows no other way.
    private void sendOffsets(KafkaProducer<String, String> producer, KafkaConsumer<String, String> consumer, Map<TopicPartition, OffsetAndMetadata> offsets) throws Exception {
        for (Method method : KafkaProducer.class.getMethods()) {
            if (!method.getName().equals("sendOffsetsToTransaction") || method.getParameterTypes()[1] == String.class) continue;
            method.invoke(producer, offsets, KafkaConsumer.class.getMethod("groupMetadata").invoke(consumer));
            return;
        }
        KafkaProducer.class.getMethod("sendOffsetsToTransaction", Map.class, String.class).invoke(producer, offsets, prefix + "-group");
    }

    private static void rewind(KafkaConsumer<String, String> consumer) {
        for (TopicPartition each : consumer.assignment()) {
            OffsetAndMetadata committed = committed(consumer, each);
            consumer.seek(each, committed == null ? 0 : committed.offset());
        }
    }

    private static long committedOffsets(KafkaConsumer<String, String> consumer) {
        long sum = 0;
        for (TopicPartition each : consumer.assignment()) sum += committed(consumer, each).offset();
        return sum;
    }

    @SuppressWarnings("unchecked")
    private static OffsetAndMetadata committed(KafkaConsumer<String, String> consumer, TopicPartition partition) {
        try {
            return ((Map<TopicPartition, OffsetAndMetadata>) KafkaConsumer.class.getMethod("committed", java.util.Set.class).invoke(consumer, Collections.singleton(partition))).get(partition);
        } catch (NoSuchMethodException before24) {
            try {
                return (OffsetAndMetadata) KafkaConsumer.class.getMethod("committed", TopicPartition.class).invoke(consumer, partition);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- what came of it ----

    private void checkOutput(int aborted) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < records; i++) expected.add("f(" + i + ")");
        List<String> committed = readOut("read_committed");
        require(sorted(committed).equals(sorted(expected)), "every record is there exactly once: " + committed.size() + " of " + records);
        int all = readOut("read_uncommitted").size();
        require(all == records + aborted, "without isolation what was aborted is there too: " + all + " of " + (records + aborted));
    }

    private List<String> readOut(String isolation) {
        List<String> read = new ArrayList<>();
        List<TopicPartition> partitions = Arrays.asList(new TopicPartition(out(), 0), new TopicPartition(out(), 1));
        try (KafkaConsumer<String, String> consumer = consumer(isolation, null)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) read.add(each.value());
            }
        }
        return read;
    }

    private static List<String> sorted(List<String> values) {
        List<String> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted;
    }

    private void checkFencing() {
        try (KafkaProducer<String, String> first = producer(prefix + "-fenced"); KafkaProducer<String, String> second = producer(prefix + "-fenced")) {
            first.initTransactions();
            first.beginTransaction();
            first.send(new ProducerRecord<>(out(), 0, null, "of the first"));
            first.flush();
            second.initTransactions();
            boolean fenced = false;
            try {
                first.commitTransaction();
            } catch (KafkaException expected) {
                fenced = true;
            }
            require(fenced, "the first producer is fenced");
            second.beginTransaction();
            second.send(new ProducerRecord<>(out(), 0, null, "of the second"));
            second.commitTransaction();
        }
        List<String> committed = readOut("read_committed");
        require(committed.contains("of the second") && !committed.contains("of the first"), "what the second wrote counts, what the first wrote does not");
    }

    // ---- clients ----

    private Properties common() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        return settings;
    }

    private KafkaProducer<String, String> producer(String transactionalId) {
        Properties settings = common();
        settings.put("acks", "all");
        settings.put("linger.ms", "2");
        if (transactionalId != null) settings.put("transactional.id", transactionalId);
        settings.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        settings.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        return new KafkaProducer<>(settings);
    }

    private KafkaConsumer<String, String> consumer(String isolation, String group) {
        Properties settings = common();
        if (group != null) settings.put("group.id", group);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("isolation.level", isolation);
        settings.put("max.poll.records", Integer.toString(BATCH));
        settings.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        settings.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        return new KafkaConsumer<>(settings);
    }

    private static void require(boolean holds, String what) {
        if (!holds) throw new IllegalStateException("not so: " + what);
    }
}
