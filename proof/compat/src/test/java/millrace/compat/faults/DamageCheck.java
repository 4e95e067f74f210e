package millrace.compat.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import millrace.compat.NodeProcess;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Whether a node that started on a damaged file keeps its promises.
final class DamageCheck {
    private static final String OFFSETS = "__consumer_offsets-0";
    private static final int NEW_PRODUCER = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /// With what may be refused.
    private static final Duration SHORT = Duration.ofSeconds(4);

    private final NodeProcess node;
    private final Damage damage;
    private final Map<String, Long> recoveryPoints;
    private final List<String> wrong = new ArrayList<>();
    private final Set<String> refused = new TreeSet<>();

    /// @param recoveryPoints from which on an unclean stop may have left anything, null after a clean stop
    DamageCheck(NodeProcess node, Damage damage, Map<String, Long> recoveryPoints) {
        this.node = node;
        this.damage = damage;
        this.recoveryPoints = recoveryPoints;
    }

    void topic(FilledTopic topic) {
        Facts facts = topic.lasting();
        for (int partition = 0; partition < topic.partitions; partition++) {
            var place = new TopicPartition(topic.name, partition);
            var survivors = Survivors.of(node.bootstrap(), place, facts.acknowledgedEnd(partition), patience(place.toString()));
            if (!survivors.refused().isEmpty()) refused(place.toString(), survivors.refused().firstEntry().toString());
            facts.partly(partition, survivors, mayLackFrom(place));
            append(topic, place, facts);
        }
        wrong.addAll(facts.violations());
    }

    private Duration patience(String place) {
        return mayBeRefused(place) ? SHORT : PATIENCE;
    }

    private void refused(String place, String how) {
        refused.add(place);
        if (!mayBeRefused(place)) wrong.add(place + " is refused: " + how);
    }

    private boolean mayBeRefused(String place) {
        return damage.folder().isEmpty() || damage.folder().equals(place);
    }

    private long mayLackFrom(TopicPartition place) {
        return recoveryPoints != null && damage.folder().equals(place.toString()) ? recoveryPoints.getOrDefault(place.toString(), 0L) : Long.MAX_VALUE;
    }

    /// An offset that was acknowledged once must not be given out again.
    private void append(FilledTopic topic, TopicPartition place, Facts facts) {
        int patienceMs = (int) patience(place.toString()).toMillis();
        Map<String, Object> settings = Map.of("bootstrap.servers", node.bootstrap(), "acks", "all", "linger.ms", 0, "max.block.ms", patienceMs,
                "request.timeout.ms", patienceMs / 2, "delivery.timeout.ms", patienceMs);
        long id = Facts.id(NEW_PRODUCER, place.partition());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            facts.sent(id, place.partition());
            facts.acknowledged(id, place.partition(), producer.send(new ProducerRecord<>(place.topic(), place.partition(), topic.key(id), Payload.of(id, 100))).get().offset());
        } catch (ExecutionException error) {
            refused(place.toString(), "takes no records, " + error.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Committed offsets are what they were, or there is an error.
    void offsets(Admin admin, String group, Map<TopicPartition, OffsetAndMetadata> committed) {
        try {
            var now = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get(patience(OFFSETS).toMillis(), TimeUnit.MILLISECONDS);
            boolean mayLack = mayBeRefused(OFFSETS) && recoveryPoints != null;
            if (!now.equals(committed) && !mayLack) wrong.add("the group's offsets are " + now + " and were " + committed);
        } catch (ExecutionException | TimeoutException error) {
            refused(OFFSETS, error.toString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @return null when the promises hold
    String result() {
        String output = node.output();
        for (String place : refused) if (!output.contains(place)) wrong.add(place + " is refused, and the node's log does not name it");
        return wrong.isEmpty() ? null : String.join("; ", wrong);
    }
}
