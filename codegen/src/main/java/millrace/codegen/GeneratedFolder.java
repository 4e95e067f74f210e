package millrace.codegen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The folder of generated sources. A file is written only when its content changes (so the compiler sees only real changes),
/// and files that nothing generates any more are removed.
final class GeneratedFolder {
    private final Path root;
    private final Set<Path> kept = new LinkedHashSet<>();
    private int written;

    GeneratedFolder(Path root) {
        this.root = root;
    }

    void put(String packageName, String className, String source) {
        Path file = root.resolve(packageName.replace('.', '/')).resolve(className + ".java");
        if (!kept.add(file)) throw new SchemaException(file.toString(), "two schemas want to become this file");
        try {
            if (Files.exists(file) && Files.readString(file).equals(source)) return;
            Files.createDirectories(file.getParent());
            Files.writeString(file, source);
            written++;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + file, failed);
        }
    }

    void removeOthers() {
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> stale = files.filter(Files::isRegularFile).filter(file -> !kept.contains(file)).toList();
            for (Path file : stale) Files.delete(file);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot tidy " + root, failed);
        }
    }

    int files() {
        return kept.size();
    }

    int written() {
        return written;
    }
}
