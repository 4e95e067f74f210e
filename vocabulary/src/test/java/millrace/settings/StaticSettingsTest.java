package millrace.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

class StaticSettingsTest {
    @Test void aFileOfKafkaIsTakenAsItIs() {
        var usable = (StaticSettings.Usable) file("""
                # KRaft, combined
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093
                listeners=PLAINTEXT://:9092,CONTROLLER://:9093
                inter.broker.listener.name=PLAINTEXT
                controller.listener.names=CONTROLLER
                log.dirs=/var/lib/kafka/data
                metadata.log.dir=/var/lib/kafka/metadata
                super.users=User:admin
                """).result();
        assertThat(usable.warnings()).isEmpty();
        assertThat(usable.settings().values().list("controller.quorum.voters")).hasSize(3);
        assertThat(usable.settings().values().source("log.dirs")).isEqualTo(SettingSource.STATIC_BROKER);
        assertThat(usable.settings().values().integer("broker.id")).isEqualTo(1);
    }

    @Test void aWrongValueIsToldWithFileAndLine() {
        var wrong = (StaticSettings.Wrong) file("node.id=1\n\nnum.partitions=0\nssl.key.password=x\nlog.roll.hours=soon\n").result();
        assertThat(wrong.problems()).containsExactly(
                "server.properties, line 3: num.partitions cannot be '0': it must be a whole number (32 bits), at least 1.",
                "server.properties, line 5: log.roll.hours cannot be 'soon': it must be a whole number (32 bits), at least 1.");
    }

    @Test void anUnknownKeyIsOneWarningWithTheClosestKnownOne() {
        var usable = (StaticSettings.Usable) file("num.partitons=3\nlistener.name.x.ssl.foo=1\nssl.foo=2\n").option("log.retenton.ms=5").result();
        assertThat(usable.warnings()).containsExactly(
                "server.properties, line 1: nothing here reads 'num.partitons'; the closest known key is 'num.partitions'.",
                "--set: nothing here reads 'log.retenton.ms'; the closest known key is 'log.retention.ms'.");
    }

    @Test void keysOfThePastAreExplained() {
        var usable = (StaticSettings.Usable) file("zookeeper.connect=z:2181\ninter.broker.protocol.version=3.9\n").result();
        assertThat(usable.warnings()).satisfiesExactly(
                zookeeper -> assertThat(zookeeper).contains("ZooKeeper").doesNotContain("closest"),
                version -> assertThat(version).contains("metadata.version"));
    }

    @Test void theLastWordAboutAKeyWins() {
        var usable = (StaticSettings.Usable) file("num.partitions=2\nnum.partitions=3\n").option("num.partitions=4").result();
        assertThat(usable.settings().values().integer("num.partitions")).isEqualTo(4);
    }

    @Test void brokerIdIsTheFormerNameOfNodeId() {
        assertThat(((StaticSettings.Usable) file("broker.id=7").result()).settings().values().integer("node.id")).isEqualTo(7);
        assertThat(file("broker.id=7\nnode.id=8\n").result()).isInstanceOf(StaticSettings.Wrong.class);
    }

    @Test void aNodeWithoutSettingsIsBothRolesOnLoopback() {
        var usable = (StaticSettings.Usable) NodeDefaults.complete(StaticSettings.none(), "data").result();
        SettingValues values = usable.settings().values();
        assertThat(values.list("process.roles")).containsExactly("broker", "controller");
        assertThat(values.list("listeners")).containsExactly("PLAINTEXT://127.0.0.1:9092", "CONTROLLER://127.0.0.1:9093");
        assertThat(values.list("log.dirs")).containsExactly("data");
        assertThat(values.integer("node.id")).isEqualTo(1);
        assertThat(usable.warnings()).isEmpty();
    }

    @Test void defaultsFollowTheRolesAndNeverCoverWhatIsSaid() {
        var broker = (StaticSettings.Usable) NodeDefaults.complete(file("process.roles=broker\nnode.id=5\nlog.dir=d\n"), "data").result();
        assertThat(broker.settings().values().list("listeners")).containsExactly("PLAINTEXT://127.0.0.1:9092");
        assertThat(broker.settings().values().isSet("log.dirs")).isFalse();
        var controller = (StaticSettings.Usable) NodeDefaults.complete(file("process.roles=controller\ncontroller.listener.names=C\n"), "data").result();
        assertThat(controller.settings().values().list("listeners")).containsExactly("C://127.0.0.1:9093");
    }

    @Test void propertiesAreReadAsJavaReadsThem() throws IOException {
        Random random = new Random(20261121);
        String alphabet = "ab=: \t\\\\#!\n\r.u0041x";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(24); i > 0; i--) text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            Properties expected = new Properties();
            try {
                expected.load(new StringReader(text.toString()));
            } catch (IllegalArgumentException malformedUnicode) {
                assertThat(PropertiesFile.parse(text.toString()).malformed()).as(text.toString()).isNotEmpty();
                continue;
            }
            expected.remove("");                                     // Java has a property without a name, we have an error
            TreeMap<String, String> actual = new TreeMap<>();
            for (PropertiesFile.Property property : PropertiesFile.parse(text.toString()).properties()) actual.put(property.key(), property.value());
            assertThat(actual).as("%s", text.toString().replace("\n", "<LF>").replace("\r", "<CR>")).isEqualTo(new TreeMap<>(expected));
        }
    }

    @Test void linesAreCountedThroughCommentsAndContinuations() {
        assertThat(PropertiesFile.parse("# one\r\n\r\na=1,\\\n  2\nb : 3\n").properties())
                .isEqualTo(List.of(new PropertiesFile.Property("a", "1,2", 3), new PropertiesFile.Property("b", "3", 5)));
    }

    @Test void addressesAreTakenApart() {
        assertThat(ListenerAddress.parse("plaintext://[::1]:9092")).isEqualTo(new ListenerAddress("PLAINTEXT", new HostPort("::1", 9092)));
        assertThat(ListenerAddress.parse("PLAINTEXT://:9092").address().host()).isEmpty();
        assertThat(ListenerAddress.parse("127.0.0.1:9092")).isNull();
        assertThat(HostPort.parse("a:b:1")).isNull();
        assertThat(HostPort.parse("h:65536")).isNull();
        assertThat(new HostPort("127.0.0.1", 1).isLoopback()).isTrue();
        assertThat(new HostPort("", 1).isLoopback()).isFalse();
        assertThat(VoterAddress.parse("3@h:1").toString()).isEqualTo("3@h:1");
    }

    private static StaticSettings file(String text) {
        return StaticSettings.none().file("server.properties", PropertiesFile.parse(text));
    }
}
