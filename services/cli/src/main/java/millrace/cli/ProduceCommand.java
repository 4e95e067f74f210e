package millrace.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.producer.Producer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `produce`: each line of standard input or of a file becomes a record. As `kafka-console-producer.sh` does.
@Command(name = "produce", description = "Send each line of standard input, or of a file, as a record.", footer = {"", "Examples:",
    "  echo 'hello, world' | millrace produce --topic greetings",
    "  millrace produce --topic flights --file flights.csv --compression-codec zstd",
    "  printf 'k1:v1\\n' | millrace produce --topic pairs --key-separator :",
    "  printf 'trace:7,from:me\\tk1\\tv1\\n' | millrace produce --topic pairs \\",
    "      --property parse.headers=true --property parse.key=true"})
final class ProduceCommand implements Callable<Integer> {
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final List<String> ACKS = List.of("0", "1", "all", "-1");

    @Mixin Connection connection = new Connection();
    @Option(names = "--topic", required = true, paramLabel = "NAME", description = "The topic to send to.") String topic;
    @Option(names = "--file", paramLabel = "FILE", description = "Read lines from here instead of standard input.") Path file;
    @Option(names = {"--property", "--reader-property"}, paramLabel = "KEY=VALUE", description = {
        "How lines are read (may be repeated): parse.key=false, key.separator=\\t, parse.headers=false, headers.delimiter=\\t, headers.separator=',', "
            + "headers.key.separator=:, null.marker=TEXT, ignore.error=false."})
    Map<String, String> reading = new LinkedHashMap<>();
    @Option(names = "--key-separator", paramLabel = "TEXT", description = "Lines are key, TEXT, value (short for parse.key=true and key.separator=TEXT).") String keySeparator;
    @Option(names = "--compression-codec", arity = "0..1", fallbackValue = "gzip", defaultValue = "none", paramLabel = "CODEC",
            description = "none, gzip, snappy, lz4 or zstd (gzip when the name is left out).")
    String codec;
    @Option(names = {"--request-required-acks", "--acks"}, defaultValue = "all", paramLabel = "ACKS", description = "0, 1 or all (default: ${DEFAULT-VALUE}).") String acks;
    @Option(names = "--batch-size", paramLabel = "BYTES", description = "Largest batch per partition.") Integer batchSize;
    @Option(names = {"--timeout", "--linger-ms"}, paramLabel = "MS", description = "How long to collect records before a batch is sent.") Integer lingerMs;
    @Option(names = "--sync", description = "Wait for each record's answer before the next is sent.") boolean sync;
    @Option(names = "--json", description = "When done, write how many records were sent as JSON.") boolean json;
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.") boolean help;
    @Spec CommandSpec spec;
    private final Terminal terminal;
    private final Clients clients;

    ProduceCommand(Terminal terminal, Clients clients) {
        this.terminal = terminal;
        this.clients = clients;
    }

    /// What `--json` writes.
    record Sent(String topic, long records) {}

    @Override public Integer call() throws Exception {
        check();
        if (keySeparator != null) {
            reading.put("parse.key", "true");
            reading.put("key.separator", keySeparator);
        }
        LineFormat format = new LineFormat(topic, reading);
        long sent;
        try (InputStream in = input(); Producer<byte[], byte[]> producer = clients.producer(connection, settings())) {
            sent = send(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16), format, producer);
        }
        if (json) terminal.out().println(Json.of(new Sent(topic, sent)));
        else if (file != null || terminal.interactive()) terminal.err().println("Sent " + sent + (sent == 1 ? " record" : " records") + " to " + topic + ".");
        terminal.out().flush();
        return 0;
    }

    private void check() {
        if (!CODECS.contains(codec)) throw new ParameterException(spec.commandLine(), "--compression-codec " + codec + ": write none, gzip, snappy, lz4 or zstd.");
        if (!ACKS.contains(acks)) throw new ParameterException(spec.commandLine(), "--acks " + acks + ": write 0, 1 or all.");
    }

    private InputStream input() {
        if (file == null) return terminal.in();
        try {
            return Files.newInputStream(file);
        } catch (IOException unreadable) {
            throw new Problem("the file " + file + " cannot be read: " + unreadable + ".", null);
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("acks", acks);
        settings.put("compression.type", codec);
        settings.put("enable.idempotence", String.valueOf(acks.equals("all") || acks.equals("-1")));
        settings.put("max.block.ms", Integer.toString(connection.requestTimeoutMs));
        settings.put("delivery.timeout.ms", Long.toString(Math.max(120_000L, 2L * connection.requestTimeoutMs)));
        if (batchSize != null) settings.put("batch.size", batchSize.toString());
        if (lingerMs != null) settings.put("linger.ms", lingerMs.toString());
        return settings;
    }

    private long send(BufferedReader lines, LineFormat format, Producer<byte[], byte[]> producer) throws Exception {
        AtomicReference<Exception> failure = new AtomicReference<>();
        AtomicLong acknowledged = new AtomicLong();
        long number = 0;
        try (Progress progress = new Progress(terminal, file != null, "records sent")) {
            for (String line = lines.readLine(); line != null && failure.get() == null; line = lines.readLine()) {
                var answer = producer.send(format.record(line, ++number), (_, exception) -> {
                    if (exception == null) acknowledged.incrementAndGet();
                    else failure.compareAndSet(null, exception);
                });
                if (sync) answer.get();
                progress.at(acknowledged.get());
            }
            producer.flush();
        }
        if (failure.get() == null) return acknowledged.get();
        Problem cause = Problem.of(failure.get());
        throw new Problem(acknowledged.get() + " of " + number + " records were acknowledged, then: " + cause.getMessage(), cause.advice());
    }
}
