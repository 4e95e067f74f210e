package millrace.compat.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// One idempotent producer that counts, from before the first handover to after the last, whoever serves it and however that one ends.
///
/// One request at a time: of several that were not answered, Apache Kafka takes all but the last for new ones after a restart, because its
/// snapshots remember one batch of each producer; the client then begins a new epoch and writes them twice.
///
/// Invariant: at the end every number is there once and in order, an acknowledged one at the offset that was acknowledged.
final class Ledger implements AutoCloseable {
    static final String TOPIC = "ledger";
    private static final long PAUSE_MS = 3;

    private final KafkaProducer<String, String> producer;
    private final Map<Long, String> acknowledged = new ConcurrentSkipListMap<>();
    private final List<Exception> failures = Collections.synchronizedList(new ArrayList<>());
    private final Thread writer = new Thread(this::write, "ledger");
    private volatile boolean ends;
    private long next;

    Ledger(String bootstrap) {
        try (Admin admin = Clients.admin(bootstrap)) {
            Clients.get(admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1).configs(Map.of("segment.ms", "3000")))).all());
        }
        producer = Clients.producer(bootstrap, "linger.ms", "1", "max.in.flight.requests.per.connection", "1", "reconnect.backoff.max.ms", "200", "max.block.ms", "120000", "request.timeout.ms", "5000");
        writer.start();
    }

    private void write() {
        while (!ends) {
            String number = Long.toString(next++);
            producer.send(new ProducerRecord<>(TOPIC, 0, number, number), (place, failure) -> {
                if (failure == null) acknowledged.put(place.offset(), number);
                else failures.add(failure);
            });
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Ends the producer and reads everything back.
    /// @return how many numbers there are
    int check(String bootstrap) {
        end(Duration.ofMinutes(1));
        assertThat(failures).as("what the producer was told").isEmpty();
        Map<Long, String> read = new TreeMap<>();
        List<String> numbers = new ArrayList<>();
        var partition = new TopicPartition(TOPIC, 0);
        try (var consumer = Clients.consumer(bootstrap)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    numbers.add(new String(record.value()));
                    read.put(record.offset(), numbers.getLast());
                }
            }
        }
        assertThat(numbers).hasSize((int) next);
        for (int number = 0; number < next; number++) assertThat(numbers.get(number)).as("every number once and in order").isEqualTo(Integer.toString(number));
        assertThat(read).as("acknowledged records").containsAllEntriesOf(acknowledged);
        return numbers.size();
    }

    private void end(Duration limit) {
        ends = true;
        try {
            writer.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        producer.close(limit);
    }

    /// What is on its way when a test has failed is given up.
    @Override public void close() {
        end(Duration.ZERO);
    }
}
