package millrace.compat.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import millrace.compat.NodeProcess;
import millrace.compat.PeerProcess;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Kafka Streams 4.3.1 with exactly_once_v2: the jobs are killed in the middle, then the node. Every count is there, in order, once.
class StreamsTest {
    private static final List<String> OUTPUTS = List.of("word-counts", "tumbling", "hopping", "sessions", "sliding");
    /// In these every record of the input adds one, so a key's counts are one, two, three, ... In the others windows are merged, or begin with several.
    private static final List<String> COUNTED_UP = List.of("word-counts", "tumbling", "hopping");
    private static final int PARTITIONS = 2;
    private static final int PARTS = 3;
    private static final int BLOCKS_OF_A_PART = Integer.getInteger("streams.blocks", 15);
    private static final int RECORDS_OF_A_BLOCK = 12;
    /// Records are out of order within a block, which is shorter than every grace period and never lies across two minutes.
    private static final long BLOCK_MS = 20_000;
    private static final long PAUSE_MS = Duration.ofMinutes(40).toMillis();
    private static final List<String> WORDS = List.of("all", "streams", "lead", "to", "kafka", "hello", "join", "summit");
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Expectation expectation = new Expectation();
    private final SplittableRandom random = new SplittableRandom(7);
    private final Map<TopicPartition, Long> positions = new LinkedHashMap<>();
    private final Map<String, Map<String, List<String>>> seen = new TreeMap<>();
    private NodeProcess node;
    private long blockBeginMs = Duration.ofDays(20_000).toMillis();

    @Test void countsAreExactAlthoughTheJobsAndTheNodeAreKilled(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        try (var started = NodeProcess.start(directory.resolve("node"), Map.of("offsets.topic.num.partitions", "4", "transaction.state.log.num.partitions", "4"))) {
            node = started;
            createTopics();
            producePart();
            try (var killed = jobs(directory, "first")) {
                killed.await("the jobs run", lines -> lines.contains("running"), LIMIT);
                awaitCounts(BLOCKS_OF_A_PART * RECORDS_OF_A_BLOCK / 2);
                producePart();
                killed.kill();
            }
            try (var jobs = jobs(directory, "second")) {
                awaitCounts(BLOCKS_OF_A_PART * RECORDS_OF_A_BLOCK + BLOCKS_OF_A_PART);
                producePart();
                node.kill();
                node.start();
                awaitTables();
                assertThat(jobs.end(LIMIT)).as("how the jobs end").isZero();
            }
            checkSequences();
        }
    }

    private PeerProcess jobs(Path directory, String name) {
        return new PeerProcess("kafka-streams", directory.resolve(name + ".log"), "millrace.compat.client.StreamsJobs", node.bootstrap(), directory.resolve("state").toString());
    }

    // ---- the input ----

    private void createTopics() throws ExecutionException, InterruptedException {
        List<NewTopic> topics = new ArrayList<>(List.of(new NewTopic("text-input", PARTITIONS, (short) 1), new NewTopic("clicks", PARTITIONS, (short) 1)));
        for (String output : OUTPUTS) topics.add(new NewTopic(output, PARTITIONS, (short) 1));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()))) {
            admin.createTopics(topics).all().get();
        }
        for (String output : OUTPUTS) {
            seen.put(output, new TreeMap<>());
            for (int partition = 0; partition < PARTITIONS; partition++) positions.put(new TopicPartition(output, partition), 0L);
        }
    }

    private void producePart() {
        try (var producer = new KafkaProducer<>(Map.of("bootstrap.servers", node.bootstrap(), "acks", "all", "linger.ms", 5), new StringSerializer(), new StringSerializer())) {
            for (int block = 0; block < BLOCKS_OF_A_PART; block++) {
                for (int i = 0; i < RECORDS_OF_A_BLOCK; i++) produceOne(producer);
                blockBeginMs += random.nextInt(BLOCKS_OF_A_PART) == 0 ? PAUSE_MS : BLOCK_MS;
            }
        }
    }

    private void produceOne(KafkaProducer<String, String> producer) {
        long timestampMs = blockBeginMs + random.nextLong(BLOCK_MS);
        String line = WORDS.get(random.nextInt(WORDS.size())) + " " + WORDS.get(random.nextInt(WORDS.size()));
        String user = "user-" + random.nextInt(5);
        producer.send(new ProducerRecord<>("text-input", null, timestampMs, null, line));
        producer.send(new ProducerRecord<>("clicks", null, timestampMs, user, "click"));
        expectation.line(line);
        expectation.click(user, timestampMs);
    }

    // ---- the output ----

    private void awaitCounts(int words) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (seen.get("word-counts").values().stream().mapToInt(List::size).sum() < words) {
            assertThat(System.nanoTime()).as("the jobs have counted " + words + " words").isLessThan(deadline);
            read();
        }
    }

    private void awaitTables() {
        Map<String, SortedMap<String, Integer>> expected = expectation.tables();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!tables().equals(expected) && System.nanoTime() < deadline) read();
        assertThat(tables()).isEqualTo(expected);
    }

    private void read() {
        try (var consumer = new KafkaConsumer<>(Map.<String, Object>of("bootstrap.servers", node.bootstrap(), "isolation.level", "read_committed"), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(positions.keySet());
            positions.forEach(consumer::seek);
            for (int poll = 0; poll < 3; poll++) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    seen.get(record.topic()).computeIfAbsent(record.key(), _ -> new ArrayList<>()).add(record.value());
                }
            }
            positions.replaceAll((partition, _) -> consumer.position(partition));
        }
    }

    private Map<String, SortedMap<String, Integer>> tables() {
        Map<String, SortedMap<String, Integer>> tables = new TreeMap<>();
        seen.forEach((topic, keys) -> {
            SortedMap<String, Integer> table = new TreeMap<>();
            keys.forEach((key, counts) -> {
                if (counts.getLast() != null) table.put(key, Integer.parseInt(counts.getLast()));
            });
            tables.put(topic, table);
        });
        return tables;
    }

    private void checkSequences() {
        for (String topic : COUNTED_UP) {
            seen.get(topic).forEach((key, counts) -> assertThat(counts).as("counts of " + key + " in " + topic)
                    .isEqualTo(IntStream.rangeClosed(1, counts.size()).mapToObj(Integer::toString).toList()));
        }
    }
}
