package millrace.compat.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// Transactions of one producer, each begun at one broker and ended at the next: records and offsets on either side of a handover count
/// together or not at all. Every second one is aborted.
final class HandedTransaction implements AutoCloseable {
    private static final String TOPIC = "handed";
    private static final String GROUP = "handed-group";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final KafkaProducer<String, String> producer;
    private final ConsumerGroupMetadata group;
    private final List<String> committed = new ArrayList<>();
    private long committedOffset;
    private int begun;

    HandedTransaction(String bootstrap) {
        try (Admin admin = Clients.admin(bootstrap)) {
            Clients.get(admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all());
        }
        try (var consumer = Clients.consumer(bootstrap, "group.id", GROUP)) {
            group = consumer.groupMetadata();
        }
        producer = Clients.producer(bootstrap, "transactional.id", "handed", "transaction.timeout.ms", "900000", "max.block.ms", "120000", "reconnect.backoff.max.ms", "200");
        producer.initTransactions();
    }

    void begin() {
        begun++;
        producer.beginTransaction();
        send("before handover ");
        producer.sendOffsetsToTransaction(Map.of(PARTITION, new OffsetAndMetadata(begun)), group);
    }

    private void send(String what) {
        producer.send(new ProducerRecord<>(TOPIC, 0, null, what + begun));
        producer.flush();
    }

    void end() {
        send("after handover ");
        if (begun % 2 == 0) {
            producer.abortTransaction();
            return;
        }
        producer.commitTransaction();
        committed.addAll(List.of("before handover " + begun, "after handover " + begun));
        committedOffset = begun;
    }

    void check(String bootstrap) {
        List<String> read = new ArrayList<>();
        try (var consumer = Clients.consumer(bootstrap, "isolation.level", "read_committed")) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
            while (consumer.position(PARTITION) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) read.add(new String(record.value()));
            }
        }
        assertThat(read).as("what was committed across handovers").isEqualTo(committed);
        try (Admin admin = Clients.admin(bootstrap)) {
            var offsets = Clients.get(admin.listConsumerGroupOffsets(Map.of(GROUP, new ListConsumerGroupOffsetsSpec())).partitionsToOffsetAndMetadata(GROUP));
            assertThat(offsets.get(PARTITION).offset()).as("the offset committed with them").isEqualTo(committedOffset);
        }
    }

    @Override public void close() {
        producer.close(Duration.ZERO);
    }
}
