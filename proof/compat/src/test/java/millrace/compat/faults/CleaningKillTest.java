package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import millrace.compat.NodeProcess;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// SIGKILL while a compacted log is being cleaned: whatever is half written or half exchanged, the latest value of every key is there.
///
///     fill ─▶ a `.cleaned` file is seen ─▶ some time ─▶ SIGKILL ─▶ start ─▶ read all ─▶ fill ...
class CleaningKillTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int RECORDS = 1_600;
    private static final int UP_TO_MS = 1_200;
    /// So slow that a cleaning lasts for a second or two, and begins again at once.
    private static final Map<String, String> SETTINGS = Map.of("log.cleaner.io.max.bytes.per.second", "400000", "log.cleaner.backoff.ms", "50", "log.flush.offset.checkpoint.interval.ms", "500");

    /// `-Dfaults.cleaningkills=N` kills N times, beginning with `-Dfaults.seed=S`.
    @Test void killedWhileItCleansANodeKeepsTheLatestValueOfEveryKey(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) {
        int kills = Scene.size("faults.cleaningkills", 3);
        var random = new SplittableRandom(Long.getLong("faults.seed", 1));
        var topic = new FilledTopic("table", 1, FilledTopic.Kind.COMPACTED);
        var place = new TopicPartition(topic.name, 0);
        var left = new TreeSet<String>();
        try (var node = NodeProcess.start(directory, SETTINGS)) {
            Path folder = node.data().resolve(place.toString());
            try (var admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()))) {
                topic.create(admin);
            }
            for (int kill = 0; kill < kills; kill++) {
                topic.fill(node.bootstrap(), RECORDS);
                Load.await(() -> endings(folder).contains("cleaned"), LIMIT, "a cleaning to begin");
                pause(random.nextInt(UP_TO_MS));
                node.kill();
                left.addAll(endings(folder));
                node.start();
                assertThat(endings(folder)).as("what a half exchange has left, after the start").doesNotContain("swap");
                check(topic, place, node);
            }
            Load.await(() -> node.output().contains(place + ": cleaned up to offset"), LIMIT, "a cleaning to end");
            check(topic, place, node);
        }
        assertThat(left).as("endings of files that the kills have left").contains("cleaned");
        Ledger.note("kill-while-cleaning", kills, (long) kills * RECORDS, "the latest value of every key, files left: " + left);
    }

    private static void check(FilledTopic topic, TopicPartition place, NodeProcess node) {
        Facts facts = topic.lasting();
        var survivors = Survivors.of(node.bootstrap(), place, facts.acknowledgedEnd(0), PATIENCE);
        assertThat(survivors.refused()).isEmpty();
        facts.partly(0, survivors, Long.MAX_VALUE);
        assertThat(facts.violations()).isEmpty();
    }

    /// Of segment files that are on their way into the log or out of it.
    private static TreeSet<String> endings(Path folder) {
        var endings = new TreeSet<String>();
        try (var files = Files.list(folder)) {
            for (String name : files.map(file -> file.getFileName().toString()).toList())
                for (String ending : List.of("cleaned", "swap", "deleted")) if (name.endsWith("." + ending)) endings.add(ending);
            return endings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
