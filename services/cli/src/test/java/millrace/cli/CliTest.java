package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CliTest {
    @TempDir Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Cluster cluster = new Cluster();
    private String input = "";

    @Test void aloneItPrintsHelpWithEveryCommand() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("start", "topics", "produce", "consume", "groups", "version", "millrace help COMMAND");
        assertThat(run("help", "start")).isZero();
        assertThat(out.toString()).contains("how to start");
    }

    @Test void aCommandMadeElsewhereStandsBesideTheOthersAndItsTroublesAreToldAlike() {
        var joined = new CommandLine(new Joined());
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), new PrintStream(out), new PrintStream(err), false);
        Cli cli = new Cli(terminal, cluster, null, joined);
        assertThat(cli.run()).isZero();
        assertThat(out.toString()).containsSubsequence("groups", "elsewhere", "version");
        assertThat(cli.run("elsewhere")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("millrace: it is Monday\n");
        assertThat(cli.run("elsewhere", "--much")).isEqualTo(2);
    }

    @Command(name = "elsewhere", description = "Is made elsewhere.")
    private static final class Joined implements Callable<Integer> {
        @Override public Integer call() {
            throw new IllegalStateException("it is Monday");
        }
    }

    @Test void everyCommandsHelpHasExamples() {
        for (String command : List.of("topics", "topics list", "topics create", "topics describe", "topics delete", "produce", "consume", "groups", "groups list", "groups describe", "version")) {
            out.reset();
            assertThat(run((command.equals("topics") || command.equals("groups") ? "help " + command : command + " --help").split(" "))).as(command).isZero();
            assertThat(out.toString()).as(command).contains("Example").contains("  millrace " + command);
        }
    }

    @Test void whatCannotBeUnderstoodIsStatusTwoWithAHint() {
        assertThat(run("topics", "lst")).isEqualTo(2);
        assertThat(err.toString()).contains("Did you mean").contains("topics list");
        assertThat(run("produce")).isEqualTo(2);
        assertThat(err.toString()).contains("--topic").contains("millrace produce --help");
        assertThat(run("consume", "--topic", "t", "--offset", "5")).isEqualTo(2);
        assertThat(err.toString()).contains("--offset needs --partition");
        assertThat(run("produce", "--topic", "t", "--compression-codec", "rar")).isEqualTo(2);
        assertThat(err.toString()).contains("--compression-codec rar: write none, gzip, snappy, lz4 or zstd");
        assertThat(run("produce", "--topic", "t", "--acks", "2")).isEqualTo(2);
        assertThat(err.toString()).contains("--acks 2: write 0, 1 or all");
        assertThat(run("topics", "create")).isEqualTo(2);
        assertThat(run("groups", "describe")).isEqualTo(2);
    }

    @Test void topicsAreCreatedListedDescribedAndDeleted() {
        assertThat(run("topics", "create", "--topic", "orders", "--partitions", "2", "--config", "retention.ms=5")).isZero();
        assertThat(run("topics", "create", "orders")).isEqualTo(1);
        assertThat(err.toString()).contains("exists").contains("--if-not-exists");
        assertThat(run("topics", "create", "orders", "--if-not-exists")).isZero();
        out.reset();
        assertThat(run("topics", "list")).isZero();
        assertThat(out.toString()).isEqualToNormalizingNewlines("orders\n");
        out.reset();
        run("topics", "describe", "orders");
        assertThat(out.toString()).isEqualToNormalizingNewlines("""
                Topic orders  (id AAAA, partitions 2, replication factor 1)
                  settings: retention.ms=5
                  PARTITION  LEADER  REPLICAS  IN SYNC
                          0       1         1        1
                          1       1         1        1

                """);
        out.reset();
        run("topics", "describe", "--topic", "orders", "--json");
        assertThat(out.toString()).startsWith("[{\"name\":\"orders\",\"id\":\"AAAA\",\"internal\":false,\"partitions\":[{\"number\":0,\"leader\":1,\"replicas\":[1],\"inSync\":[1]}");
        assertThat(run("topics", "delete", "orders")).isZero();
        assertThat(run("topics", "delete", "orders")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no topic 'orders'").contains("topics create --topic orders");
        assertThat(run("topics", "delete", "orders", "--if-exists")).isZero();
    }

    @Test void aGroupsLagIsATable() {
        run("groups", "describe", "--group", "billing");
        assertThat(out.toString()).isEqualToNormalizingNewlines("""
                GROUP    TOPIC   PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  MEMBER  HOST        CLIENT
                billing  orders          0              40              42    2  m-1     /127.0.0.1  c-1
                billing  orders          1               -               7    -  -       -           -
                """);
        out.reset();
        run("groups", "describe", "billing", "--members", "--state");
        assertThat(out.toString()).contains("Stable", "h:9092", "orders-0");
        out.reset();
        run("groups", "list", "--json");
        assertThat(out.toString()).isEqualToNormalizingNewlines("[{\"id\":\"billing\",\"type\":\"Classic\",\"state\":\"Stable\",\"protocol\":\"consumer\"}]\n");
    }

    @Test void eachLineBecomesARecord() {
        input = "one\ntwo\n";
        assertThat(run("produce", "--topic", "t", "--json")).isZero();
        assertThat(cluster.producer.history()).extracting(record -> text(record.value())).containsExactly("one", "two");
        assertThat(cluster.producer.history()).extracting(ProducerRecord::key).containsOnlyNulls();
        assertThat(out.toString()).contains("\"records\":2");
        assertThat(cluster.settings).containsEntry("acks", "all").containsEntry("compression.type", "none");
    }

    @Test void keysAndHeadersAreTakenFromTheLineAsKafkaDoes() {
        input = "trace:7,from:me\tk1\tv1\tx\n";
        run("produce", "--topic", "t", "--property", "parse.headers=true", "--property", "parse.key=true", "--compression-codec", "zstd", "--acks", "1");
        ProducerRecord<byte[], byte[]> record = cluster.producer.history().getFirst();
        assertThat(text(record.key())).isEqualTo("k1");
        assertThat(text(record.value())).isEqualTo("v1\tx");
        assertThat(record.headers().toArray()).extracting(header -> header.key() + "=" + text(header.value())).containsExactly("trace=7", "from=me");
        assertThat(cluster.settings).containsEntry("acks", "1").containsEntry("compression.type", "zstd");
    }

    @Test void aFileIsSentWithASeparatorOfItsOwn() throws IOException {
        Path file = Files.writeString(folder.resolve("lines"), "k;v\nn;NULL\n");
        assertThat(run("produce", "--topic", "t", "--file", file.toString(), "--key-separator", ";", "--property", "null.marker=NULL")).isZero();
        assertThat(cluster.producer.history()).extracting(record -> text(record.value())).containsExactly("v", null);
        assertThat(err.toString()).contains("Sent 2 records to t.");
    }

    @Test void aLineWithoutAKeyEndsWithItsNumber() {
        input = "k\tv\nbroken\n";
        assertThat(run("produce", "--topic", "t", "--property", "parse.key=true")).isEqualTo(1);
        assertThat(err.toString()).contains("line 2 has no key").contains("ignore.error=true");
    }

    @Test void recordsAreWrittenInTheFormatAskedFor() {
        assertThat(run("consume", "--topic", "t", "--from-beginning", "--max-messages", "2")).isZero();
        assertThat(out.toString()).isEqualTo("v0\nv1\n");
        assertThat(err.toString()).contains("Processed a total of 2 messages");
        out.reset();
        run("consume", "--topic", "t", "--from-beginning", "--max-messages", "1", "--format", "full");
        assertThat(out.toString()).isEqualTo("CreateTime:1000\tPartition:0\tOffset:0\th:x\tk0\tv0\n");
        out.reset();
        run("consume", "--topic", "t", "--from-beginning", "--max-messages", "1", "--json");
        assertThat(out.toString()).isEqualTo("{\"topic\":\"t\",\"partition\":0,\"offset\":0,\"timestamp\":1000,\"timestampType\":\"CreateTime\","
                + "\"key\":\"k0\",\"value\":\"v0\",\"headers\":[{\"key\":\"h\",\"value\":\"x\"}]}\n");
        out.reset();
        run("consume", "--topic", "t", "--from-beginning", "--max-messages", "1", "--property", "print.key=true", "--property", "key.separator=:");
        assertThat(out.toString()).isEqualTo("k0:v0\n");
    }

    @Test void bytesThatAreNoTextSurviveInJson() {
        cluster.value = new byte[] {(byte) 0xff, 0};
        run("consume", "--topic", "t", "--from-beginning", "--max-messages", "1", "--json");
        assertThat(out.toString()).contains("\"valueBase64\":\"/wA=\"");
    }

    @Test void readingOnePartitionFromAnOffset() {
        run("consume", "--topic", "t", "--partition", "0", "--offset", "2", "--max-messages", "1");
        assertThat(out.toString()).isEqualTo("v2\n");
    }

    @Test void aPartitionThatIsNotThereIsToldAtOnce() {
        assertThat(run("consume", "--topic", "t", "--partition", "3", "--from-beginning")).isEqualTo(1);
        assertThat(err.toString()).contains("topic 't' has no partition 3").contains("It has 1, numbered from 0").contains("topics describe t");
    }

    @Test void readingEndsWhenNothingComes() {
        assertThat(run("consume", "--topic", "t", "--from-beginning", "--timeout-ms", "1")).isZero();
        assertThat(out.toString()).isEqualTo("v0\nv1\nv2\n");
    }

    @Test void nobodyListeningIsSaidAtOnceWithWhatToDo() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Cli cli = new Cli(new ByteArrayInputStream(new byte[0]), new PrintStream(out), new PrintStream(err), null);
        assertThat(cli.run("topics", "list", "--bootstrap-server", "127.0.0.1:" + port)).isEqualTo(1);
        assertThat(err.toString()).contains("nothing answers at 127.0.0.1:" + port).contains("./millrace start");
    }

    private int run(String... arguments) {
        Terminal terminal = new Terminal(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), new PrintStream(out), new PrintStream(err), false);
        return new Cli(terminal, cluster, new Cli.OutsideCommand("start", "Start a node.", "how to start\n")).run(arguments);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /// A cluster in memory with one broker, one group, and three records in topic `t`.
    private static final class Cluster implements Clients, ClusterAdmin {
        private final Map<String, Topic> topics = new TreeMap<>();
        private final MockProducer<byte[], byte[]> producer = new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        private Map<String, Object> settings = Map.of();
        private byte[] value;

        @Override public ClusterAdmin admin(Connection connection) {
            return this;
        }

        @Override public Producer<byte[], byte[]> producer(Connection connection, Map<String, Object> settings) {
            this.settings = settings;
            return producer;
        }

        @Override public Consumer<byte[], byte[]> consumer(Connection connection, Map<String, Object> settings) {
            MockConsumer<byte[], byte[]> consumer = new MockConsumer<>(settings.get("auto.offset.reset").toString());
            TopicPartition partition = new TopicPartition("t", 0);
            consumer.updatePartitions("t", List.of(new PartitionInfo("t", 0, Node.noNode(), new Node[0], new Node[0])));
            consumer.updateBeginningOffsets(Map.of(partition, 0L));
            consumer.updateEndOffsets(Map.of(partition, 3L));
            consumer.schedulePollTask(() -> {
                for (int i = 0; i < 3; i++) consumer.addRecord(record(i));
            });
            return consumer;
        }

        private ConsumerRecord<byte[], byte[]> record(int offset) {
            RecordHeaders headers = new RecordHeaders();
            headers.add("h", "x".getBytes(StandardCharsets.UTF_8));
            byte[] content = value != null ? value : ("v" + offset).getBytes(StandardCharsets.UTF_8);
            return new ConsumerRecord<>("t", 0, offset, 1000, TimestampType.CREATE_TIME, 2, content.length, ("k" + offset).getBytes(StandardCharsets.UTF_8), content, headers, java.util.Optional.empty());
        }

        @Override public List<String> topicNames(boolean internalToo) {
            return List.copyOf(topics.keySet());
        }

        @Override public List<Topic> topics(List<String> names) {
            return names.stream().map(topics::get).toList();
        }

        @Override public void createTopic(String name, Integer partitions, Short replicationFactor, Map<Integer, List<Integer>> assignment, Map<String, String> settings) {
            if (topics.containsKey(name)) throw new TopicExistsException("Topic '" + name + "' already exists.");
            List<Partition> made = new ArrayList<>();
            for (int i = 0; i < (partitions == null ? 1 : partitions); i++) made.add(new Partition(i, 1, List.of(1), List.of(1)));
            topics.put(name, new Topic(name, "AAAA", false, made, settings));
        }

        @Override public void deleteTopic(String name) {
            if (topics.remove(name) == null) throw Problem.noSuchTopic(name);
        }

        @Override public List<Group> groups() {
            return List.of(new Group("billing", "Classic", "Stable", "consumer"));
        }

        @Override public GroupDetail group(String id) {
            Member member = new Member("m-1", null, "c-1", "/127.0.0.1", List.of("orders-0"));
            return new GroupDetail(id, "Classic", "Stable", "range", "h:9092", List.of(member), List.of(new Lag("orders", 0, 40, 42, member), new Lag("orders", 1, -1, 7, null)));
        }

        @Override public void close() {}
    }
}
