package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The main job on real data: flights, keyed by airport, through six partitions and a group of three.
class FlightsTest {
    private static final int PARTITIONS = 6;
    private static final int MEMBERS = 3;
    private static final List<String> ALL_CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static Flights few;

    @BeforeAll static void loadData() {
        few = Flights.load(200_000);
    }

    /// Every codec in CI; one each in the everyday run, which other tests cover by smaller numbers.
    static List<String> codecsOfKafkaClients() {
        return Peers.isCi() ? ALL_CODECS : List.of("lz4");
    }

    static List<String> codecsOfKcat() {
        return Peers.isCi() ? ALL_CODECS : List.of("zstd");
    }

    @ParameterizedTest
    @MethodSource("codecsOfKafkaClients")
    void whatKafkaClientsProducesAGroupOfThreeConsumes(String codec, @TempDir Path directory) throws Exception {
        try (var node = NodeProcess.start(directory)) {
            createTopic(node, "flights");
            var readers = new Readers(node.bootstrap(), "flights");
            produce(node, "flights", few, codec, () -> { });
            assertEqual(readers.awaitAll(few.summary().count()), few);
        }
    }

    @ParameterizedTest
    @MethodSource("codecsOfKcat")
    void whatKcatProducesAGroupOfThreeConsumes(String codec, @TempDir Path directory) throws Exception {
        Peers.require("kcat", "apt-get install -y kcat");
        try (var node = NodeProcess.start(directory)) {
            createTopic(node, "flights");
            Peers.run(List.of("kcat", "-b", node.bootstrap(), "-P", "-t", "flights", "-K\t", "-z", codec, "-X", "enable.idempotence=true", "-l", few.lines().toString()),
                    "", Duration.ofMinutes(2)).succeeded();
            assertEqual(new Readers(node.bootstrap(), "flights").awaitAll(few.summary().count()), few);
        }
    }

    @Test void aKillInTheMiddleLosesNothingAndDuplicatesNothing(@TempDir Path directory) throws Exception {
        Flights flights = Peers.isCi() ? Flights.load(3_000_000) : few;
        long count = flights.summary().count();
        try (var node = NodeProcess.start(directory)) {
            createTopic(node, "flights");
            var readers = new Readers(node.bootstrap(), "flights");
            var sent = new AtomicLong();
            produce(node, "flights", flights, "lz4", () -> {
                if (sent.incrementAndGet() == count / 2) {
                    node.kill();
                    node.start();
                }
            });
            readers.awaitAll(count);
            // What a group has been given may have been given again after the crash; what is in the log may not be there twice.
            assertEqual(readLog(node, "flights", count), flights);
            node.kill();
            node.start();
            assertEqual(readLog(node, "flights", count), flights);
        }
    }

    private static void assertEqual(Flights.Summary actual, Flights expected) {
        Flights.Summary source = expected.summary();
        assertThat(actual.count()).isEqualTo(source.count());
        assertThat(actual.checksums()).isEqualTo(source.checksums());
    }

    private static void createTopic(NodeProcess node, String topic) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
        }
    }

    /// @param eachSent runs on the producing thread after each record was handed to the client
    private static void produce(NodeProcess node, String topic, Flights flights, String codec, Runnable eachSent) {
        Map<String, Object> settings = Map.of("bootstrap.servers", node.bootstrap(), "acks", "all", "enable.idempotence", true, "compression.type", codec,
                "linger.ms", 5, "batch.size", 65_536);
        var failure = new AtomicReference<Exception>();
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            flights.forEach((key, value) -> {
                producer.send(new ProducerRecord<>(topic, key, value), (_, error) -> {
                    if (error != null) failure.compareAndSet(null, error);
                });
                eachSent.run();
            });
            producer.flush();
        }
        assertThat(failure.get()).isNull();
    }

    private static Map<String, Object> consumerSettings(String bootstrap) {
        return Map.of("bootstrap.servers", bootstrap, "group.id", "airports", "auto.offset.reset", "earliest", "max.poll.records", 5_000,
                "session.timeout.ms", 10_000, "heartbeat.interval.ms", 1_000);
    }

    /// Reads every partition from its beginning, without a group.
    private static Flights.Summary readLog(NodeProcess node, String topic, long expected) {
        var summary = new Flights.Summary();
        try (var consumer = new KafkaConsumer<>(consumerSettings(node.bootstrap()), new StringDeserializer(), new StringDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long ends = consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
            assertThat(ends).isEqualTo(expected);
            while (summary.count() < expected) {
                var records = consumer.poll(Duration.ofSeconds(20));
                assertThat(records.isEmpty()).as("records still to come after " + summary.count()).isFalse();
                for (ConsumerRecord<String, String> record : records) summary.add(record.key(), record.value());
            }
        }
        return summary;
    }

    /// Three members of one group, each on a thread of its own, that count together. None of them reads before each has its share, so that a member
    /// which never gets one is not covered up by the others.
    private static final class Readers {
        private static final int SHARE = PARTITIONS / MEMBERS;

        private final Flights.Summary summary = new Flights.Summary();
        private final AtomicIntegerArray shares = new AtomicIntegerArray(MEMBERS);
        private final AtomicLongArray seenBy = new AtomicLongArray(MEMBERS);
        private final AtomicLong seen = new AtomicLong();
        private final ExecutorService threads = Executors.newFixedThreadPool(MEMBERS);
        private final List<Future<?>> members = new ArrayList<>();
        private volatile boolean shared;
        private volatile boolean stop;

        Readers(String bootstrap, String topic) {
            for (int i = 0; i < MEMBERS; i++) {
                int member = i;
                members.add(threads.submit(() -> read(member, bootstrap, topic)));
            }
        }

        private void read(int member, String bootstrap, String topic) {
            try (var consumer = new KafkaConsumer<>(consumerSettings(bootstrap), new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                    @Override public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

                    @Override public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                        shares.set(member, consumer.assignment().size());
                        if (!shared) consumer.pause(partitions);
                    }
                });
                while (!stop) {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                        synchronized (summary) {
                            summary.add(record.key(), record.value());
                        }
                        seen.incrementAndGet();
                        seenBy.incrementAndGet(member);
                    }
                    shared = shared || IntStream.range(0, MEMBERS).allMatch(each -> shares.get(each) == SHARE);
                    if (shared) consumer.resume(consumer.paused());
                }
            }
        }

        /// Returns when at least `count` records have come and no more do, and ends the members.
        Flights.Summary awaitAll(long count) throws InterruptedException, ExecutionException, TimeoutException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
            while (seen.get() < count && System.nanoTime() < deadline) TimeUnit.MILLISECONDS.sleep(20);
            stop = true;
            for (Future<?> member : members) member.get(30, TimeUnit.SECONDS);
            threads.shutdown();
            assertThat(seen.get()).as("records consumed, by members with " + shares + " partitions").isGreaterThanOrEqualTo(count);
            for (int member = 0; member < MEMBERS; member++) assertThat(seenBy.get(member)).as("records that member " + member + " has received").isPositive();
            return summary;
        }
    }
}
