package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `millrace log` through the launcher, over the files of a node that real clients have used: beside `kafka-dump-log.sh` 4.3.1 it says the same, line
/// by line.
class LogToolTest {
    @TempDir static Path directory;
    private static Path data;
    private static Peers.Result checkWhileInUse;
    private static Peers.Result repairWhileInUse;

    @BeforeAll static void useANodeAndStopIt() {
        try (var node = NodeProcess.start(directory, Map.of("log.index.interval.bytes", "200", "auto.create.topics.enable", "false"))) {
            data = node.data();
            Peers.java("kafka-clients-4.4", "", Duration.ofSeconds(90), "millrace.compat.client.Transactions", node.bootstrap(), "tx", "100").succeeded();
            Peers.millrace("", "topics", "create", "--topic", "codecs", "--partitions", "1", "--bootstrap-server", node.bootstrap()).succeeded();
            for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd"))
                Peers.millrace("a\tone\nb\ttwo\n", "produce", "--topic", "codecs", "--property", "parse.key=true", "--compression-codec", codec, "--bootstrap-server", node.bootstrap()).succeeded();
            Peers.millrace(("k\t" + "x".repeat(40) + "\n").repeat(300), "produce", "--topic", "codecs", "--property", "parse.key=true", "--batch-size", "400", "--bootstrap-server", node.bootstrap()).succeeded();
            checkWhileInUse = Peers.millrace("", "log", "check", data.toString());
            repairWhileInUse = Peers.millrace("", "log", "repair-index", data.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"--deep-iteration, codecs", "--print-data-log, tx-out", "--transaction-log-decoder, __transaction_state", "--offsets-decoder, __consumer_offsets",
            "--cluster-metadata-decoder, __cluster_metadata"})
    void bothToolsSayTheSame(String option, String topic) throws IOException {
        List<String> files = files(topic);
        assertThat(files).anyMatch(file -> file.endsWith(".log")).anyMatch(file -> file.endsWith("index"));
        List<String> theirs = theirs(option, String.join(",", files));
        assertThat(theirs).hasSizeGreaterThan(files.size());
        assertThat(ours(option, "--files", String.join(",", files))).containsExactlyElementsOf(theirs);
    }

    @Test void ofADamagedFileBothSayTheSame() throws IOException {
        Path copy = Files.createDirectories(directory.resolve("damaged")).resolve("00000000000000000000.log");
        byte[] log = Files.readAllBytes(data.resolve("codecs-0").resolve(copy.getFileName()));
        log[70] ^= 1;                                                // a record of the first batch
        log[log.length - 1] ^= 1;                                    // the last batch
        Files.write(copy, java.util.Arrays.copyOf(log, log.length + 10));
        List<String> theirs = theirs(copy.toString());
        assertThat(theirs).anyMatch(line -> line.endsWith("isvalid: false")).anyMatch(line -> line.startsWith("Found 10 invalid bytes"));
        assertThat(ours(copy.toString())).containsExactlyElementsOf(theirs);
        var check = Peers.millrace("", "log", "check", copy.toString());
        assertThat(check.status()).isEqualTo(1);
        assertThat(check.output()).contains(copy + ", position 0: ").contains("CRC").contains("things are wrong");
    }

    @Test void aNodesDirectoryIsRightAndStaysUntouchedWhileItIsInUse() {
        assertThat(checkWhileInUse.succeeded().output()).contains("a node uses").contains("Nothing wrong was found.");
        assertThat(repairWhileInUse.status()).isEqualTo(1);
        assertThat(repairWhileInUse.output()).contains("a node uses the log directory").contains("stop the node first");
        assertThat(Peers.millrace("", "log", "check", data.toString()).succeeded().output()).isEqualTo("Nothing wrong was found.\n");
    }

    @Test void aLostIndexIsMadeAnewAndAgreesWithApaches() throws IOException {
        Path index = data.resolve("codecs-0").resolve("00000000000000000000.index");
        Files.delete(index);
        assertThat(Peers.millrace("", "log", "repair-index", data.resolve("codecs-0").toString()).succeeded().output()).contains("made anew: " + index);
        assertThat(theirs("--verify-index-only", index.toString())).noneMatch(line -> line.contains("Mismatch"));
    }

    /// Segments that hold something and all that lies beside them.
    private static List<String> files(String topic) throws IOException {
        var files = new ArrayList<String>();
        try (Stream<Path> folders = Files.list(data)) {
            for (Path folder : folders.filter(it -> it.getFileName().toString().matches(topic + "-\\d+")).sorted().toList())
                if (Files.size(folder.resolve("00000000000000000000.log")) > 0) files.addAll(shownByBoth(folder));
        }
        return files;
    }

    private static List<String> shownByBoth(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::toString).filter(file -> file.matches(".*\\.(log|index|timeindex|txnindex|snapshot|checkpoint)")).sorted().toList();
        }
    }

    /// Without what a JDK 25 says of Kafka's way to unmap files.
    private static List<String> theirs(String... options) {
        var arguments = new ArrayList<>(List.of(options));
        arguments.add(arguments.size() - 1, "--files");
        return Peers.tool("DumpLogSegments", arguments.toArray(String[]::new)).succeeded().output().lines().filter(line -> !line.startsWith("WARNING: ")).toList();
    }

    private static List<String> ours(String... options) {
        var arguments = new ArrayList<>(List.of("log", "dump"));
        arguments.addAll(List.of(options));
        return Peers.millrace("", arguments.toArray(String[]::new)).succeeded().output().lines().toList();
    }
}
