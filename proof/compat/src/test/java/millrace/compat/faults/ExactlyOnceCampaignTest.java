package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import millrace.compat.NodeProcess;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// SIGKILL again and again during a consume-transform-produce job of three members: what is in the input is in the output exactly once.
/// The seed says when it strikes and which protocols the members speak: each its own, all `consumer`, or all `classic`.
class ExactlyOnceCampaignTest {
    private static final String OUTPUT = "transformed";
    private static final int OUTPUT_PARTITIONS = 3;
    private static final List<List<String>> PROTOCOLS = List.of(List.of("consumer", "consumer", "consumer"), List.of("consumer", "classic", "consumer"), List.of("classic", "classic", "classic"));
    private static final int COMMITS_A_LIFE = 4;
    private static final int PAUSE_UP_TO_MS = 500;

    private final AtomicLong commits = new AtomicLong();
    private final List<Transformer> members = new ArrayList<>();
    private NodeProcess node;
    private Scene scene;

    @Test void theOutputIsTheInputExactlyOnceHoweverOftenTheNodeIsKilled(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) {
        int kills = Scene.size("faults.exactly.once.kills", 4);
        long seed = Long.getLong("faults.seed", 1);
        var random = new SplittableRandom(seed);
        try (var started = NodeProcess.start(directory, Map.of("log.segment.bytes", "1048576", "group.consumer.min.heartbeat.interval.ms", "500", "group.consumer.heartbeat.interval.ms", "500",
                "offsets.topic.num.partitions", "4", "transaction.state.log.num.partitions", "4"))) {
            node = started;
            scene = new Scene(node, Map.of());
            begin(PROTOCOLS.get(Math.floorMod(seed, PROTOCOLS.size())));
            var load = scene.load(Scene.LONG);
            for (int kill = 1; kill <= kills; kill++) {
                awaitCommits();
                LockSupport.parkNanos(random.nextInt(PAUSE_UP_TO_MS) * 1_000_000L);
                node.kill();
                node.start();
            }
            awaitCommits();
            load.close();
            assertThat(load.errors()).as("errors that a producer of the input saw").isEmpty();
            Load.await(() -> committed().equals(ends()), Scene.LONG, "the job to commit the whole input; the members' errors: " + errors());
            members.forEach(Transformer::close);
            members.forEach(Transformer::endWhatIsOpen);
            check();
            Ledger.note("exactly-once, seed " + seed, kills, scene.facts.acknowledgements(), "input " + scene.facts.acknowledgements() + ", " + commits + " transactions, output equals input exactly once");
        } finally {
            members.forEach(Transformer::close);
        }
    }

    private void begin(List<String> protocols) {
        try (Admin admin = scene.admin()) {
            Scene.get(admin.createTopics(List.of(new NewTopic(OUTPUT, OUTPUT_PARTITIONS, (short) 1))).all());
        }
        for (String protocol : protocols) members.add(new Transformer(node.bootstrap(), protocol, Scene.TOPIC, OUTPUT, OUTPUT_PARTITIONS, members.size(), commits));
    }

    private void awaitCommits() {
        long target = commits.get() + COMMITS_A_LIFE;
        Load.await(() -> commits.get() >= target, Scene.LONG, COMMITS_A_LIFE + " more committed transactions; the members' errors: " + errors());
    }

    private List<String> errors() {
        return members.stream().flatMap(member -> member.errors().stream()).toList();
    }

    // ---- what must hold ----

    private Map<TopicPartition, Long> ends() {
        Map<TopicPartition, OffsetSpec> latest = new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
        for (int partition = 0; partition < Scene.PARTITIONS; partition++) latest.put(new TopicPartition(Scene.TOPIC, partition), OffsetSpec.latest());
        Map<TopicPartition, Long> ends = new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
        try (Admin admin = scene.admin()) {
            Scene.get(admin.listOffsets(latest).all()).forEach((partition, end) -> ends.put(partition, end.offset()));
        }
        return ends;
    }

    private Map<TopicPartition, Long> committed() {
        Map<TopicPartition, Long> committed = new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
        try (Admin admin = scene.admin()) {
            Scene.get(admin.listConsumerGroupOffsets(Map.of(Transformer.group(), new ListConsumerGroupOffsetsSpec())).partitionsToOffsetAndMetadata(Transformer.group()))
                    .forEach((partition, offset) -> committed.put(partition, offset.offset()));
        }
        return committed;
    }

    /// The input keeps its own promises; and every offset of it is the key of exactly one record of the output, with the same value.
    private void check() {
        scene.verify("the input");
        Map<String, Integer> times = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : output()) {
            String place = new String(record.key(), StandardCharsets.UTF_8);
            int colon = place.indexOf(':');
            assertThat(Payload.isWhole(record.value())).as("the value of " + place).isTrue();
            scene.facts.read(Integer.parseInt(place.substring(0, colon)), Long.parseLong(place.substring(colon + 1)), Payload.id(record.value()));
            times.merge(place, 1, Integer::sum);
        }
        assertThat(scene.facts.violations()).as("what the output says of the input").isEmpty();
        List<String> wrong = new ArrayList<>();
        times.forEach((place, count) -> {
            if (count != 1) wrong.add(place + " is there " + count + " times");
        });
        long expected = 0;
        for (var end : ends().entrySet()) {
            expected += end.getValue();
            for (long offset = 0; offset < end.getValue(); offset++) if (!times.containsKey(end.getKey().partition() + ":" + offset)) wrong.add(end.getKey() + " offset " + offset + " is missing");
        }
        assertThat(wrong).as("the output against the input").isEmpty();
        assertThat((long) times.size()).as("records of the output").isEqualTo(expected);
    }

    private List<ConsumerRecord<byte[], byte[]>> output() {
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        List<TopicPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < OUTPUT_PARTITIONS; partition++) partitions.add(new TopicPartition(OUTPUT, partition));
        try (var consumer = new KafkaConsumer<>(Map.<String, Object>of("bootstrap.servers", node.bootstrap(), "isolation.level", "read_committed", "max.poll.records", 5_000), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + Scene.LONG.toNanos();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                assertThat(System.nanoTime()).as("the output could be read").isLessThan(deadline);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) read.add(record);
            }
        }
        return read;
    }
}
