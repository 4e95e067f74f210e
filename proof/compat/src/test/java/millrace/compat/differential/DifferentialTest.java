package millrace.compat.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.compat.ApacheKafkaProcess;
import millrace.compat.NodeProcess;
import millrace.compat.Peers;
import millrace.compat.differential.Comparison.Difference;
import millrace.compat.differential.KnownDifferences.Known;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DifferentialTest {
    /// Few partitions for internal topics, so that they are there at once; no waiting for members that do not come.
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of(
            "offsets.topic.replication.factor", "1", "offsets.topic.num.partitions", "4",
            "transaction.state.log.replication.factor", "1", "transaction.state.log.min.isr", "1", "transaction.state.log.num.partitions", "4",
            "share.coordinator.state.topic.replication.factor", "1", "share.coordinator.state.topic.min.isr", "1", "share.coordinator.state.topic.num.partitions", "4",
            "group.initial.rebalance.delay.ms", "0"));

    @TempDir static Path directory;
    private static final KnownDifferences KNOWN = new KnownDifferences();
    private static final List<String> RUN = new ArrayList<>();
    private static ApacheKafkaProcess reference;
    private static NodeProcess node;
    private static int port;
    private static long nowMs;

    @BeforeAll static void startBoth() {
        reference = ApacheKafkaProcess.start(directory.resolve("apache"), SETTINGS);
        node = NodeProcess.start(directory.resolve("millrace"), SETTINGS);
        port = Integer.parseInt(node.bootstrap().substring(node.bootstrap().indexOf(':') + 1));
        reference.awaitReady();
        nowMs = System.currentTimeMillis() / 1_000 * 1_000;
    }

    @AfterAll static void stopBoth() {
        if (node != null) node.close();
        if (reference != null) reference.close();
    }

    /// In this order: questions about all topics come while there are few, and what leaves traces in Kafka alone comes last.
    static List<Script> scripts() {
        List<Script> all = new ArrayList<>();
        all.addAll(MetadataScripts.all());
        all.addAll(TopicScripts.all());
        all.addAll(ConfigScripts.all());
        all.addAll(ProduceScripts.all());
        all.addAll(FetchScripts.all());
        all.addAll(OffsetScripts.all());
        all.addAll(GroupScripts.all());
        all.addAll(FrameScripts.all());
        all.add(MetadataScripts.transactions());
        all.addAll(TransactionScripts.all());
        all.add(RestartScripts.before());
        return all;
    }

    @Order(1)
    @ParameterizedTest(name = "{0}")
    @MethodSource("scripts")
    void bothAnswerAlike(Script script) {
        compare(script);
    }

    @Order(2)
    @Test void bothRememberAlikeWhenTheyComeBack() {
        assumeTrue(RUN.contains(RestartScripts.before().name()), "nothing has been prepared");
        reference.stopInOrder();
        reference.start();
        node.stop();
        node.start();
        reference.awaitReady();
        compare(RestartScripts.after());
    }

    private static void compare(Script script) {
        RUN.add(script.name());
        Transcript expected = Session.run(script, "127.0.0.1", reference.port(), nowMs);
        Transcript actual = Session.run(script, "127.0.0.1", port, nowMs);
        assertThat(expected.steps()).as("Apache Kafka's answers").doesNotContainKey(Session.STOPPED);
        List<Difference> differences = KNOWN.without(Comparison.between(script.name(), expected, actual));
        assertThat(differences).as("differences of " + differences.size() + " out of " + expected.steps().size() + " answers").isEmpty();
    }

    @Order(3)
    @Test void everyKnownDifferenceStillShows() {
        assumeTrue(RUN.size() > scripts().size(), "not all scripts have been run");
        assertThat(KNOWN.unneeded()).isEmpty();
    }

    @Order(4)
    @Test void everyKnownDifferenceIsExplained() throws IOException {
        List<String> explained = Files.readAllLines(Peers.home().resolve("docs/COMPATIBILITY.md"));
        assertThat(KnownDifferences.ALL).extracting(Known::title).allSatisfy(title -> assertThat(explained).contains("### " + title));
    }
}
