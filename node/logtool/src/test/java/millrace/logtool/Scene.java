package millrace.logtool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import millrace.bindings.disk.NioDisk;
import millrace.bindings.threads.JdkWorkers;
import millrace.bindings.time.SystemClock;
import millrace.bindings.time.SystemRandomness;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.record.Codec;
import millrace.record.ControlRecords;
import millrace.record.Header;
import millrace.record.RecordBatchBuilder;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.LogConfig;
import millrace.storage.log.PartitionLog;

/// A log directory on the real disk, made by the log engine, and the commands as a terminal runs them.
final class Scene implements AutoCloseable {
    static final long TIME = 1_700_000_000_000L;
    private static final int LEADER_EPOCH = 3;

    final Path data;
    final NioDisk disk = new NioDisk();
    private final JdkWorkers workers = new JdkWorkers(5_000);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private LogDirectory directory;

    Scene(Path folder) {
        data = folder.resolve("data");
        open();
    }

    Scene open() {
        directory = LogDirectory.open(disk, data, new SystemClock(), workers,
                new LogDirSettings("MkU3OEVBNTcwNTJENDM2Qg", 1, new SystemRandomness(), topic -> LogConfig.DEFAULTS, 1, 100, 0, new LogDirSettings.Listener() {}));
        return this;
    }

    PartitionLog log(String topic, LogConfig config) {
        return directory.createLog(new TopicPartition(topic, 0), new Uuid(1, topic.hashCode()), config);
    }

    static void append(PartitionLog log, ByteBuffer batch) {
        log.appendAsLeader(batch, LEADER_EPOCH, AppendOrigin.CLIENT);
    }

    static ByteBuffer batch(Codec codec, String key, String... values) {
        try (var builder = new RecordBatchBuilder().codec(codec)) {
            for (String value : values) builder.append(TIME, bytes(key), bytes(value), List.of(new Header("trace", bytes("1")), new Header("kind", bytes("2"))));
            return builder.build();
        }
    }

    static ByteBuffer transactional(long producerId, int sequence, String value) {
        try (var builder = new RecordBatchBuilder().producer(producerId, (short) 0, sequence).transactional(true)) {
            return builder.append(TIME, null, bytes(value)).build();
        }
    }

    static void abort(PartitionLog log, long producerId) {
        log.appendAsLeader(ControlRecords.endTransactionMarker(0, TIME, LEADER_EPOCH, producerId, (short) 0, false, 8), LEADER_EPOCH, AppendOrigin.COORDINATOR);
    }

    static ByteBuffer records(ByteBuffer key, ByteBuffer value) {
        try (var builder = new RecordBatchBuilder()) {
            return builder.append(TIME, key, value).build();
        }
    }

    static ByteBuffer bytes(String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    /// The node stops in order.
    Scene stop() {
        directory.closeCleanly(42);
        directory = null;
        return this;
    }

    /// The node stops as after a failure: no marker.
    Scene crash() {
        directory.close();
        directory = null;
        return this;
    }

    Path file(String topic, String name) {
        return data.resolve(topic + "-0").resolve(name);
    }

    Path segment(String topic, String suffix) {
        return file(topic, "00000000000000000000" + suffix);
    }

    void flip(Path file, int at) {
        try {
            byte[] content = Files.readAllBytes(file);
            content[at] ^= 1;
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every file below the data directory with its content.
    TreeMap<Path, String> everything() {
        var files = new TreeMap<Path, String>();
        try (Stream<Path> all = Files.walk(data)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) files.put(file, new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    int run(Object... arguments) {
        out.reset();
        err.reset();
        return LogCommand.on(disk, new Console(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), false))
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    line.getErr().flush();
                    err.writeBytes((failure.getMessage() + "\n").getBytes(UTF_8));
                    return 1;
                })
                .execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    }

    List<String> lines() {
        return out.toString(UTF_8).lines().toList();
    }

    String told() {
        return out.toString(UTF_8);
    }

    String errors() {
        return err.toString(UTF_8);
    }

    @Override public void close() {
        if (directory != null) directory.close();
        workers.close();
    }
}
