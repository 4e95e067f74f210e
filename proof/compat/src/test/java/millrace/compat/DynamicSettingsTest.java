package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One running node whose broker settings are changed by Apache's Admin client, for the whole cluster or for this broker, and which does at once
/// what they say; a restart keeps them. What each key does by itself is tested nearer to where it acts (docs/SETTINGS.md names the tests).
class DynamicSettingsTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    /// Kafka reads these once, at the start.
    private static final Map<String, String> INTERVALS = Map.of("log.retention.check.interval.ms", "200", "log.initial.task.delay.ms", "200",
            "producer.id.expiration.check.interval.ms", "200");

    private NodeProcess node;
    private TopicPartition place;
    private Admin admin;
    private KafkaProducer<byte[], byte[]> producer;

    @Test void aRunningNodeDoesAtOnceWhatItsSettingsSay(@TempDir Path directory) {
        try (var started = NodeProcess.start(directory, INTERVALS)) {
            node = started;
            try (var its = Admin.create(Map.of("bootstrap.servers", node.bootstrap())); var sends = producer()) {
                admin = its;
                producer = sends;
                goOnIn("settings");
                whatIsTooLargeIsRefused();
                timestampsAreBounded();
                batchesAreCompressed();
                timestampsAreTheBrokers();
                goOnIn("segments");
                segmentsAreRolledAndDeleted();
                producersAreForgotten();
                tablesAreCompacted();
                directoriesAreCordoned();
                connectionsAreCounted();
                whatNeedsARestartIsRefused();
                change("", Map.of("message.max.bytes", "3000"));
            }
            node.kill();
            node.start();
            try (var sends = producer()) {
                producer = sends;
                assertThatThrownBy(() -> send(5_000, null)).as("after a restart").isInstanceOf(RecordTooLargeException.class);
            }
        }
    }

    private void whatIsTooLargeIsRefused() {
        send(5_000, null);
        change("", Map.of("message.max.bytes", "3000"));
        assertThatThrownBy(() -> send(5_000, null)).isInstanceOf(RecordTooLargeException.class);
        change("1", Map.of("message.max.bytes", "9000"));
        send(5_000, null);
        takeBack("1", "message.max.bytes");
        takeBack("", "message.max.bytes");
        send(5_000, null);
    }

    private void timestampsAreBounded() {
        long hence = System.currentTimeMillis() + 600_000;
        send(10, hence);
        change("", Map.of("log.message.timestamp.after.max.ms", "1000"));
        assertThatThrownBy(() -> send(10, hence)).isInstanceOf(InvalidTimestampException.class);
        takeBack("", "log.message.timestamp.after.max.ms");
        change("", Map.of("log.message.timestamp.before.max.ms", "1000"));
        assertThatThrownBy(() -> send(10, System.currentTimeMillis() - 600_000)).isInstanceOf(InvalidTimestampException.class);
        takeBack("", "log.message.timestamp.before.max.ms");
    }

    private void batchesAreCompressed() {
        long before = sizeOfLog();
        change("", Map.of("compression.type", "zstd"));
        send(500_000, null);
        assertThat(sizeOfLog() - before).isLessThan(5_000);
        takeBack("", "compression.type");
    }

    private void timestampsAreTheBrokers() {
        change("", Map.of("log.message.timestamp.type", "LogAppendTime"));
        long offset = send(10, 1_600_000_000_000L).offset();
        assertThat(at(offset).timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        takeBack("", "log.message.timestamp.type");
    }

    private void segmentsAreRolledAndDeleted() {
        change("", Map.of("log.segment.bytes", "1048576", "log.segment.delete.delay.ms", "0"));
        for (int i = 0; i < 4; i++) send(700_000, null);
        assertThat(files(".log")).isGreaterThanOrEqualTo(4);
        long end = latest();
        change("", Map.of("log.retention.ms", "1000"));
        await(() -> earliest() > 0, "old segments to go");
        await(() -> files(".deleted") == 0, "their files to be deleted without delay");
        takeBack("", "log.retention.ms");
        change("", Map.of("log.retention.bytes", "1"));
        await(() -> earliest() >= end - 1, "all but the last segment to go");
        takeBack("", "log.retention.bytes");
        long start = earliest();
        change("", Map.of("log.roll.ms", "1"));
        int before = files(".log");
        send(10, null);
        pauseFor(5);
        send(10, null);
        assertThat(files(".log")).isGreaterThan(before);
        takeBack("", "log.roll.ms");
        assertThat(earliest()).isEqualTo(start);
    }

    private void producersAreForgotten() {
        assertThat(producers()).isPositive();
        change("", Map.of("producer.id.expiration.ms", "1"));
        await(() -> producers() == 0, "producer ids to be forgotten");
        takeBack("", "producer.id.expiration.ms");
    }

    private void tablesAreCompacted() {
        of(admin.createTopics(List.of(new NewTopic("table", Optional.of(1), Optional.empty()).configs(Map.of("cleanup.policy", "compact", "segment.bytes", "1048576")))).all());
        for (int i = 0; i < 4; i++) of(producer.send(new ProducerRecord<>("table", new byte[] {1}, new byte[700_000])));
        assertThat(node.output()).doesNotContain("table-0: cleaned");
        change("", Map.of("log.cleaner.backoff.ms", "100", "log.cleaner.min.cleanable.ratio", "0.01", "log.cleaner.threads", "2"));
        await(() -> node.output().contains("table-0: cleaned"), "the table to be compacted");
        for (String key : List.of("log.cleaner.backoff.ms", "log.cleaner.min.cleanable.ratio", "log.cleaner.threads")) takeBack("", key);
    }

    private void directoriesAreCordoned() {
        change("1", Map.of("cordoned.log.dirs", "*"));
        await(() -> of(admin.describeLogDirs(List.of(1)).allDescriptions()).get(1).values().stream().allMatch(each -> each.isCordoned()), "the directory to be cordoned");
        assertThatThrownBy(() -> of(admin.createTopics(List.of(new NewTopic("nowhere", 1, (short) 1))).all())).hasMessageContaining("0 broker(s) are registered and take new replicas");
        takeBack("1", "cordoned.log.dirs");
        await(() -> of(admin.describeLogDirs(List.of(1)).allDescriptions()).get(1).values().stream().noneMatch(each -> each.isCordoned()), "the directory to be free again");
    }

    /// Who is connected stays connected.
    private void connectionsAreCounted() {
        change("", Map.of("max.connections.per.ip", "1"));
        await(this::isTurnedAway, "new connections to be turned away");
        takeBack("", "max.connections.per.ip");
        change("1", Map.of("listener.name.plaintext.max.connections", "1"));
        await(this::isTurnedAway, "new connections to be turned away");
        takeBack("1", "listener.name.plaintext.max.connections");
        await(() -> !isTurnedAway(), "new connections to be let in");
    }

    private void whatNeedsARestartIsRefused() {
        for (String key : List.of("log.retention.hours", "log.retention.check.interval.ms", "log.cleaner.enable", "num.replica.alter.log.dirs.threads"))
            assertThatThrownBy(() -> change("", Map.of(key, "1"))).isInstanceOf(InvalidRequestException.class).hasMessageContaining(key);
    }

    // ---- settings ----

    private void goOnIn(String topic) {
        of(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all());
        place = new TopicPartition(topic, 0);
    }

    private void change(String broker, Map<String, String> values) {
        alter(broker, values.entrySet().stream().map(each -> new AlterConfigOp(new ConfigEntry(each.getKey(), each.getValue()), OpType.SET)).toList());
    }

    private void takeBack(String broker, String key) {
        alter(broker, List.of(new AlterConfigOp(new ConfigEntry(key, null), OpType.DELETE)));
    }

    private void alter(String broker, List<AlterConfigOp> operations) {
        of(admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.BROKER, broker), operations)).all());
    }

    // ---- what is seen ----

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(Map.of("bootstrap.servers", node.bootstrap(), "max.request.size", 10_000_000, "linger.ms", 0), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private RecordMetadata send(int bytes, Long timestampMs) {
        return of(producer.send(new ProducerRecord<>(place.topic(), 0, timestampMs, null, new byte[bytes])));
    }

    private ConsumerRecord<byte[], byte[]> at(long offset) {
        try (var consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", (Object) node.bootstrap()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(place));
            consumer.seek(place, offset);
            var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            await(() -> found.addAll(consumer.poll(Duration.ofSeconds(1)).records(place)), "the record at offset " + offset);
            return found.getFirst();
        }
    }

    private long sizeOfLog() {
        return of(admin.describeLogDirs(List.of(1)).allDescriptions()).get(1).values().iterator().next().replicaInfos().get(place).size();
    }

    private long earliest() {
        return of(admin.listOffsets(Map.of(place, OffsetSpec.earliest())).all()).get(place).offset();
    }

    private long latest() {
        return of(admin.listOffsets(Map.of(place, OffsetSpec.latest())).all()).get(place).offset();
    }

    private int producers() {
        return of(admin.describeProducers(List.of(place)).all()).get(place).activeProducers().size();
    }

    private int files(String ending) {
        try (var files = Files.list(node.data().resolve(place.toString()))) {
            return (int) files.filter(file -> file.toString().endsWith(ending)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isTurnedAway() {
        int port = Integer.parseInt(node.bootstrap().substring(node.bootstrap().indexOf(':') + 1));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(300);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException stays) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static void pauseFor(long ms) {
        long until = System.currentTimeMillis() + ms;
        while (System.currentTimeMillis() <= until) LockSupport.parkNanos(1_000_000);
    }

    private static void await(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("waited " + LIMIT.toSeconds() + " s in vain for " + what);
            LockSupport.parkNanos(50_000_000);
        }
    }

    private static <T> T of(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failed.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
