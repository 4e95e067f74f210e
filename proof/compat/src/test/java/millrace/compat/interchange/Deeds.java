package millrace.compat.interchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import millrace.protocol.ApiKey;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// What is done to a broker between two handovers: everything that leaves a trace in a data directory and that the broker serves.
final class Deeds {
    static final String COMPACTED = "compacted";
    static final String TRIMMED = "trimmed";
    static final String CONFIGURED = "configured";
    static final String CONFIGURED_GROUP = "configured-group";
    static final String CLIENT_METRICS = "client-metrics";
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final String STAMPED = "stamped";
    private static final String EMPTY = "empty";
    private static final String TRANSACTIONAL = "transactional";
    /// Records are stamped far apart and segments roll by the records' time, so that a few records make several segments.
    private static final long STEP_MS = 20_000;
    private static final String SEGMENT_MS = "60000";
    private static final int BATCHES = 12;

    private final String bootstrap;
    private final Admin admin;
    private final int round;
    private final long beginMs;

    /// @param round from 0 on; round 0 creates what later rounds go on with
    private Deeds(String bootstrap, Admin admin, int round, long nowMs) {
        this.bootstrap = bootstrap;
        this.admin = admin;
        this.round = round;
        this.beginMs = nowMs - Duration.ofDays(1).toMillis() + round * Duration.ofMinutes(30).toMillis();
    }

    static void doAll(String bootstrap, int round, long nowMs) {
        try (Admin admin = Clients.admin(bootstrap)) {
            var deeds = new Deeds(bootstrap, admin, round, nowMs);
            if (round == 0) deeds.begin();
            deeds.topicsComeAndGo();
            for (String codec : CODECS) deeds.write("plain-" + codec, codec);
            deeds.write(STAMPED, "lz4");
            deeds.write(TRIMMED, "none");
            deeds.trim();
            deeds.overwriteKeys();
            deeds.commitOffsets();
            if (Clients.serves(bootstrap, ApiKey.END_TXN)) deeds.transactions();
            if (Clients.serves(bootstrap, ApiKey.ALTER_CLIENT_QUOTAS)) deeds.accessAndQuotas();
            if (Clients.hasFinalized(admin, "share.version")) ShareDeeds.read(bootstrap, "plain-none");
        }
    }

    private void begin() {
        List<NewTopic> topics = new ArrayList<>();
        for (String codec : CODECS) topics.add(topic("plain-" + codec, 2, Map.of("segment.ms", SEGMENT_MS)));
        topics.add(topic(STAMPED, 1, Map.of("message.timestamp.type", "LogAppendTime")));
        topics.add(topic(TRIMMED, 1, Map.of("segment.ms", SEGMENT_MS)));
        topics.add(topic(EMPTY, 3, Map.of()));
        topics.add(topic(CONFIGURED, 1, Map.of("retention.ms", "987654321", "cleanup.policy", "compact,delete", "max.message.bytes", "2000000")));
        topics.add(topic(TRANSACTIONAL, 2, Map.of("segment.ms", SEGMENT_MS)));
        topics.add(topic(COMPACTED, 1, Map.of("cleanup.policy", "compact", "segment.ms", SEGMENT_MS, "min.cleanable.dirty.ratio", "0.01")));
        Clients.get(admin.createTopics(topics).all());
    }

    private static NewTopic topic(String name, int partitions, Map<String, String> settings) {
        return new NewTopic(name, partitions, (short) 1).configs(settings);
    }

    private void topicsComeAndGo() {
        Clients.get(admin.createTopics(List.of(topic("round-" + round, 2, Map.of()), topic("passing-" + round, 2, Map.of("segment.ms", SEGMENT_MS)))).all());
        write("round-" + round, "none");
        write("passing-" + round, "none");
        Clients.get(admin.deleteTopics(List.of("passing-" + round)).all());
        Clients.get(admin.createPartitions(Map.of("round-" + round, NewPartitions.increaseTo(3))).all());
        if (round >= 2) Clients.get(admin.deleteTopics(List.of("round-" + (round - 2))).all());
        alter(ConfigResource.Type.TOPIC, CONFIGURED, "max.message.bytes", Integer.toString(1_000_000 + round));
        alter(ConfigResource.Type.TOPIC, CONFIGURED, round % 2 == 0 ? "index.interval.bytes" : "file.delete.delay.ms", Integer.toString(1_000 + round));
        alter(ConfigResource.Type.BROKER, "", "log.retention.ms", Integer.toString(1_000_000_000 + round));
        alter(ConfigResource.Type.BROKER, "1", "message.max.bytes", Integer.toString(1_100_000 + round));
        if (Clients.hasFinalized(admin, "group.version")) alter(ConfigResource.Type.GROUP, CONFIGURED_GROUP, "consumer.session.timeout.ms", Integer.toString(50_000 + round));
        alter(ConfigResource.Type.CLIENT_METRICS, CLIENT_METRICS, "interval.ms", Integer.toString(60_000 + round));
    }

    private void alter(ConfigResource.Type type, String name, String key, String value) {
        Clients.get(admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name), List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)))).all());
    }

    private void write(String topic, String codec) {
        try (var producer = Clients.producer(bootstrap, "compression.type", codec, "linger.ms", "20")) {
            for (int batch = 0; batch < BATCHES; batch++) {
                for (int i = 0; i < 4; i++) producer.send(record(topic, batch % 2, batch, i));
                producer.flush();
            }
        }
    }

    private ProducerRecord<String, String> record(String topic, int partition, int batch, int i) {
        boolean single = topic.equals(STAMPED) || topic.equals(TRIMMED);
        String value = i == 3 ? null : ("round " + round + " batch " + batch + " record " + i + " ").repeat(1 + i * 5);
        var record = new ProducerRecord<>(topic, single ? 0 : partition, beginMs + batch * STEP_MS + i, i == 0 ? null : "key-" + i, value);
        if (i > 0) record.headers().add(new RecordHeader("number", Integer.toString(batch).getBytes(UTF_8))).add(new RecordHeader("none", null));
        return record;
    }

    private void trim() {
        var partition = new TopicPartition(TRIMMED, 0);
        long end = Clients.get(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all()).get(partition).offset();
        Clients.get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(end - 20))).all());
    }

    /// The same keys again and again, some ending in a tombstone, over several segments.
    private void overwriteKeys() {
        try (var producer = Clients.producer(bootstrap, "linger.ms", "20", "compression.type", round % 2 == 0 ? "none" : "zstd")) {
            for (int batch = 0; batch < BATCHES; batch++) {
                for (int key = 0; key < 5; key++) {
                    producer.send(new ProducerRecord<>(COMPACTED, 0, beginMs + batch * STEP_MS, "key-" + key, "round " + round + " batch " + batch));
                }
                producer.send(new ProducerRecord<>(COMPACTED, 0, beginMs + batch * STEP_MS, "gone-" + batch % 3, batch % 2 == 0 ? null : "batch " + batch));
                producer.flush();
            }
        }
    }

    private void commitOffsets() {
        consume("classic-group", "classic");
        if (Clients.hasFinalized(admin, "group.version")) consume("consumer-group", "consumer");
        Clients.get(admin.alterConsumerGroupOffsets("simple-group", Map.of(new TopicPartition("plain-none", 0), new OffsetAndMetadata(round, Optional.of(0), "round " + round),
                new TopicPartition(EMPTY, round % 3), new OffsetAndMetadata(100 + round))).all());
        Clients.get(admin.alterConsumerGroupOffsets("group-of-round-" + round, Map.of(new TopicPartition("plain-none", 0), new OffsetAndMetadata(round))).all());
        if (round >= 2) Clients.get(admin.deleteConsumerGroups(List.of("group-of-round-" + (round - 2))).all());
    }

    private void consume(String group, String protocol) {
        try (var consumer = Clients.consumer(bootstrap, "group.id", group, "group.protocol", protocol)) {
            consumer.subscribe(List.of("plain-zstd", "plain-lz4"));
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            int read = 0;
            while (read < 4 * BATCHES) {
                if (System.nanoTime() > deadline) throw new IllegalStateException(group + " has read only " + read + " records");
                read += consumer.poll(Duration.ofMillis(100)).count();
            }
            consumer.commitSync();
        }
    }

    /// One that is committed, one that is aborted, offsets in both, and one that stays open: it is ended by the next round.
    private void transactions() {
        try (var producer = transactionalProducer("committing"); var consumer = Clients.consumer(bootstrap, "group.id", "transactional-group", "group.protocol", "classic")) {
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(TRANSACTIONAL, 0, beginMs, "committed", "round " + round));
            producer.send(new ProducerRecord<>(TRANSACTIONAL, 1, beginMs, "committed", "round " + round));
            producer.sendOffsetsToTransaction(Map.of(new TopicPartition("plain-none", 1), new OffsetAndMetadata(10 + round, "committed")), consumer.groupMetadata());
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(TRANSACTIONAL, 0, beginMs + 1, "aborted", "round " + round));
            producer.sendOffsetsToTransaction(Map.of(new TopicPartition("plain-none", 1), new OffsetAndMetadata(1_000 + round, "aborted")), consumer.groupMetadata());
            producer.flush();
            producer.abortTransaction();
        }
        try (var producer = transactionalProducer("open")) {
            producer.beginTransaction();
            await(producer.send(new ProducerRecord<>(TRANSACTIONAL, 1, beginMs + 2, "open", "round " + round)));
            producer.close(Duration.ZERO);
        }
        try (var plain = Clients.producer(bootstrap)) {
            await(plain.send(new ProducerRecord<>(TRANSACTIONAL, 1, beginMs + 3, "after", "round " + round)));
        }
    }

    private KafkaProducer<String, String> transactionalProducer(String id) {
        var producer = Clients.producer(bootstrap, "transactional.id", id, "transaction.timeout.ms", "900000");
        producer.initTransactions();
        return producer;
    }

    private static void await(Future<?> sent) {
        try {
            sent.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private void accessAndQuotas() {
        Clients.get(admin.alterClientQuotas(List.of(new ClientQuotaAlteration(new ClientQuotaEntity(Map.of("user", "ann", "client-id", "c" + round)),
                List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1e6 + round))))).all());
        Clients.get(admin.createAcls(List.of(new AclBinding(new ResourcePattern(ResourceType.TOPIC, "orders-" + round, PatternType.PREFIXED),
                new AccessControlEntry("User:ann", "*", AclOperation.READ, AclPermissionType.ALLOW)))).all());
        Clients.get(admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("ann", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096 + round), "secret"))).all());
    }
}
