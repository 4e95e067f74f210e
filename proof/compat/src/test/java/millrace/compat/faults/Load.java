package millrace.compat.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Idempotent producers with acks=all that write steadily, whatever happens to the node, and tell [Facts] what they sent and what was
/// acknowledged. A producer that fails for good is replaced by a new one; what it had under way may or may not be in the log.
final class Load implements AutoCloseable {
    private static final int VALUE_BYTES = 300;
    private static final long PAUSE_NANOS = 1_000_000;
    /// More would queue up while the node is away, and wait in the client longer than its patience lasts.
    private static final int UNDER_WAY = 400;

    private final String bootstrap;
    private final String topic;
    private final int partitions;
    private final Duration patience;
    private final Facts facts;
    private final AtomicInteger nextProducer = new AtomicInteger(1);
    private final Set<String> errors = new ConcurrentSkipListSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    /// @param patience how long a record is sent again before it counts as failed
    Load(String bootstrap, String topic, int partitions, int producers, Duration patience, Facts facts) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.partitions = partitions;
        this.patience = patience;
        this.facts = facts;
        for (int i = 0; i < producers; i++) threads.add(Thread.ofPlatform().name("load-" + i).start(this::write));
    }

    private void write() {
        while (!stopped) writeAsOneProducer(nextProducer.getAndIncrement());
    }

    /// Until the end, or until the producer can no longer be used.
    private void writeAsOneProducer(int number) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "acks", "all", "enable.idempotence", true, "linger.ms", 1,
                "delivery.timeout.ms", (int) patience.toMillis(), "request.timeout.ms", (int) Math.min(5_000, patience.toMillis() / 2), "max.block.ms", patience.toMillis(),
                "retry.backoff.ms", 20, "reconnect.backoff.ms", 20, "reconnect.backoff.max.ms", 100);
        var failed = new boolean[1];
        var underWay = new Semaphore(UNDER_WAY);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int sequence = 0; !stopped && !failed[0]; sequence++) {
                int partition = sequence % partitions;
                long id = Facts.id(number, sequence);
                facts.sent(id, partition);
                underWay.acquireUninterruptibly();
                producer.send(new ProducerRecord<>(topic, partition, null, Payload.of(id, VALUE_BYTES)), (metadata, error) -> {
                    underWay.release();
                    if (error == null) {
                        facts.acknowledged(id, partition, metadata.offset());
                    } else {
                        failed[0] = true;
                        errors.add(error.getClass().getSimpleName() + ": " + error.getMessage());
                    }
                });
                if (sequence % 2 == 0) LockSupport.parkNanos(PAUSE_NANOS);
            }
            if (failed[0]) producer.close(Duration.ZERO);
        } catch (RuntimeException unusable) {
            errors.add(unusable.getClass().getSimpleName() + ": " + unusable.getMessage());
        }
    }

    /// Why producers have failed for good, without repetitions.
    Set<String> errors() {
        return errors;
    }

    /// Returns when `records` more have been acknowledged.
    void awaitAcknowledged(long records, Duration limit) {
        long target = facts.acknowledgements() + records;
        await(() -> facts.acknowledgements() >= target, limit, records + " more acknowledged records");
    }

    static void await(BooleanSupplier condition, Duration limit, String what) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("waited " + limit.toSeconds() + " s in vain for " + what);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /// Sends what is under way to its end, and stops.
    @Override public void close() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(60) + patience.toMillis());
                if (thread.isAlive()) throw new AssertionError(thread.getName() + " does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
