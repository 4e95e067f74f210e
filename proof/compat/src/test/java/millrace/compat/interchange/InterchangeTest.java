package millrace.compat.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.compat.ApacheKafkaProcess;
import millrace.compat.ApacheKafkaProcess.Release;
import millrace.compat.NodeProcess;
import millrace.protocol.ApiKey;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Apache Kafka and Millrace in turn on one data directory. More rounds: `-Dinterchange.rounds=N`, each ends once in order and once by SIGKILL.
class InterchangeTest {
    private static final int ROUNDS = Integer.getInteger("interchange.rounds", 1);

    @TempDir Path folder;
    private final long nowMs = System.currentTimeMillis();
    private final List<String> differences = new ArrayList<>();
    private SharedDirectory directory;
    private NodeProcess millrace;
    private Facts kept;
    private int handovers;

    @BeforeEach void makeDirectory() {
        directory = SharedDirectory.create(folder, Map.of());
        millrace = directory.millrace();
    }

    @AfterEach void stopMillrace() {
        millrace.close();
    }

    @Test void apacheKafkaAndMillraceTakeTheSameDirectoryFromEachOther() {
        try (var apache = withAuthorizer(directory.apache(Release.KAFKA_4_4))) {
            apache.format("--standalone");
            apache.start();
            apache.awaitReady();
            try (var ledger = new Ledger(directory.bootstrap())) {
                for (int round = 0; round < ROUNDS; round++) {
                    toMillrace(apache, false);
                    toApache(apache, false);
                    toMillrace(apache, true);
                    toApache(apache, true);
                }
                assertThat(differences).isEmpty();
                ledger.check(directory.bootstrap());
            }
            apache.stopInOrder();
            DumpedLogs.findNothingWrong(directory.data());
        }
    }

    /// Millrace takes over what 3.9 has left, Apache Kafka 4.4 what Millrace has left; then the metadata version is raised as after an upgrade.
    @Test void aDirectoryOfApacheKafka39IsTakenOverAndHandedToApacheKafka44() {
        try (var old = withAuthorizer(directory.apache(Release.KAFKA_3_9)); var apache = withAuthorizer(directory.apache(Release.KAFKA_4_4))) {
            old.format("--standalone");
            old.start();
            old.awaitReady();
            toMillrace(old, ROUNDS > 1);
            toApache(apache, false);
            finalizeNewest();
            for (int round = 1; round < ROUNDS; round++) {
                toMillrace(apache, round % 2 == 1);
                toApache(apache, round % 2 == 0);
            }
            assertThat(differences).isEmpty();
            apache.stopInOrder();
            DumpedLogs.findNothingWrong(directory.data());
        }
    }

    private void finalizeNewest() {
        try (Admin admin = Clients.admin(directory.bootstrap())) {
            Map<String, FeatureUpdate> newest = new TreeMap<>();
            Clients.get(admin.describeFeatures().featureMetadata()).supportedFeatures().forEach((name, range) -> {
                if (!name.equals("kraft.version")) newest.put(name, new FeatureUpdate(range.maxVersion(), UpgradeType.UPGRADE));
            });
            Clients.get(admin.updateFeatures(newest, new UpdateFeaturesOptions()).all());
        }
    }

    /// Only this process is told of the authorizer: Millrace has none yet, and refuses to start without what it is asked for.
    private static ApacheKafkaProcess withAuthorizer(ApacheKafkaProcess apache) {
        return apache.with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer").with("super.users", "User:ANONYMOUS");
    }

    private void toMillrace(ApacheKafkaProcess apache, boolean killed) {
        Facts before = writeAndLook();
        kept = kept();
        if (killed) {
            directory.awaitLogStart(Deeds.TRIMMED, Clients.logStart(directory.bootstrap(), Deeds.TRIMMED));
            apache.kill();
        } else {
            apache.stopInOrder();
        }
        millrace.start();
        compare(before, "from Apache Kafka", killed);
    }

    private void toApache(ApacheKafkaProcess apache, boolean killed) {
        Facts before = writeAndLook();
        List<String> served = List.of(ApiKey.values()).stream().filter(api -> Clients.serves(directory.bootstrap(), api)).map(ApiKey::name).toList();
        if (killed) millrace.kill();
        else millrace.stopInOrder();
        apache.start();
        apache.awaitReady();
        compare(before, "from Millrace", killed);
        note("kept until handover " + handovers, kept.differencesTo(kept()).stream().filter(line -> !served.contains(line.substring(0, line.indexOf(':')))).toList());
    }

    private Facts writeAndLook() {
        String newest = directory.snapshots().isEmpty() ? "" : directory.snapshots().last();
        Deeds.doAll(directory.bootstrap(), handovers, nowMs);
        assertThat(directory.snapshots().last()).as("the newest metadata snapshot").isGreaterThan(newest);
        return facts();
    }

    private void compare(Facts before, String from, boolean killed) {
        assertThat(before.size()).isGreaterThan(400);
        note("handover " + ++handovers + " " + from + (killed ? ", killed" : ""), before.differencesTo(facts()));
    }

    private void note(String where, List<String> found) {
        for (String difference : found) differences.add(where + ": " + difference);
    }

    private Facts facts() {
        var facts = new Facts();
        try (Admin admin = Clients.admin(directory.bootstrap())) {
            LogFacts.addTo(facts, directory.bootstrap(), admin);
            GroupFacts.addTo(facts, admin);
            ClusterFacts.addTo(facts, admin);
        }
        return facts;
    }

    private Facts kept() {
        var facts = new Facts();
        try (Admin admin = Clients.admin(directory.bootstrap())) {
            ClusterFacts.addWhatIsOnlyKept(facts, admin);
        }
        return facts;
    }
}
