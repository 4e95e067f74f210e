package millrace.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// The flights of the data set, keyed by their airport of origin, and what must be true of them wherever they have passed through.
final class Flights {
    private final Path lines;

    private Flights(Path lines) {
        this.lines = lines;
    }

    /// @param rows at most 3,000,000
    static Flights load(int rows) {
        Path scripts = NodePackages.install();
        Path lines = scripts.resolve("flights-" + rows + ".tsv");
        if (!Files.exists(lines)) {
            Path unfinished = scripts.resolve("flights-" + rows + ".part");
            Peers.run(List.of("node", scripts.resolve("flights-to-lines.mjs").toString(), Integer.toString(rows), unfinished.toString()), "", Duration.ofMinutes(3)).succeeded();
            try {
                Files.move(unfinished, lines);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Flights(lines);
    }

    /// One line a flight: key, tab, value.
    Path lines() {
        return lines;
    }

    void forEach(BiConsumer<String, String> keyAndValue) {
        try (var reader = Files.newBufferedReader(lines)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int tab = line.indexOf('\t');
                keyAndValue.accept(line.substring(0, tab), line.substring(tab + 1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Summary summary() {
        var summary = new Summary();
        forEach(summary::add);
        return summary;
    }

    /// How many, and for each key a checksum over its values in their order: equal summaries mean nothing lost, nothing twice,
    /// nothing changed, and every key in order.
    static final class Summary {
        private final Map<String, MessageDigest> digests = new TreeMap<>();
        private long count;

        void add(String key, String value) {
            MessageDigest digest = digests.computeIfAbsent(key, _ -> sha256());
            digest.update(value.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) '\n');
            count++;
        }

        long count() {
            return count;
        }

        /// @return checksum by key; ends this summary
        Map<String, String> checksums() {
            Map<String, String> checksums = new TreeMap<>();
            digests.forEach((key, digest) -> checksums.put(key, HexFormat.of().formatHex(digest.digest())));
            return checksums;
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
