package millrace.compat.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import millrace.compat.Peers;

/// Notes what a campaign has done, one line each: date, commit, campaign, cycles, acknowledged records, result.
final class Ledger {
    private Ledger() {}

    /// Does nothing unless `-Dfaults.ledger` names a file.
    static void note(String campaign, int cycles, long acknowledged, String result) {
        String file = System.getProperty("faults.ledger", "");
        if (file.isEmpty()) return;
        String commit = Peers.run(List.of("git", "-C", Peers.home().toString(), "rev-parse", "--short", "HEAD"), "", Duration.ofSeconds(10)).output().trim();
        String line = String.join("\t", LocalDate.now(ZoneOffset.UTC).toString(), commit, campaign, Integer.toString(cycles), Long.toString(acknowledged), result) + "\n";
        try {
            Files.writeString(Path.of(file), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
