package millrace.compat.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A topic that has been written before a damage, and what is known of it.
final class FilledTopic {
    enum Kind { PLAIN, COMPACTED, TRANSACTIONAL }

    private static final int VALUE_BYTES = 300;
    private static final int KEYS = 40;
    private static final int TRANSACTION = 40;
    /// Records are a millisecond apart by their timestamps, and segments end by those: by size they cannot be small.
    private static final int SEGMENT_RECORDS = 400;

    final String name;
    final int partitions;
    final Kind kind;
    final Facts facts = new Facts();
    private final long began = System.currentTimeMillis();
    private int producers;
    private int sentRecords;

    FilledTopic(String name, int partitions, Kind kind) {
        this.name = name;
        this.partitions = partitions;
        this.kind = kind;
    }

    void create(Admin admin) {
        Map<String, String> settings = new HashMap<>(Map.of("segment.ms", Integer.toString(SEGMENT_RECORDS), "index.interval.bytes", "1024"));
        if (kind == Kind.COMPACTED) settings.putAll(Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.01"));
        Scene.get(admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(settings))).all());
    }

    void fill(String bootstrap, int records) {
        int number = ++producers;
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 0, "batch.size", 4_000));
        if (kind == Kind.TRANSACTIONAL) settings.put("transactional.id", name);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            if (kind != Kind.TRANSACTIONAL) {
                send(producer, number, 0, records).forEach(this::acknowledged);
                return;
            }
            producer.initTransactions();
            for (int first = 0; first < records; first += TRANSACTION) transaction(producer, number, first, first / TRANSACTION % 3 != 1);
        }
    }

    private record Sent(long id, int partition, Future<RecordMetadata> answer) {}

    private List<Sent> send(KafkaProducer<byte[], byte[]> producer, int number, int first, int records) {
        var sent = new ArrayList<Sent>();
        for (int sequence = first; sequence < first + records; sequence++) {
            long id = Facts.id(number, sequence);
            int partition = sequence % partitions;
            sent.add(new Sent(id, partition, producer.send(new ProducerRecord<>(name, partition, began + sentRecords++, key(id), Payload.of(id, VALUE_BYTES)))));
        }
        producer.flush();
        return sent;
    }

    /// What an aborted transaction sent counts as never sent.
    private void transaction(KafkaProducer<byte[], byte[]> producer, int number, int first, boolean commits) {
        producer.beginTransaction();
        List<Sent> sent = send(producer, number, first, TRANSACTION);
        if (commits) {
            producer.commitTransaction();
            sent.forEach(this::acknowledged);
        } else {
            producer.abortTransaction();
        }
    }

    private void acknowledged(Sent sent) {
        facts.sent(sent.id(), sent.partition());
        facts.acknowledged(sent.id(), sent.partition(), Scene.get(sent.answer()).offset());
    }

    byte[] key(long id) {
        return kind == Kind.COMPACTED ? new byte[] {(byte) (id % KEYS)} : null;
    }

    /// Of the acknowledged records, those that no cleaner may take away.
    Facts lasting() {
        return kind == Kind.COMPACTED ? facts.latestOfEach(id -> id % KEYS) : facts.copy();
    }
}
