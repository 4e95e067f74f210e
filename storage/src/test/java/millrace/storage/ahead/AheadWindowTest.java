package millrace.storage.ahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import millrace.ports.Disk;
import millrace.storage.log.MemoryDisk;
import org.junit.jupiter.api.Test;

class AheadWindowTest {
    private static final Path FILE = Path.of("/data/f");
    private static final int WINDOW = 4 << 20;
    private final MemoryDisk disk = new MemoryDisk();

    private AheadWindow window(int fileBytes) throws IOException {
        var bytes = ByteBuffer.allocate(fileBytes);
        while (bytes.remaining() >= 4) bytes.putInt(bytes.position());
        disk.createDirectories(FILE.getParent());
        disk.put(FILE, bytes.array());
        return new AheadWindow(disk.open(FILE, Disk.OpenMode.READ));
    }

    private static void holds(AheadWindow window, int position, int bytes) throws IOException {
        ByteBuffer there = window.at(position, bytes);
        assertThat(there.remaining()).isEqualTo(bytes);
        assertThat(there.getInt(0)).isEqualTo(position);
        assertThat(there.getInt(bytes - 4)).isEqualTo(position + bytes - 4);
    }

    @Test void showsTheFileAtEveryPlace() throws IOException {
        AheadWindow window = window(2 * WINDOW + 40);
        holds(window, 0, 24);
        holds(window, WINDOW - 24, 24);
        holds(window, WINDOW - 8, 24);                                       // across the edge
        holds(window, 4096, 24);                                             // back again
        holds(window, 8, WINDOW);
        holds(window, 16, WINDOW + 400);                                     // more than a window
        holds(window, 2 * WINDOW + 16, 24);                                  // to the end
    }

    @Test void aFileThatHasBecomeShorterIsNoZeros() throws IOException {
        AheadWindow window = window(WINDOW);
        try (var cut = disk.open(FILE, Disk.OpenMode.READ_WRITE)) {
            cut.truncate(4096);
        }
        assertThatThrownBy(() -> window.at(4090, 24)).isInstanceOf(IOException.class).hasMessageContaining("ends at 4096");
    }

    @Test void takesNoMoreMemoryThanTheFileHas() throws IOException {
        holds(window(64), 40, 24);
        assertThat(window(64).fileBytes()).isEqualTo(64);
    }
}
