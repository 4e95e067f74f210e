package millrace.compat.faults;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// One member of a consume-transform-produce job: what it reads it writes to the output under its place in the input, in one transaction with
/// the offsets. Every seventh transaction is aborted and done again.
///
///     life ── clients are made, the transactional id is taken over ──▶ transactions ──▶ an error ──▶ clients are closed as they are ──▶ life ...
///
/// Nothing is repaired after an error: the next life takes over the same transactional id, which ends what the last one left open, and reads
/// on from what the group has committed.
final class Transformer implements AutoCloseable {
    private static final int AT_ONCE = 200;
    private static final int ABORT_EVERY = 7;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String bootstrap;
    private final String protocol;
    private final String input;
    private final String output;
    private final int outputPartitions;
    private final int number;
    private final AtomicLong commits;
    private final Set<String> errors = new ConcurrentSkipListSet<>();
    private final Thread thread;
    private long transactions;
    private volatile boolean stopped;

    /// @param protocol `classic` or `consumer`
    /// @param commits  counts the transactions of all members that were committed
    Transformer(String bootstrap, String protocol, String input, String output, int outputPartitions, int number, AtomicLong commits) {
        this.bootstrap = bootstrap;
        this.protocol = protocol;
        this.input = input;
        this.output = output;
        this.outputPartitions = outputPartitions;
        this.number = number;
        this.commits = commits;
        thread = Thread.ofPlatform().name("transformer-" + number).start(this::live);
    }

    static String group() {
        return "transformers";
    }

    private void live() {
        while (!stopped) oneLife();
    }

    private void oneLife() {
        KafkaProducer<byte[], byte[]> producer = producer();
        try (var consumer = consumer()) {
            producer.initTransactions();
            consumer.subscribe(List.of(input));
            while (!stopped) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
                if (!records.isEmpty()) transform(records, producer, consumer);
            }
        } catch (KafkaException error) {
            errors.add(error.getClass().getSimpleName() + ": " + error.getMessage());
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    private void transform(ConsumerRecords<byte[], byte[]> records, KafkaProducer<byte[], byte[]> producer, KafkaConsumer<byte[], byte[]> consumer) {
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        producer.beginTransaction();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            byte[] place = (record.partition() + ":" + record.offset()).getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(output, (int) (record.offset() % outputPartitions), place, record.value()));
            next.put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        producer.sendOffsetsToTransaction(next, consumer.groupMetadata());
        if (++transactions % ABORT_EVERY == 0) {
            producer.flush();            // what is not sent yet would never be
            producer.abortTransaction();
            for (TopicPartition partition : records.partitions()) consumer.seek(partition, records.records(partition).getFirst().offset());
        } else {
            producer.commitTransaction();
            commits.incrementAndGet();
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap, "transactional.id", "transformer-" + number, "linger.ms", 1,
                "delivery.timeout.ms", (int) PATIENCE.toMillis(), "request.timeout.ms", 5_000, "max.block.ms", PATIENCE.toMillis(),
                "retry.backoff.ms", 20, "reconnect.backoff.ms", 20, "reconnect.backoff.max.ms", 100), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrap, "group.id", group(), "group.protocol", protocol, "isolation.level", "read_committed",
                "enable.auto.commit", false, "auto.offset.reset", "earliest", "max.poll.records", AT_ONCE,
                "retry.backoff.ms", 20, "reconnect.backoff.ms", 20, "reconnect.backoff.max.ms", 100), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// Ends what its last life may have left open, as the next one would have done.
    void endWhatIsOpen() {
        try (var producer = producer()) {
            producer.initTransactions();
        }
    }

    /// What has ended a life, without repetitions.
    Set<String> errors() {
        return errors;
    }

    @Override public void close() {
        stopped = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(60) + PATIENCE.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (thread.isAlive()) throw new AssertionError(thread.getName() + " does not end");
    }
}
