package millrace.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `consume`: records as lines on standard output. As `kafka-console-consumer.sh` does.
@Command(name = "consume", description = "Write records to standard output, one a line.", footer = {"", "Examples:",
    "  millrace consume --topic greetings --from-beginning",
    "  millrace consume --topic greetings --group readers --max-messages 10 --property print.key=true",
    "  millrace consume --topic greetings --partition 0 --offset 42 --format json"})
final class ConsumeCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(250);

    @Mixin Connection connection = new Connection();
    @Option(names = "--topic", paramLabel = "NAME", description = "The topic to read.") String topic;
    @Option(names = "--include", paramLabel = "REGEX", description = "Read all topics whose name matches.") String include;
    @Option(names = "--from-beginning", description = "Begin with the first record where the group has no offset yet.") boolean fromBeginning;
    @Option(names = "--group", paramLabel = "ID", description = "Read as a member of this group and commit offsets (default: alone, without commits).") String group;
    @Option(names = "--partition", paramLabel = "N", description = "Read one partition only.") Integer partition;
    @Option(names = "--offset", paramLabel = "OFFSET", description = "Where to begin in --partition: a number, earliest or latest.") String offset;
    @Option(names = "--max-messages", paramLabel = "N", description = "Stop after so many records.") Long maxMessages;
    @Option(names = "--timeout-ms", paramLabel = "MS", description = "Stop when no record has come for so long.") Long timeoutMs;
    @Option(names = {"--property", "--formatter-property"}, paramLabel = "KEY=VALUE", description = {
        "What is written (may be repeated): print.key=false, print.value=true, print.headers=false, print.timestamp=false, print.partition=false, print.offset=false, "
            + "key.separator=\\t, line.separator=\\n, headers.separator=',', null.literal=null."})
    Map<String, String> writing = new LinkedHashMap<>();
    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "value", description = "value, key (key and value), full (everything) or json (default: ${DEFAULT-VALUE}).") String format;
    @Option(names = "--json", description = "Short for --format json.") boolean json;
    @Option(names = "--isolation-level", paramLabel = "LEVEL", defaultValue = "read_uncommitted", description = "read_committed or read_uncommitted (default: ${DEFAULT-VALUE}).") String isolation;
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.") boolean help;
    @Spec CommandSpec spec;
    private final Terminal terminal;
    private final Clients clients;

    ConsumeCommand(Terminal terminal, Clients clients) {
        this.terminal = terminal;
        this.clients = clients;
    }

    @Override public Integer call() throws IOException {
        check();
        RecordFormat lines = new RecordFormat(json || format.equals("json"), writing);
        long written;
        try (Consumer<byte[], byte[]> consumer = clients.consumer(connection, settings())) {
            Thread reader = Thread.currentThread();
            Thread wakeUp = new Thread(() -> stop(consumer, reader), "wake-up");
            Runtime.getRuntime().addShutdownHook(wakeUp);
            begin(consumer);
            written = read(consumer, lines);
            forget(wakeUp);
        }
        terminal.err().println("Processed a total of " + written + (written == 1 ? " message" : " messages"));
        return 0;
    }

    private void check() {
        if ((topic == null) == (include == null)) throw wrong("Name either a topic with --topic NAME or several with --include REGEX.");
        if (partition != null && (topic == null || group != null)) throw wrong("--partition reads one partition of --topic, without a group.");
        if (offset != null && partition == null) throw wrong("--offset needs --partition N.");
        if (offset != null && fromBeginning) throw wrong("--offset and --from-beginning both say where to begin: keep one.");
        if (offset != null && !offset.equals("earliest") && !offset.equals("latest") && !offset.matches("[0-9]{1,18}")) throw wrong("--offset " + offset + ": write a number, earliest or latest.");
        switch (format) {
            case "value", "json" -> { }
            case "key" -> writing.putIfAbsent("print.key", "true");
            case "full" -> List.of("timestamp", "partition", "offset", "headers", "key").forEach(part -> writing.putIfAbsent("print." + part, "true"));
            default -> throw wrong("--format " + format + ": write value, key, full or json.");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        if (group != null) settings.put("group.id", group);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", fromBeginning ? "earliest" : "latest");
        settings.put("isolation.level", isolation);
        return settings;
    }

    private void begin(Consumer<byte[], byte[]> consumer) {
        if (group != null) {
            if (topic != null) consumer.subscribe(List.of(topic));
            else consumer.subscribe(Pattern.compile(include));
            return;
        }
        List<TopicPartition> partitions = partition != null ? List.of(onePartition(consumer)) : allPartitions(consumer);
        consumer.assign(partitions);
        if (offset != null && Character.isDigit(offset.charAt(0))) consumer.seek(partitions.getFirst(), Long.parseLong(offset));
        else if (fromBeginning || "earliest".equals(offset)) consumer.seekToBeginning(partitions);
        else consumer.seekToEnd(partitions);
    }

    /// A Kafka client would wait for ever for a partition that is not there.
    private TopicPartition onePartition(Consumer<byte[], byte[]> consumer) {
        TopicPartition wanted = new TopicPartition(topic, partition);
        List<TopicPartition> there = allPartitions(consumer);
        if (!there.contains(wanted)) throw new Problem("topic '" + topic + "' has no partition " + partition + ".",
                "It has " + there.size() + ", numbered from 0; './millrace topics describe " + topic + "' shows them.");
        return wanted;
    }

    private List<TopicPartition> allPartitions(Consumer<byte[], byte[]> consumer) {
        List<String> topics = topic != null ? List.of(topic)
                : consumer.listTopics().keySet().stream().filter(Pattern.compile(include).asMatchPredicate()).sorted().toList();
        List<TopicPartition> partitions = topics.stream()
                .flatMap(name -> consumer.partitionsFor(name).stream().map(found -> new TopicPartition(name, found.partition()))).toList();
        if (partitions.isEmpty()) throw topic != null ? Problem.noSuchTopic(topic) : new Problem("no topic matches " + include + ".", "'./millrace topics list' shows those there are.");
        return partitions;
    }

    private long read(Consumer<byte[], byte[]> consumer, RecordFormat lines) throws IOException {
        OutputStream out = new BufferedOutputStream(terminal.out(), 1 << 16);
        long written = 0;
        long lastRecord = System.nanoTime();
        try {
            while (maxMessages == null || written < maxMessages) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                if (!records.isEmpty()) lastRecord = System.nanoTime();
                else if (timeoutMs != null && System.nanoTime() - lastRecord > timeoutMs * 1_000_000) break;
                written += write(records, lines, out, maxMessages == null ? Long.MAX_VALUE : maxMessages - written, consumer);
            }
        } catch (WakeupException stopping) {
            // Ctrl-C: what has been read is written and committed, the group is left in order.
        }
        out.flush();
        return written;
    }

    /// Writes up to `most` records and commits exactly what was written.
    private long write(ConsumerRecords<byte[], byte[]> records, RecordFormat lines, OutputStream out, long most, Consumer<byte[], byte[]> consumer) throws IOException {
        Map<TopicPartition, org.apache.kafka.clients.consumer.OffsetAndMetadata> next = new LinkedHashMap<>();
        long written = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (written == most) break;
            out.write(lines.line(record).getBytes(StandardCharsets.UTF_8));
            next.put(new TopicPartition(record.topic(), record.partition()), new org.apache.kafka.clients.consumer.OffsetAndMetadata(record.offset() + 1));
            written++;
        }
        out.flush();
        if (terminal.out().checkError()) throw new Problem("standard output was closed.", null);
        if (group != null && !next.isEmpty()) consumer.commitSync(next);
        return written;
    }

    private static void stop(Consumer<byte[], byte[]> consumer, Thread reader) {
        consumer.wakeup();
        try {
            reader.join(2_000);
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyStopping) {
            // then the hook is what woke us up
        }
    }
}
