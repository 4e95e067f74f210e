package millrace.compat.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads a topic through a plain consumer and tells [Facts] what was there.
final class Reading {
    private final String bootstrap;
    private final String topic;
    private final int partitions;
    private final Facts facts;

    Reading(String bootstrap, String topic, int partitions, Facts facts) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.partitions = partitions;
        this.facts = facts;
    }

    /// Reads every partition from its beginning to where it ends now, which is at least where acknowledged records end.
    void everything() {
        var limit = Duration.ofSeconds(60);
        try (var consumer = consumer(limit)) {
            for (int partition = 0; partition < partitions; partition++) {
                String error = read(consumer, partition, limit);
                if (error != null) throw new AssertionError("partition " + partition + " of " + topic + " could not be read: " + error);
            }
        }
    }

    /// Reads one partition whole.
    /// @return null, or the error that the node gave in place of records; then what was read until then has been told, and nothing is
    ///     said about the rest
    String partition(int partition, Duration limit) {
        try (var consumer = consumer(limit)) {
            return read(consumer, partition, limit);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(Duration limit) {
        return new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "none", "max.poll.records", 5_000, "default.api.timeout.ms", (int) limit.toMillis(),
                "retry.backoff.ms", 20, "reconnect.backoff.ms", 20, "reconnect.backoff.max.ms", 100), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private String read(KafkaConsumer<byte[], byte[]> consumer, int partition, Duration limit) {
        var place = new TopicPartition(topic, partition);
        var found = new TreeMap<Long, Long>();
        long end;
        try {
            consumer.assign(List.of(place));
            end = Math.max(consumer.endOffsets(List.of(place)).get(place), facts.acknowledgedEnd(partition));
            consumer.seekToBeginning(List.of(place));
            long deadline = System.nanoTime() + limit.toNanos();
            while (consumer.position(place) < end) {
                if (System.nanoTime() > deadline) return "no records from offset " + consumer.position(place) + " to " + end + " within " + limit.toSeconds() + " s";
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) take(record, found);
            }
        } catch (KafkaException error) {
            return error.toString();
        }
        facts.whole(partition, end, found);
        return null;
    }

    private void take(ConsumerRecord<byte[], byte[]> record, TreeMap<Long, Long> found) {
        if (!Payload.isWhole(record.value())) {
            facts.damaged(record.partition(), record.offset(), record.value() == null ? "nothing" : record.value().length + " bytes");
            return;
        }
        found.put(record.offset(), Payload.id(record.value()));
        facts.read(record.partition(), record.offset(), Payload.id(record.value()));
    }
}
