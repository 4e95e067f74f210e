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

/// What a consumer can still read of a partition whose files may be damaged: it steps over what it is refused.
///
/// @param records by offset
/// @param refused where it asked and got an error instead, by offset
/// @param end     where the partition ends by its own account, -1 when it gave none
record Survivors(TreeMap<Long, Payload.Read> records, TreeMap<Long, String> refused, long end) {
    /// A refused stretch is up to 64 KiB; what lies between two steps counts as refused.
    private static final int STEP = 25;

    /// Reads from the beginning to `until`, or to the partition's end when that comes first.
    /// @param patience after so long without records and without an error it gives up
    static Survivors of(String bootstrap, TopicPartition place, long until, Duration patience) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "none", "max.poll.records", 5_000, "isolation.level", "read_committed",
                "default.api.timeout.ms", (int) patience.toMillis(), "request.timeout.ms", (int) patience.toMillis(), "retry.backoff.ms", 20);
        var survivors = new TreeMap<Long, Payload.Read>();
        var refused = new TreeMap<Long, String>();
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(place));
            long end = consumer.endOffsets(List.of(place)).get(place);
            consumer.seek(place, consumer.beginningOffsets(List.of(place)).get(place));
            new Survivors(survivors, refused, end).read(consumer, place, Math.min(until, end), patience);
            return new Survivors(survivors, refused, end);
        } catch (KafkaException error) {
            refused.put(0L, error.toString());
            return new Survivors(survivors, refused, -1);
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer, TopicPartition place, long until, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (consumer.position(place) < until) {
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    records.put(record.offset(), Payload.read(record.value()));
                    deadline = System.nanoTime() + patience.toNanos();
                }
                if (System.nanoTime() > deadline) {
                    refused.put(consumer.position(place), "nothing within " + patience.toSeconds() + " s, and no error");
                    return;
                }
            } catch (KafkaException error) {
                refused.put(consumer.position(place), error.toString());
                consumer.seek(place, consumer.position(place) + STEP);
                deadline = System.nanoTime() + patience.toNanos();
            }
        }
    }

    boolean refuses(long offset) {
        return end < 0 || refused.subMap(offset - STEP, false, offset, true).size() > 0;
    }
}
