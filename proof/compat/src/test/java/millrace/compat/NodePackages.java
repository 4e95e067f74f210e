package millrace.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// JavaScript clients and public data from the npm registry, installed once under `target/npm`.
final class NodePackages {
    private static final Path FOLDER = Peers.work().resolve("npm");

    private NodePackages() {}

    /// @return the folder with the scripts and their `node_modules`; skips the test loudly when npm is not there or cannot install
    static Path install() {
        Peers.require("node", "install Node.js 20 or newer");
        Peers.require("npm", "install npm");
        try {
            Files.createDirectories(FOLDER);
            try (Stream<Path> scripts = Files.list(Peers.work().resolve("test-classes/clients"))) {
                for (Path script : scripts.toList()) Files.copy(script, FOLDER.resolve(script.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!Files.isDirectory(FOLDER.resolve("node_modules/vega-datasets"))) {
                var installed = Peers.run(List.of("npm", "install", "--no-audit", "--no-fund", "--prefix", FOLDER.toString()), "", Duration.ofMinutes(5));
                if (installed.status() != 0) Peers.missing("npm could not install the JavaScript clients:\n" + installed.output());
            }
            return FOLDER;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
