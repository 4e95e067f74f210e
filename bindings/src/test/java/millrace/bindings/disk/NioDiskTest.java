package millrace.bindings.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import millrace.ports.Disk.OpenMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NioDiskTest {
    @TempDir Path folder;
    private final NioDisk disk = new NioDisk();

    @Test void whatWasWrittenAtAPositionIsReadThere() throws IOException {
        try (var file = disk.open(folder.resolve("a"), OpenMode.CREATE_NEW_READ_WRITE)) {
            file.write(bytes("world"), 6);
            file.write(new ByteBuffer[] {bytes("hel"), bytes("lo ")}, 0);
            file.sync();
            assertThat(read(file, 0, 20)).isEqualTo("hello world");
            assertThat(file.size()).isEqualTo(11);
        }
    }

    @Test void aReadPastTheEndIsShortOrNothing() throws IOException {
        try (var file = disk.open(folder.resolve("a"), OpenMode.CREATE_READ_WRITE)) {
            file.write(bytes("abc"), 0);
            assertThat(file.read(ByteBuffer.allocate(8), 1)).isEqualTo(2);
            assertThat(file.read(ByteBuffer.allocate(8), 3)).isLessThanOrEqualTo(0);
        }
    }

    @Test void theModesTellWhetherAFileMayOrMustBeThere() throws IOException {
        Path absent = folder.resolve("absent");
        assertThatThrownBy(() -> disk.open(absent, OpenMode.READ)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.open(absent, OpenMode.READ_WRITE)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.size(absent)).isInstanceOf(NoSuchFileException.class);
        disk.open(absent, OpenMode.CREATE_NEW_READ_WRITE).close();
        assertThatThrownBy(() -> disk.open(absent, OpenMode.CREATE_NEW_READ_WRITE)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @ParameterizedTest @ValueSource(ints = {0, 1, 511, 512, 513, 100_000})
    void aFileIsReadWholeHoweverLongItIs(int size) throws IOException {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) content[i] = (byte) (i * 31);
        Files.write(folder.resolve("a"), content);
        ByteBuffer read = disk.readWhole(folder.resolve("a"), 200_000);
        byte[] bytes = new byte[read.remaining()];
        read.get(bytes);
        assertThat(bytes).isEqualTo(content);
    }

    @Test void aFileThatCannotBeReadWholeIsNamed() throws IOException {
        Files.write(folder.resolve("a"), new byte[2_000]);
        assertThatThrownBy(() -> disk.readWhole(folder.resolve("a"), 1_999)).isInstanceOf(IOException.class).hasMessageContaining("2000 bytes");
        assertThatThrownBy(() -> disk.readWhole(folder.resolve("absent"), 100)).isInstanceOf(NoSuchFileException.class).hasMessageContaining("absent");
        assertThatThrownBy(() -> disk.readWhole(folder, 1_000_000)).isInstanceOf(IOException.class);
    }

    @Test void aFolderIsListedByName() throws IOException {
        for (String name : List.of("b", "a", "c")) Files.createFile(folder.resolve(name));
        assertThat(disk.list(folder)).containsExactly(folder.resolve("a"), folder.resolve("b"), folder.resolve("c"));
        assertThatThrownBy(() -> disk.list(folder.resolve("absent"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.list(folder.resolve("a"))).isInstanceOf(NotDirectoryException.class);
    }

    @Test void aRegionOnItsWayKeepsTheFileReadableAfterItsOwnerClosedAndDeletedIt() throws IOException {
        Path path = folder.resolve("a");
        var file = disk.open(path, OpenMode.CREATE_READ_WRITE);
        file.write(bytes("still here"), 0);
        assertThat(file.retain()).isTrue();
        file.close();
        file.close();
        disk.delete(path);
        assertThat(read(file, 0, 10)).isEqualTo("still here");
        file.release();
        assertThat(file.retain()).isFalse();
        assertThatThrownBy(() -> read(file, 0, 10)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(file::release).isInstanceOf(IllegalStateException.class);
    }

    @Test void aRenameReplacesAndAFolderIsListedByName() throws IOException {
        disk.createDirectories(folder.resolve("d/e"));
        Path directory = folder.resolve("d");
        for (String name : new String[] {"b", "a", "c"}) disk.open(directory.resolve(name), OpenMode.CREATE_READ_WRITE).close();
        disk.rename(directory.resolve("a"), directory.resolve("b"));
        disk.syncDirectory(directory);
        assertThat(disk.list(directory)).containsExactly(directory.resolve("b"), directory.resolve("c"), directory.resolve("e"));
        assertThat(disk.isDirectory(directory.resolve("e"))).isTrue();
        assertThat(disk.delete(directory.resolve("c"))).isTrue();
        assertThat(disk.delete(directory.resolve("c"))).isFalse();
    }

    @Test void aLockIsGivenOnceUntilItIsClosed() throws Exception {
        Path lock = folder.resolve(".lock");
        AutoCloseable first = disk.tryLock(lock);
        assertThat(first).isNotNull();
        assertThat(disk.tryLock(lock)).isNull();
        first.close();
        try (AutoCloseable again = disk.tryLock(lock)) {
            assertThat(again).isNotNull();
        }
    }

    @Test void theFileSystemTellsItsSpace() throws IOException {
        assertThat(disk.totalBytes(folder)).isGreaterThan(0);
        assertThat(disk.usableBytes(folder)).isBetween(0L, disk.totalBytes(folder));
    }

    @Test @EnabledOnOs(OS.LINUX) void roomIsReservedBehindTheEndOfAFileAndGivenBack() throws Exception {
        Path file = folder.resolve("segment");
        try (var out = disk.open(file, OpenMode.CREATE_READ_WRITE)) {
            out.write(bytes("begun"), 0);
            disk.allocate(file, 1 << 20);
            assertThat(disk.size(file)).isEqualTo(5);
            assumeThat(allocatedBytes(file)).as("this file system reserves nothing").isGreaterThan(64 << 10);
            assertThat(allocatedBytes(file)).isGreaterThanOrEqualTo(1 << 20);
            disk.trim(file);
            assertThat(allocatedBytes(file)).isLessThanOrEqualTo(64 << 10);
            assertThat(read(out, 0, 5)).isEqualTo("begun");
            disk.allocate(file, Long.MAX_VALUE / 2);
            assertThat(allocatedBytes(file)).as("more than there is").isLessThanOrEqualTo(64 << 10);
        }
    }

    private static long allocatedBytes(Path file) throws IOException {
        try (var blocks = new ProcessBuilder("stat", "-c", "%b", file.toString()).start().inputReader()) {
            return 512 * Long.parseLong(blocks.readLine());
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static String read(millrace.ports.DiskFile file, long position, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        file.read(target, position);
        return UTF_8.decode(target.flip()).toString();
    }
}
