package millrace.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import millrace.ports.Disk;
import millrace.ports.Disk.OpenMode;
import millrace.ports.DiskFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [Disk] keeps, the simulated one and the real one alike: code that was tried on one runs on the other.
abstract class DiskContract {
    private Disk disk;
    private Path home;

    /// @return a disk without faults
    abstract Disk disk();

    /// @return an existing, empty directory
    abstract Path home() throws IOException;

    @BeforeEach void open() throws IOException {
        disk = disk();
        home = home();
    }

    @Test void whatIsWrittenIsReadBackAtItsPosition() throws IOException {
        try (DiskFile file = disk.open(home.resolve("a"), OpenMode.CREATE_READ_WRITE)) {
            file.write(bytes("hello"), 0);
            file.write(new ByteBuffer[] {bytes(", "), bytes("world")}, 5);
            assertThat(read(file, 0, 100)).isEqualTo("hello, world");
            assertThat(read(file, 7, 3)).isEqualTo("wor");
            assertThat(file.size()).isEqualTo(12);
        }
    }

    @Test void readingAtTheEndFindsNothing() throws IOException {
        try (DiskFile file = disk.open(home.resolve("a"), OpenMode.CREATE_READ_WRITE)) {
            file.write(bytes("abc"), 0);
            assertThat(file.read(ByteBuffer.allocate(4), 3)).isLessThanOrEqualTo(0);
            assertThat(file.read(ByteBuffer.allocate(4), 2)).isEqualTo(1);
        }
    }

    @Test void aGapReadsAsZeros() throws IOException {
        try (DiskFile file = disk.open(home.resolve("a"), OpenMode.CREATE_READ_WRITE)) {
            file.write(bytes("x"), 3);
            assertThat(read(file, 0, 10)).isEqualTo("\0\0\0x");
        }
    }

    @Test void aWriteConsumesItsSource() throws IOException {
        try (DiskFile file = disk.open(home.resolve("a"), OpenMode.CREATE_READ_WRITE)) {
            ByteBuffer source = bytes("abc");
            file.write(source, 0);
            assertThat(source.hasRemaining()).isFalse();
            ByteBuffer[] sources = {bytes("d"), bytes("e")};
            file.write(sources, 3);
            assertThat(sources[0].hasRemaining()).isFalse();
            assertThat(sources[1].hasRemaining()).isFalse();
        }
    }

    @Test void whatWasCutComesBackAsZerosWhenTheFileGrowsAgain() throws IOException {
        try (DiskFile file = disk.open(home.resolve("a"), OpenMode.CREATE_READ_WRITE)) {
            file.write(bytes("abcdef"), 0);
            file.truncate(2);
            assertThat(file.size()).isEqualTo(2);
            file.write(bytes("z"), 4);
            assertThat(read(file, 0, 10)).isEqualTo("ab\0\0z");
        }
    }

    @Test void cuttingToALargerSizeDoesNothing() throws IOException {
        try (DiskFile file = disk.open(home.resolve("a"), OpenMode.CREATE_READ_WRITE)) {
            file.write(bytes("abc"), 0);
            file.truncate(10);
            assertThat(file.size()).isEqualTo(3);
        }
    }

    @Test void openModesSayWhatMustAndMustNotExist() throws IOException {
        Path path = home.resolve("a");
        assertThatThrownBy(() -> disk.open(path, OpenMode.READ)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.open(path, OpenMode.READ_WRITE)).isInstanceOf(NoSuchFileException.class);
        disk.open(path, OpenMode.CREATE_NEW_READ_WRITE).close();
        assertThatThrownBy(() -> disk.open(path, OpenMode.CREATE_NEW_READ_WRITE)).isInstanceOf(FileAlreadyExistsException.class);
        disk.open(path, OpenMode.READ).close();
        disk.open(path, OpenMode.CREATE_READ_WRITE).close();
        assertThatThrownBy(() -> disk.open(home.resolve("none/b"), OpenMode.CREATE_READ_WRITE)).isInstanceOf(NoSuchFileException.class);
    }

    @Test void aFileStaysReadableWhileSomebodyHoldsIt() throws IOException {
        Path path = home.resolve("a");
        DiskFile file = disk.open(path, OpenMode.CREATE_READ_WRITE);
        file.write(bytes("abc"), 0);
        assertThat(file.retain()).isTrue();
        file.close();
        file.close();
        assertThat(disk.delete(path)).isTrue();
        assertThat(read(file, 0, 3)).isEqualTo("abc");
        file.release();
        assertThat(file.retain()).isFalse();
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class);
    }

    @Test void aFileKeepsItsBytesWhenItIsRenamedWhileOpen() throws IOException {
        DiskFile file = disk.open(home.resolve("a"), OpenMode.CREATE_READ_WRITE);
        file.write(bytes("abc"), 0);
        disk.rename(home.resolve("a"), home.resolve("b"));
        file.write(bytes("d"), 3);
        file.close();
        assertThat(disk.size(home.resolve("b"))).isEqualTo(4);
        assertThat(disk.exists(home.resolve("a"))).isFalse();
    }

    @Test void renamingReplacesAFile() throws IOException {
        put("a", "new");
        put("b", "older");
        disk.rename(home.resolve("a"), home.resolve("b"));
        assertThat(disk.size(home.resolve("b"))).isEqualTo(3);
        assertThat(disk.list(home)).containsExactly(home.resolve("b"));
    }

    @Test void renamingADirectoryTakesItsFilesAlong() throws IOException {
        disk.createDirectories(home.resolve("d"));
        put("d/x", "1");
        disk.rename(home.resolve("d"), home.resolve("e"));
        assertThat(disk.size(home.resolve("e/x"))).isEqualTo(1);
        assertThat(disk.exists(home.resolve("d"))).isFalse();
        assertThatThrownBy(() -> disk.rename(home.resolve("none"), home.resolve("f"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test void directoriesAreListedByName() throws IOException {
        put("b", "");
        put("a", "");
        disk.createDirectories(home.resolve("c/d"));
        assertThat(disk.list(home)).containsExactly(home.resolve("a"), home.resolve("b"), home.resolve("c"));
        assertThat(disk.isDirectory(home.resolve("c/d"))).isTrue();
        assertThat(disk.isDirectory(home.resolve("a"))).isFalse();
        disk.createDirectories(home.resolve("c/d"));
        assertThatThrownBy(() -> disk.list(home.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test void deletingTellsWhetherThereWasSomething() throws IOException {
        put("a", "1");
        disk.createDirectories(home.resolve("d"));
        put("d/x", "1");
        assertThat(disk.delete(home.resolve("a"))).isTrue();
        assertThat(disk.delete(home.resolve("a"))).isFalse();
        assertThatThrownBy(() -> disk.delete(home.resolve("d"))).isInstanceOf(DirectoryNotEmptyException.class);
        disk.delete(home.resolve("d/x"));
        assertThat(disk.delete(home.resolve("d"))).isTrue();
    }

    @Test void sizesOfWhatIsNotThereAreRefused() {
        assertThatThrownBy(() -> disk.size(home.resolve("none"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.lastModifiedMs(home.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test void aLockIsExclusiveUntilItIsGivenBack() throws Exception {
        AutoCloseable lock = disk.tryLock(home.resolve(".lock"));
        assertThat(lock).isNotNull();
        assertThat(disk.tryLock(home.resolve(".lock"))).isNull();
        lock.close();
        try (AutoCloseable again = disk.tryLock(home.resolve(".lock"))) {
            assertThat(again).isNotNull();
        }
    }

    @Test void aFileWrittenThroughHoldsItsBlocks() throws IOException {
        Path path = home.resolve("blocks");
        try (DiskFile file = disk.createWriteThrough(path)) {
            ByteBuffer blocks = Disk.blocks(3 * Disk.BLOCK_BYTES);
            while (blocks.hasRemaining()) blocks.put((byte) 'x');
            file.write(blocks.flip(), Disk.BLOCK_BYTES);
            assertThat(blocks.hasRemaining()).isFalse();
            blocks.clear().limit(Disk.BLOCK_BYTES).put(0, (byte) 'y');
            file.write(blocks, 2L * Disk.BLOCK_BYTES);
            file.truncate(3L * Disk.BLOCK_BYTES);
            assertThat(file.size()).isEqualTo(3L * Disk.BLOCK_BYTES);
        }
        try (DiskFile file = disk.open(path, OpenMode.READ)) {
            assertThat(read(file, Disk.BLOCK_BYTES - 1, 2)).isEqualTo("\0x");
            assertThat(read(file, 2L * Disk.BLOCK_BYTES - 1, 100_000)).hasSize(Disk.BLOCK_BYTES + 1).startsWith("xyx");
        }
        assertThatThrownBy(() -> disk.createWriteThrough(path)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test void bytesWrittenBackAreReadAsEver() throws IOException {
        try (DiskFile file = disk.open(home.resolve("a"), OpenMode.CREATE_READ_WRITE)) {
            file.write(bytes("written back"), 0);
            file.writeBack(0, 7);
            file.writeBack(8, 1_000_000);
            disk.rename(home.resolve("a"), home.resolve("b"));
            file.writeBack(0, 12);
            file.sync();
            assertThat(read(file, 0, 100)).isEqualTo("written back");
        }
    }

    @Test void syncsSucceedAndChangeNothingThatIsSeen() throws IOException {
        put("a", "abc");
        try (DiskFile file = disk.open(home.resolve("a"), OpenMode.READ_WRITE)) {
            file.sync();
            disk.syncDirectory(home);
            assertThat(read(file, 0, 3)).isEqualTo("abc");
        }
        assertThat(disk.usableBytes(home)).isPositive().isLessThanOrEqualTo(disk.totalBytes(home));
    }

    private void put(String name, String text) throws IOException {
        try (DiskFile file = disk.open(home.resolve(name), OpenMode.CREATE_READ_WRITE)) {
            if (!text.isEmpty()) file.write(bytes(text), 0);
        }
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String read(DiskFile file, long position, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        file.read(target, position);
        return new String(target.array(), 0, target.position(), StandardCharsets.UTF_8);
    }
}
