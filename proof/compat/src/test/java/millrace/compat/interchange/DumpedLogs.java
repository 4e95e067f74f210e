package millrace.compat.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import millrace.compat.Peers;

/// Apache's own DumpLogSegments over every file of a data directory that nobody has open.
final class DumpedLogs {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    /// An argument of a process has at most 128 KiB.
    private static final int FILES_AT_ONCE = 500;
    private static final String METADATA = "__cluster_metadata";
    /// How the tool says that something is wrong; it ends with status 0 all the same.
    private static final List<String> COMPLAINTS = List.of("Mismatches in", "Index offset mismatch", "Out of order", "Found timestamp mismatch", "isvalid: false",
            "Found invalid messages", "Exception", "orrupt", "Could not", "not found", "Error at");
    /// Not "-1 is followed by 16": that it says of each segment that does not begin at 0. Nor of what is compacted, where gaps are right.
    private static final Pattern GAP = Pattern.compile(" *\\d+ is followed by \\d+");
    private static final List<String> COMPACTED = List.of(Deeds.COMPACTED, Deeds.CONFIGURED, "__consumer_offsets", "__transaction_state", "__share_group_state");

    private DumpedLogs() {}

    static void findNothingWrong(Path data) {
        List<String> all = new ArrayList<>(List.of("org.apache.kafka.tools.DumpLogSegments"));
        add(all, "--deep-iteration", files(data, ".log", ".index", ".timeindex", ".txnindex", ".snapshot").stream().filter(file -> !isOf(METADATA, file)).toList());
        add(all, "--index-sanity-check", files(data, ".index"));
        add(all, "--offsets-decoder", logsOf("__consumer_offsets", data));
        add(all, "--transaction-log-decoder", logsOf("__transaction_state", data));
        add(all, "--share-group-state-decoder", logsOf("__share_group_state", data));
        add(all, "--cluster-metadata-decoder", files(data, ".log", ".checkpoint").stream().filter(file -> isOf(METADATA, file)).toList());
        var result = Peers.java("kafka-tools", "", LIMIT, "millrace.compat.client.ManyRuns", all.toArray(String[]::new)).succeeded();
        assertThat(complaints(result.output())).as("complaints of DumpLogSegments").isEmpty();
        assertThat(files(data, ".log").stream().filter(file -> !result.output().contains("Dumping " + file))).as("files that were not looked at").isEmpty();
    }

    private static void add(List<String> all, String option, List<String> files) {
        for (int from = 0; from < files.size(); from += FILES_AT_ONCE) {
            all.addAll(List.of("+", option, "--files", String.join(",", files.subList(from, Math.min(from + FILES_AT_ONCE, files.size())))));
        }
    }

    private static List<String> complaints(String output) {
        List<String> complaints = new ArrayList<>();
        String file = "";
        for (String line : output.lines().toList()) {
            if (line.startsWith("Dumping ") || line.startsWith("Non-consecutive offsets in ")) file = line;
            boolean gap = GAP.matcher(line).matches() && COMPACTED.stream().noneMatch(file::contains);
            if (gap || COMPLAINTS.stream().anyMatch(line::contains)) complaints.add(file + ": " + line);
        }
        return complaints;
    }

    private static boolean isOf(String topic, String file) {
        return Path.of(file).getParent().getFileName().toString().startsWith(topic);
    }

    private static List<String> logsOf(String topic, Path data) {
        return files(data, ".log").stream().filter(file -> isOf(topic, file)).toList();
    }

    private static List<String> files(Path data, String... endings) {
        try (Stream<Path> all = Files.walk(data)) {
            return all.filter(Files::isRegularFile).map(Path::toString).filter(file -> Stream.of(endings).anyMatch(file::endsWith)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
