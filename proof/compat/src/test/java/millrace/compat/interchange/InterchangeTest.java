package millrace.compat.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

/// Apache Kafka and Millrace in turn on one data directory. With `-Dinterchange.rounds=N` also on one that 4.4 has formatted, N times there and back in
/// order and by SIGKILL.
class InterchangeTest {
    private static final int ROUNDS = Integer.getInteger("interchange.rounds", 0);

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

    /// Millrace takes over what 3.9 has left, Apache Kafka 4.4 what Millrace has left; there features are raised to the newest, as after an upgrade.
    /// Then it changes hands by SIGKILL.
    @Test void aDirectoryOfApacheKafka39GoesToMillraceAndToApacheKafka44AndBack() {
        try (var old = withAuthorizer(directory.apache(Release.KAFKA_3_9)); var apache = withAuthorizer(directory.apache(Release.KAFKA_4_4))) {
            begin(old);
            try (var ledger = new Ledger(directory.bootstrap()); var classic = new LivingMember(directory.bootstrap(), "classic"); var transaction = new HandedTransaction(directory.bootstrap())) {
                handOver(transaction, () -> toMillrace(old, false));
                handOver(transaction, () -> toApache(apache, false));
                finalizeNewest();
                try (var consumer = new LivingMember(directory.bootstrap(), "consumer")) {
                    thereAndBack(apache, transaction, true);
                    check(ledger, List.of(classic, consumer), transaction);
                }
            }
            apache.stopInOrder();
            DumpedLogs.findNothingWrong(directory.data());
        }
    }

    @Test void aDirectoryOfApacheKafka44GoesToMillraceAndBackManyTimes() {
        assumeTrue(ROUNDS > 0, "only with -Dinterchange.rounds=N");
        try (var apache = withAuthorizer(directory.apache(Release.KAFKA_4_4))) {
            begin(apache);
            try (var ledger = new Ledger(directory.bootstrap()); var classic = new LivingMember(directory.bootstrap(), "classic");
                    var consumer = new LivingMember(directory.bootstrap(), "consumer"); var transaction = new HandedTransaction(directory.bootstrap())) {
                for (int round = 0; round < ROUNDS; round++) {
                    thereAndBack(apache, transaction, false);
                    thereAndBack(apache, transaction, true);
                }
                check(ledger, List.of(classic, consumer), transaction);
            }
            apache.stopInOrder();
            DumpedLogs.findNothingWrong(directory.data());
        }
    }

    private static void begin(ApacheKafkaProcess apache) {
        apache.format("--standalone");
        apache.start();
        apache.awaitReady();
    }

    private void thereAndBack(ApacheKafkaProcess apache, HandedTransaction transaction, boolean killed) {
        handOver(transaction, () -> toMillrace(apache, killed));
        handOver(transaction, () -> toApache(apache, killed));
    }

    private static void handOver(HandedTransaction transaction, Runnable change) {
        transaction.begin();
        change.run();
        transaction.end();
    }

    private void check(Ledger ledger, List<LivingMember> members, HandedTransaction transaction) {
        assertThat(differences).isEmpty();
        int written = ledger.check(directory.bootstrap());
        members.forEach(member -> member.check(written));
        transaction.check(directory.bootstrap());
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
