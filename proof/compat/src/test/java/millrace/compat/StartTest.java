package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Starting, stopping and refusing to start, as an operator sees it.
class StartTest {
    @TempDir Path directory;

    @Test void aStartedNodeTellsWhatListensWhereAndWhatToTryNext() {
        try (var node = NodeProcess.start(directory)) {
            assertThat(node.output()).contains("clients", "PLAINTEXT://" + node.bootstrap(), "controller", node.data().toString(), "cluster id", "ready",
                    "./millrace produce", "./millrace consume");
        }
    }

    @Test void sigtermStopsItWithinTwoSecondsAndNothingIsRecoveredAfterwards() {
        try (var node = NodeProcess.start(directory)) {
            Peers.millrace("kept\n", "produce", "--topic", "kept", "--bootstrap-server", node.bootstrap()).succeeded();
            assertThat(node.stop()).isLessThan(Duration.ofSeconds(2));
            assertThat(node.output()).contains("Stopped cleanly");
            node.start();
            assertThat(node.output()).doesNotContain("kept-0: recovered");
            assertThat(Peers.millrace("", "consume", "--topic", "kept", "--from-beginning", "--max-messages", "1", "--bootstrap-server", node.bootstrap()).succeeded().output())
                    .contains("kept");
        }
    }

    @Test void wrongSettingsAreRefusedWithFileLineKeyValueAndBounds() throws IOException {
        Path file = directory.resolve("server.properties");
        Files.writeString(file, "process.roles=broker,controller\nnum.partitions=0\nlog.retention.huors=3\n");
        var result = Peers.millrace("", "start", "--config", file.toString());
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.output()).contains(file.toString(), "2", "num.partitions", "0");
    }

    @Test void anUnknownKeyIsOneWarningThatNamesTheClosestKnownOne() {
        try (var node = NodeProcess.start(directory, Map.of("log.retention.huors", "3"))) {
            assertThat(node.output().lines().filter(line -> line.contains("log.retention.huors")).toList()).singleElement().asString().contains("log.retention.hours");
        }
    }

    @Test void aSecondNodeOnTheSameDirectoryOrPortIsRefusedWithAWayOut() {
        try (var node = NodeProcess.start(directory)) {
            int other = NodeProcess.freePort();
            var sameDirectory = Peers.millrace("", "start", "--set", "log.dirs=" + node.data(), "--set",
                    "listeners=PLAINTEXT://127.0.0.1:" + other + ",CONTROLLER://127.0.0.1:" + NodeProcess.freePort());
            assertThat(sameDirectory.status()).isEqualTo(1);
            assertThat(sameDirectory.output()).contains(node.data().toString(), "log.dirs");
            var samePort = Peers.millrace("", "start", "--set", "log.dirs=" + directory.resolve("elsewhere"), "--set",
                    "listeners=PLAINTEXT://" + node.bootstrap() + ",CONTROLLER://127.0.0.1:" + NodeProcess.freePort());
            assertThat(samePort.status()).isEqualTo(1);
            assertThat(samePort.output()).contains("already listens on port", "listeners=");
        }
    }

    @Test void theCommandLineCreatesDescribesProducesConsumesAndShowsGroups() throws IOException {
        try (var node = NodeProcess.start(directory)) {
            assertThat(cli(node, "topics", "create", "--topic", "orders", "--partitions", "2").succeeded().output()).contains("orders");
            assertThat(cli(node, "topics", "list").succeeded().output()).contains("orders");
            assertThat(cli(node, "topics", "describe", "--topic", "orders", "--json").succeeded().output()).contains("\"orders\"", "\"partitions\"");
            Path input = directory.resolve("input.txt");
            Files.write(input, List.of("a:1", "b:2"));
            cli(node, "produce", "--topic", "orders", "--file", input.toString(), "--property", "parse.key=true", "--property", "key.separator=:",
                    "--compression-codec", "lz4").succeeded();
            assertThat(cli(node, "consume", "--topic", "orders", "--from-beginning", "--group", "readers", "--max-messages", "2", "--timeout-ms", "20000").succeeded().output())
                    .contains("1", "2");
            assertThat(cli(node, "groups", "list").succeeded().output()).contains("readers");
            assertThat(cli(node, "groups", "describe", "--group", "readers").succeeded().output()).contains("orders", "LAG");
            assertThat(cli(node, "topics", "delete", "--topic", "orders").succeeded().output()).contains("orders");
            assertThat(cli(node, "topics", "describe", "--topic", "orders").status()).isNotZero();
        }
    }

    @Test void withoutAnArgumentItPrintsHelpAndVersionTellsTheVersion() {
        assertThat(Peers.millrace("").output()).contains("start", "topics", "produce", "consume", "groups");
        assertThat(Peers.millrace("", "version").succeeded().output()).contains("0.1.0");
    }

    private static Peers.Result cli(NodeProcess node, String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--bootstrap-server";
        all[arguments.length + 1] = node.bootstrap();
        return Peers.millrace("", all);
    }
}
