package millrace.compat.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// A little of everything that is counted: records in and out, a group of each protocol, a transaction.
final class Work {
    static final String TOPIC = "orders";
    static final int PARTITIONS = 2;
    static final int RECORDS = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String bootstrap;

    private Work(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    static void on(String bootstrap) throws Exception {
        var work = new Work(bootstrap);
        work.createTopic();
        work.produce();
        for (String protocol : List.of("classic", "consumer")) work.consume(protocol);
        work.transact();
    }

    private void createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
        }
    }

    private void produce() {
        try (var producer = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, "value " + i));
        }
    }

    private void consume(String protocol) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "group.id", "of-" + protocol, "group.protocol", protocol, "auto.offset.reset", "earliest", "enable.auto.commit", false);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            int read = 0;
            for (long end = System.nanoTime() + PATIENCE.toNanos(); read < RECORDS; read += consumer.poll(Duration.ofMillis(200)).count()) {
                if (System.nanoTime() > end) throw new AssertionError("only " + read + " records came within " + PATIENCE);
            }
            consumer.commitSync();
        }
    }

    private void transact() {
        try (var producer = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap, "transactional.id", "transactions"), new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("in-transaction", null, "value"));
            producer.commitTransaction();
        }
    }
}
