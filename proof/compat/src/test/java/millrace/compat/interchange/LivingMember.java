package millrace.compat.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// A member of a group that reads what the [Ledger] writes, from before the first handover to after the last.
///
/// Invariant: whoever coordinates the group finds this member in `__consumer_offsets` and lets it go on, so it is assigned its partition
/// once, never loses it, and reads every number once.
final class LivingMember implements AutoCloseable {
    /// Groups with such names go on while the directory changes hands, so [GroupFacts] does not compare what they have committed.
    static final String PREFIX = "living-";

    private final String group;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<String> numbers = Collections.synchronizedList(new ArrayList<>());
    private final List<String> rebalances = Collections.synchronizedList(new ArrayList<>());
    private final Thread reader = new Thread(this::read, "member");
    private volatile boolean ends;
    private volatile RuntimeException failure;

    /// The client does not go back to its bootstrap addresses while the directory changes hands (KIP-899): there it forgets the topic, and when it finds
    /// the coordinator before the topic it takes that for a changed subscription and joins anew, whoever the coordinator is.
    /// @param protocol `classic` or `consumer`
    LivingMember(String bootstrap, String protocol) {
        group = PREFIX + protocol;
        consumer = protocol.equals("classic")
                ? Clients.consumer(bootstrap, "group.id", group, "group.protocol", protocol, "session.timeout.ms", "120000", "default.api.timeout.ms", "120000", "reconnect.backoff.max.ms", "200", "metadata.recovery.strategy", "none")
                : Clients.consumer(bootstrap, "group.id", group, "group.protocol", protocol, "default.api.timeout.ms", "120000", "reconnect.backoff.max.ms", "200");
        reader.start();
    }

    private void read() {
        try (consumer) {
            consumer.subscribe(List.of(Ledger.TOPIC), listener());
            while (!ends) {
                var records = consumer.poll(Duration.ofMillis(100));
                for (ConsumerRecord<byte[], byte[]> record : records) numbers.add(new String(record.value()));
                if (!records.isEmpty()) consumer.commitSync();
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private ConsumerRebalanceListener listener() {
        return new ConsumerRebalanceListener() {
            @Override public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                rebalances.add("assigned " + partitions);
            }

            @Override public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                if (!ends) rebalances.add("revoked " + partitions);
            }

            @Override public void onPartitionsLost(Collection<TopicPartition> partitions) {
                rebalances.add("lost " + partitions);
            }
        };
    }

    /// Waits until as many numbers have been read as the ledger has, and ends the member.
    void check(int written) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (numbers.size() < written && failure == null && System.nanoTime() < deadline) pause();
        close();
        assertThat(failure).as(group).isNull();
        assertThat(rebalances).as(group + " is one member for all its life").containsExactly("assigned [" + Ledger.TOPIC + "-0]");
        assertThat(numbers).as(group + " reads every number").hasSize(written);
        for (int number = 0; number < written; number++) assertThat(numbers.get(number)).as("every number once and in order").isEqualTo(Integer.toString(number));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override public void close() {
        ends = true;
        try {
            reader.join(TimeUnit.SECONDS.toMillis(60));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
