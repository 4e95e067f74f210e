package millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import millrace.settings.BrokerSettings;
import millrace.settings.ListenerAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartCommandTest {
    @TempDir Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<NodeSettings> started = new ArrayList<>();

    @Test void withoutSettingsItIsBothRolesOnLoopbackWithDataInTheWorkingDirectory() {
        assertThat(start()).isZero();
        NodeSettings node = started.getFirst();
        assertThat(node.nodeId()).isEqualTo(1);
        assertThat(node.isBroker() && node.isController()).isTrue();
        assertThat(node.listeners()).extracting(listener -> listener.address().toString()).containsExactly("PLAINTEXT://127.0.0.1:9092", "CONTROLLER://127.0.0.1:9093");
        assertThat(node.standalone()).isTrue();
        assertThat(node.voters()).hasToString("[1@127.0.0.1:9093]");
        assertThat(node.logDirectories()).containsExactly(Path.of("data").toAbsolutePath());
        assertThat(node.metadataLogDirectory()).isEqualTo(Path.of("data").toAbsolutePath());
    }

    @Test void theBannerTellsWhereEverythingIsAndWhatToTry() {
        start("--set", "listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093");
        assertThat(out.toString()).contains("node 1 (broker and controller)", "clients     PLAINTEXT://127.0.0.1:19092", "controller  CONTROLLER://127.0.0.1:19093",
                "data        " + Path.of("data").toAbsolutePath(), "cluster id  5L6g3nShT-eMCtK--X86sw", "ready ",
                "./millrace produce --topic greetings --bootstrap-server 127.0.0.1:19092", "./millrace consume --topic greetings --from-beginning");
    }

    @Test void aFileOfKafkaAndSettingsOnTopAreTakenTogether() throws IOException {
        Path file = file("""
                process.roles=broker,controller
                node.id=2
                controller.quorum.voters=1@127.0.0.1:20101,2@127.0.0.1:20102,3@127.0.0.1:20103
                listeners=PLAINTEXT://127.0.0.1:20002,CONTROLLER://127.0.0.1:20102
                advertised.listeners=PLAINTEXT://127.0.0.1:20002
                controller.listener.names=CONTROLLER
                inter.broker.listener.name=PLAINTEXT
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL
                log.dirs=one,two
                """);
        assertThat(start("--config", file.toString(), "--set", "num.partitions=4")).isZero();
        NodeSettings node = started.getFirst();
        assertThat(node.voters()).hasSize(3);
        assertThat(node.standalone()).isFalse();
        assertThat(node.logDirectories()).hasSize(2);
        assertThat(node.interBrokerListener()).isEqualTo("PLAINTEXT");
        assertThat(node.all().values().integer("num.partitions")).isEqualTo(4);
    }

    @Test void aWrongValueEndsWithStatusOneAndSaysWhere() throws IOException {
        assertThat(start("--config", file("node.id=1\nnum.partitions=none\n").toString())).isEqualTo(1);
        assertThat(err.toString()).contains("server.properties, line 2: num.partitions cannot be 'none'");
        assertThat(started).isEmpty();
    }

    @Test void anUnknownKeyIsOneWarningAndNoObstacle() {
        assertThat(start("--set", "num.partitons=3")).isZero();
        assertThat(err.toString()).containsOnlyOnce("num.partitons").contains("'num.partitions'");
    }

    @Test void aMissingFileAndAnUnknownOptionAreTold() {
        assertThat(start("--config", folder.resolve("absent").toString())).isEqualTo(1);
        assertThat(err.toString()).contains("absent does not exist");
        assertThat(start("--port", "1")).isEqualTo(1);
        assertThat(err.toString()).contains("does not know --port");
        assertThat(start("--set")).isEqualTo(1);
        assertThat(start("--help")).isZero();
        assertThat(started).isEmpty();
    }

    @Test void theClusterIdComesFromTheEnvironmentAndMustBeOne() {
        assertThat(command(Map.of("MILLRACE_CLUSTER_ID", "5L6g3nShT-eMCtK--X86sw")).run(List.of())).isZero();
        assertThat(started.getFirst().clusterId()).isEqualTo("5L6g3nShT-eMCtK--X86sw");
        assertThat(command(Map.of("MILLRACE_CLUSTER_ID", "mine")).run(List.of())).isEqualTo(1);
        assertThat(err.toString()).contains("MILLRACE_CLUSTER_ID cannot be 'mine'");
    }

    @Test void aStartThatFailsTellsWhatToDo() {
        NodeStarter failing = settings -> {
            throw StartFailure.cannotListen(settings.listeners().getFirst().address(), new IOException("Address already in use"));
        };
        assertThat(new StartCommand(failing, Map.of(), new PrintStream(out), new PrintStream(err)).run(List.of())).isEqualTo(1);
        assertThat(err.toString()).contains("Cannot listen on PLAINTEXT://127.0.0.1:9092").contains("--set listeners=");
    }

    @Test void aClosedDoorDoesNotOpenByItself() {
        assertThat(problemsOf("authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer")).contains("authorizer.class.name", "no authorizer yet", "remove it");
    }

    @Test void listenersMustFitTogether() {
        assertThat(problemsOf("listeners=PLAINTEXT://127.0.0.1:9092")).contains("listeners has no address for it");
        assertThat(problemsOf("listeners=CLIENT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093")).contains("add CLIENT:PLAINTEXT");
        assertThat(problemsOf("listeners=SSL://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093")).contains("speaks SSL, which this version does not have yet");
        assertThat(problemsOf("advertised.listeners=OTHER://127.0.0.1:9092")).contains("advertised.listeners has OTHER");
        assertThat(problemsOf("advertised.listeners=PLAINTEXT://0.0.0.0:9092")).contains("not a wildcard");
        assertThat(problemsOf("inter.broker.listener.name=INTERNAL")).contains("over INTERNAL");
        assertThat(problemsOf("listeners=127.0.0.1:9092")).contains("write NAME://host:port");
    }

    @Test void connectionsAreLimitedByListenerAndByAddress() {
        assertThat(start("--set", "listener.name.plaintext.max.connections=7", "--set", "max.connections.per.ip.overrides=10.0.0.7:200, ::1:3,")).isZero();
        NodeSettings node = started.getFirst();
        assertThat(node.listeners()).extracting(NodeSettings.Listener::maxConnections).containsExactly(7, Integer.MAX_VALUE);
        assertThat(node.connectionsPerAddress()).isEqualTo(Map.of("10.0.0.7", 200, "::1", 3));
        assertThat(problemsOf("max.connections.per.ip.overrides=10.0.0.7")).contains("write address:count");
        assertThat(problemsOf("listener.name.plaintext.max.connections=many")).contains("listener.name.plaintext.max.connections", "'many'");
    }

    @Test void limitsOfConnectionsFollowTheDynamicSettings() throws StartFailure {
        BrokerSettings fromFile = BrokerSettings.of(Map.of("max.connections", "10"));
        var limits = ConnectionSettings.limits(fromFile);
        ConnectionSettings.follow(fromFile.withDynamic(Map.of("max.connections.per.ip", "3", "max.connections.per.ip.overrides", "127.0.0.1:7"), Map.of("max.connections", "20")), limits);
        assertThat(limits).hasToString("max.connections=20, max.connections.per.ip=3, overrides {127.0.0.1=7}");
        ConnectionSettings.follow(fromFile.withDynamic(Map.of("max.connections.per.ip.overrides", "no.such.host.invalid:7"), Map.of()), limits);
        assertThat(limits).as("what cannot be understood changes nothing").hasToString("max.connections=20, max.connections.per.ip=3, overrides {127.0.0.1=7}");
        assertThat(ConnectionSettings.ofListener(fromFile.withDynamic(Map.of(), Map.of("listener.name.plaintext.max.connections", "5")), "PLAINTEXT")).isEqualTo(5);
    }

    @Test void theQuorumMustFitTheNode() {
        assertThat(problemsOf("controller.quorum.voters=7@127.0.0.1:9093")).contains("has no 1@host:port");
        assertThat(problemsOf("process.roles=broker")).contains("does not know its controllers");
    }

    private String problemsOf(String setting) {
        err.reset();
        assertThat(start("--set", setting)).as(setting).isEqualTo(1);
        return err.toString();
    }

    private int start(String... arguments) {
        return command(Map.of()).run(List.of(arguments));
    }

    private StartCommand command(Map<String, String> environment) {
        return new StartCommand(settings -> {
            started.add(settings);
            return new EndedNode(settings.listeners().stream().map(NodeSettings.Listener::address).toList());
        }, environment, new PrintStream(out), new PrintStream(err));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("server.properties"), text);
    }

    /// A node that is closed as soon as somebody waits for its end.
    private record EndedNode(List<ListenerAddress> listening) implements RunningNode {
        @Override public String clusterId() {
            return "5L6g3nShT-eMCtK--X86sw";
        }

        @Override public boolean awaitEnd() {
            return true;
        }

        @Override public void close() {}
    }
}
