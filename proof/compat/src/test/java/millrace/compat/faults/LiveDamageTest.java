package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import millrace.compat.NodeProcess;
import millrace.compat.metrics.Beans;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A cold segment rots below a node that runs: an application that reads all partitions learns of it, and goes on with the others.
class LiveDamageTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int RECORDS = 4_000;
    private static final int DAMAGED = 1;

    @Test void aConsumerIsToldOfADamagedSegmentAndGoesOnWithOtherPartitions(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        try (var node = NodeProcess.start(directory)) {
            var topic = new FilledTopic("facts", 4, FilledTopic.Kind.PLAIN);
            try (var admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()))) {
                topic.create(admin);
            }
            topic.fill(node.bootstrap(), RECORDS);
            node.stop();
            node.start();                                                        // what a process has appended itself it believes for some minutes
            damage(node.data().resolve("facts-" + DAMAGED));
            var told = new TreeSet<String>();
            var survivors = read(node.bootstrap(), topic.facts, told);
            assertThat(told).as("what poll has thrown").isNotEmpty().allSatisfy(error -> assertThat(error).contains("orrupt message").contains("facts-" + DAMAGED));
            survivors.forEach((partition, found) -> topic.facts.whole(partition, topic.facts.acknowledgedEnd(partition), found));
            assertThat(topic.facts.violations()).isEmpty();
            assertThat(node.output()).contains("facts-" + DAMAGED + ": DAMAGED at position");
            try (Beans beans = Beans.of(node.pid())) {
                assertThat(beans.number("millrace:type=Storage,name=QuarantinedRanges,topic=facts,partition=" + DAMAGED, "Value")).isEqualTo(1);
                assertThat(beans.number("millrace:type=Storage,name=QuarantinedBytes", "Value")).isPositive();
                assertThat(beans.count("kafka.server:type=BrokerTopicMetrics,name=FailedFetchRequestsPerSec,topic=facts")).isPositive();
            }
        }
    }

    /// One bit of a base offset, which no CRC covers, in the second batch of the second segment.
    private static void damage(Path folder) throws IOException {
        List<Path> logs;
        try (var files = Files.list(folder)) {
            logs = files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        }
        assertThat(logs.size()).isGreaterThan(2);
        try (var file = FileChannel.open(logs.get(1), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var length = ByteBuffer.allocate(Integer.BYTES);
            file.read(length, Long.BYTES);
            long second = length.getInt(0) + Long.BYTES + Integer.BYTES;
            var low = ByteBuffer.allocate(1);
            file.read(low, second + Long.BYTES - 1);
            file.write(low.put(0, (byte) (low.get(0) ^ 4)).rewind(), second + Long.BYTES - 1);
        }
    }

    /// Reads until every partition but the damaged one has been read to its end and the damaged one has been refused.
    private static TreeMap<Integer, TreeMap<Long, Long>> read(String bootstrap, Facts facts, TreeSet<String> told) {
        var found = new TreeMap<Integer, TreeMap<Long, Long>>();
        var places = IntStream.range(0, 4).mapToObj(partition -> new TopicPartition("facts", partition)).toList();
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "none");
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(places);
            consumer.seekToBeginning(places);
            while (told.isEmpty() || !healthyAreRead(consumer, facts)) {
                assertThat(System.nanoTime()).as("read " + found.keySet() + ", told " + told).isLessThan(deadline);
                try {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100)))
                        found.computeIfAbsent(record.partition(), _ -> new TreeMap<>()).put(record.offset(), Payload.id(record.value()));
                } catch (KafkaException refused) {
                    told.add(refused.getMessage());
                }
            }
            assertThat(consumer.position(places.get(DAMAGED))).isLessThan(facts.acknowledgedEnd(DAMAGED));
        }
        found.remove(DAMAGED);
        return found;
    }

    private static boolean healthyAreRead(KafkaConsumer<byte[], byte[]> consumer, Facts facts) {
        return IntStream.range(0, 4).filter(partition -> partition != DAMAGED)
                .allMatch(partition -> consumer.position(new TopicPartition("facts", partition)) >= facts.acknowledgedEnd(partition));
    }
}
