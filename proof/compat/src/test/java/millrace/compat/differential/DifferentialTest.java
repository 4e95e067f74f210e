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
import millrace.compat.Tools;
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
    /// Few partitions for internal topics, so that they are there at once; no waiting for members that do not come; assignments at the
    /// first heartbeat that needs them.
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.ofEntries(
            Map.entry("group.consumer.assignment.interval.ms", "0"), Map.entry("group.consumer.min.assignment.interval.ms", "0"),
            Map.entry("offsets.topic.replication.factor", "1"), Map.entry("offsets.topic.num.partitions", "4"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"), Map.entry("transaction.state.log.num.partitions", "4"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"), Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.num.partitions", "4"), Map.entry("group.initial.rebalance.delay.ms", "0")));

    @TempDir static Path directory;
    private static final KnownDifferences KNOWN = new KnownDifferences();
    private static final List<String> RUN = new ArrayList<>();
    private static final Tools TOOLS = new Tools();
    private static ApacheKafkaProcess reference;
    private static NodeProcess node;
    private static int port;
    private static long nowMs;

    @BeforeAll static void startBoth() {
        Map<String, String> withAssignmentsAtOnce = new TreeMap<>(SETTINGS);
        withAssignmentsAtOnce.put("group." + Rendering.ASSIGNMENTS_ASIDE, "false");
        reference = ApacheKafkaProcess.start(directory.resolve("apache"), withAssignmentsAtOnce);
        node = NodeProcess.start(directory.resolve("millrace"), SETTINGS);
        port = Integer.parseInt(node.bootstrap().substring(node.bootstrap().indexOf(':') + 1));
        reference.awaitReady();
        nowMs = System.currentTimeMillis() / 1_000 * 1_000;
    }

    @AfterAll static void stopBoth() {
        TOOLS.close();
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
        all.addAll(ConsumerGroupScripts.all());
        all.addAll(MixedGroupScripts.all());
        all.addAll(FrameScripts.all());
        all.add(MetadataScripts.transactions());
        all.addAll(TransactionScripts.all());
        all.addAll(new GroupToolScripts(TOOLS).all());
        all.addAll(new TransactionToolScripts(TOOLS).all());
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
