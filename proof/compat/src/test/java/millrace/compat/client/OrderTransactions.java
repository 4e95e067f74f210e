package millrace.compat.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;

/// An order service with exactly-once semantics, as manuals show it: one transaction for each order writes to three topics and commits the
/// offset of the request that it answers. An order that fails is aborted and tried again; a second instance takes over the transactional id,
/// and the first is told so. Prints `OK` at the end.
///
/// Arguments: bootstrap, number of orders.
public final class OrderTransactions {
    private static final List<String> TOPICS = List.of("orders", "payments", "inventory");
    private static final String REQUESTS = "order-requests";
    private static final String GROUP = "order-service";

    private final String bootstrap;
    private final int orders;

    private OrderTransactions(String bootstrap, int orders) {
        this.bootstrap = bootstrap;
        this.orders = orders;
    }

    public static void main(String[] args) throws Exception {
        var service = new OrderTransactions(args[0], Integer.parseInt(args[1]));
        service.createTopics();
        service.takeRequests();
        try (var first = service.producer()) {
            first.initTransactions();
            service.serve(first, service.orders / 2);
            service.takeOver(first);
        }
        service.check();
        System.out.println("OK");
    }

    private void createTopics() throws Exception {
        List<NewTopic> topics = new ArrayList<>(List.of(new NewTopic(REQUESTS, 1, (short) 1)));
        for (String topic : TOPICS) topics.add(new NewTopic(topic, 3, (short) 1));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(topics).all().get();
        }
    }

    private void takeRequests() {
        Properties settings = common();
        settings.put("acks", "all");
        try (var producer = new KafkaProducer<String, String>(settings)) {
            for (int order = 0; order < orders; order++) producer.send(new ProducerRecord<>(REQUESTS, Integer.toString(order)));
        }
    }

    /// Every fifth order fails at first.
    private void serve(KafkaProducer<String, String> producer, int upTo) {
        var failed = new TreeSet<String>();
        try (var consumer = consumer(GROUP)) {
            consumer.subscribe(Collections.singleton(REQUESTS));
            int served = 0;
            while (served < upTo) {
                for (ConsumerRecord<String, String> request : consumer.poll(Duration.ofMillis(200))) {
                    served = Integer.parseInt(request.value()) + 1;
                    boolean fails = served % 5 == 0 && failed.add(request.value());
                    transaction(producer, consumer, request, fails);
                    if (fails) {
                        served--;
                        consumer.seek(new TopicPartition(REQUESTS, 0), request.offset());
                        break;
                    }
                    if (served >= upTo) break;
                }
            }
        }
    }

    private static void transaction(KafkaProducer<String, String> producer, KafkaConsumer<String, String> consumer, ConsumerRecord<String, String> request, boolean fails) {
        producer.beginTransaction();
        for (String topic : TOPICS) producer.send(new ProducerRecord<>(topic, "order-" + request.value(), topic + " of order " + request.value()));
        producer.sendOffsetsToTransaction(Map.of(new TopicPartition(REQUESTS, 0), new OffsetAndMetadata(request.offset() + 1)), consumer.groupMetadata());
        if (fails) producer.abortTransaction();
        else producer.commitTransaction();
    }

    /// The first instance is in the middle of an order when a second one starts.
    private void takeOver(KafkaProducer<String, String> first) {
        first.beginTransaction();
        first.send(new ProducerRecord<>("orders", "order-late", "of the first instance"));
        first.flush();
        try (var second = producer()) {
            second.initTransactions();
            try {
                first.commitTransaction();
                throw new IllegalStateException("the first instance was not fenced");
            } catch (ProducerFencedException expected) {
                System.out.println("fenced: " + expected.getMessage());
            }
            serve(second, orders);
        }
    }

    private void check() {
        List<String> expected = IntStream.range(0, orders).mapToObj(Integer::toString).sorted().toList();
        for (String topic : TOPICS) {
            String of = topic + " of order ";
            List<String> read = read(topic).stream().map(value -> value.startsWith(of) ? value.substring(of.length()) : value).sorted().collect(Collectors.toList());
            if (!read.equals(expected)) throw new IllegalStateException(topic + " has not every order once: " + read);
        }
        try (var consumer = consumer(GROUP)) {
            long committed = consumer.committed(Collections.singleton(new TopicPartition(REQUESTS, 0))).get(new TopicPartition(REQUESTS, 0)).offset();
            if (committed != orders) throw new IllegalStateException("the offset behind the last request is " + orders + ", committed is " + committed);
        }
    }

    private List<String> read(String topic) {
        List<String> values = new ArrayList<>();
        List<TopicPartition> partitions = IntStream.range(0, 3).mapToObj(partition -> new TopicPartition(topic, partition)).toList();
        try (var consumer = consumer(null)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) values.add(each.value());
            }
        }
        return values;
    }

    // ---- clients ----

    private Properties common() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        settings.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        settings.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        settings.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        return settings;
    }

    private KafkaProducer<String, String> producer() {
        Properties settings = common();
        settings.put("transactional.id", "order-tx-001");
        settings.put("enable.idempotence", "true");
        settings.put("acks", "all");
        settings.put("retries", Integer.toString(Integer.MAX_VALUE));
        settings.put("max.in.flight.requests.per.connection", "5");
        return new KafkaProducer<>(settings);
    }

    private KafkaConsumer<String, String> consumer(String group) {
        Properties settings = common();
        if (group != null) settings.put("group.id", group);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(settings);
    }
}
