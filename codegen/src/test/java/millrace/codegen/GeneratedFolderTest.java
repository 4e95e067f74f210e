package millrace.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedFolderTest {
    @TempDir Path root;

    @Test void aFileIsTouchedOnlyWhenItsContentChanges() throws IOException {
        new GeneratedFolder(root).put("a.b", "C", "one");
        Path file = root.resolve("a/b/C.java");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
        var again = new GeneratedFolder(root);
        again.put("a.b", "C", "one");
        assertThat(Files.getLastModifiedTime(file).toMillis()).isEqualTo(1_000);
        assertThat(again.written()).isZero();
        new GeneratedFolder(root).put("a.b", "C", "two");
        assertThat(file).hasContent("two");
    }

    @Test void whatNothingGeneratesAnyMoreIsRemoved() {
        new GeneratedFolder(root).put("a", "Old", "old");
        var next = new GeneratedFolder(root);
        next.put("a", "New", "new");
        next.removeOthers();
        assertThat(root.resolve("a")).isDirectoryContaining("glob:**/New.java").isDirectoryNotContaining("glob:**/Old.java");
    }

    @Test void twoSchemasOfOneNameAreRefused() {
        var folder = new GeneratedFolder(root);
        folder.put("a", "C", "one");
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> folder.put("a", "C", "two")).withMessageContaining("two schemas");
    }
}
