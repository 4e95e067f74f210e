package millrace.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static millrace.sim.disk.DiskContract.bytes;
import static millrace.sim.disk.DiskContract.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.LongStream;
import millrace.ports.Disk;
import millrace.ports.Disk.OpenMode;
import millrace.ports.DiskFile;
import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.FaultPlan;
import millrace.sim.Incarnation;
import millrace.sim.Node;
import millrace.sim.World;
import org.junit.jupiter.api.Test;

class SimDiskTest {
    private static final Path FILE = Path.of("/data/a");
    private static final Path FOLDER = Path.of("/data");

    @FunctionalInterface
    private interface Doing {
        void on(Disk disk) throws IOException;
    }

    /// Lets one machine do something and lose power, and reads its file; over many seeds.
    private static TreeSet<String> afterPowerLoss(Doing doing) {
        var seen = new TreeSet<String>();
        LongStream.range(0, 200).forEach(seed -> {
            try {
                Node node = World.of(seed).node("n");
                Disk before = node.start().disk();
                before.createDirectories(FOLDER);
                before.syncDirectory(Path.of("/"));
                doing.on(before);
                node.powerLoss();
                seen.add(content(node.start().disk(), FILE));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        return seen;
    }

    private static String content(Disk disk, Path path) throws IOException {
        if (!disk.exists(path)) return "<absent>";
        try (DiskFile file = disk.open(path, OpenMode.READ)) {
            return read(file, 0, 10_000);
        }
    }

    private static void put(Disk disk, Path path, String text, boolean sync) throws IOException {
        try (DiskFile file = disk.open(path, OpenMode.CREATE_READ_WRITE)) {
            file.write(bytes(text), 0);
            if (sync) file.sync();
        }
    }

    @Test void whatWasSyncedWithItsNameSurvivesAPowerLoss() {
        assertThat(afterPowerLoss(disk -> {
            put(disk, FILE, "kept", true);
            disk.syncDirectory(FOLDER);
        })).containsExactly("kept");
    }

    @Test void syncedBytesOfAnUnsyncedNameMayBeGone() {
        assertThat(afterPowerLoss(disk -> put(disk, FILE, "kept", true))).containsExactlyInAnyOrder("kept", "<absent>");
    }

    @Test void unsyncedBytesAreOldNewTornOrGarbage() {
        TreeSet<String> seen = afterPowerLoss(disk -> {
            put(disk, FILE, "old!", true);
            disk.syncDirectory(FOLDER);
            put(disk, FILE, "new?", false);
        });
        assertThat(seen).contains("old!", "new?", "ne" + "d!").hasSizeGreaterThan(4);
    }

    @Test void bytesBesideUnsyncedOnesInASectorAreSafe() {
        TreeSet<String> seen = afterPowerLoss(disk -> {
            put(disk, FILE, "synced-", true);
            disk.syncDirectory(FOLDER);
            try (DiskFile file = disk.open(FILE, OpenMode.READ_WRITE)) {
                file.write(bytes("tail"), 7);
            }
        });
        assertThat(seen).allMatch(text -> text.startsWith("synced-")).contains("synced-", "synced-tail").hasSizeGreaterThan(2);
    }

    @Test void bytesWrittenDuringASyncDoNotEndangerThoseThatItWrites() throws IOException {
        for (long seed = 0; seed < 100; seed++) {
            World world = World.of(seed);
            Node node = world.node("n");
            Incarnation process = node.start();
            DiskFile file = process.disk().open(Path.of("/a"), OpenMode.CREATE_READ_WRITE);
            file.write(bytes("first-"), 0);
            process.disk().syncDirectory(Path.of("/"));
            var synced = new boolean[1];
            process.workers().run("sync", () -> {
                try {
                    file.sync();
                    synced[0] = true;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            world.at(100_000, () -> {
                try {
                    file.write(bytes("second"), 6);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            world.run(1_000_000_000);
            assertThat(synced[0]).isTrue();
            node.powerLoss();
            assertThat(content(node.start().disk(), Path.of("/a"))).startsWith("first-");
        }
    }

    @Test void anUnsyncedCutIsDoneOrUndoneAsAWhole() {
        assertThat(afterPowerLoss(disk -> {
            put(disk, FILE, "abcdef", true);
            disk.syncDirectory(FOLDER);
            try (DiskFile file = disk.open(FILE, OpenMode.READ_WRITE)) {
                file.truncate(3);
            }
        })).containsExactlyInAnyOrder("abc", "abcdef");
    }

    @Test void anUnsyncedRenameIsDoneOrUndone() {
        assertThat(afterPowerLoss(disk -> {
            put(disk, FILE, "old", true);
            disk.syncDirectory(FOLDER);
            put(disk, Path.of("/data/tmp"), "new", true);
            disk.rename(Path.of("/data/tmp"), FILE);
        })).containsExactlyInAnyOrder("old", "new");
    }

    @Test void anUnsyncedDeletionMayBeUndone() {
        assertThat(afterPowerLoss(disk -> {
            put(disk, FILE, "there", true);
            disk.syncDirectory(FOLDER);
            disk.delete(FILE);
        })).containsExactlyInAnyOrder("there", "<absent>");
    }

    @Test void aProcessCrashKeepsThePageCache() throws IOException {
        Node node = World.of(1).node("n");
        Disk disk = node.start().disk();
        disk.createDirectories(FOLDER);
        put(disk, FILE, "never synced", false);
        node.crash();
        assertThat(content(node.start().disk(), FILE)).isEqualTo("never synced");
        assertThatThrownBy(() -> disk.exists(FILE)).hasMessageContaining("crashed");
    }

    @Test void aLockEndsWithItsProcess() throws IOException {
        Node node = World.of(1).node("n");
        node.start().disk().tryLock(Path.of("/lock"));
        node.crash();
        assertThat(node.start().disk().tryLock(Path.of("/lock"))).isNotNull();
    }

    @Test void aCrashMayComeInTheMiddleOfAWrite() {
        var seen = new TreeSet<String>();
        for (long seed = 0; seed < 50; seed++) {
            World world = World.of(seed);
            Node node = world.node("n");
            Incarnation process = node.start();
            process.loop("l").execute(() -> {
                try {
                    node.dieInsideDiskCall(2, false);
                    DiskFile file = process.disk().open(Path.of("/a"), OpenMode.CREATE_READ_WRITE);
                    file.write(bytes("abc"), 0);
                    throw new AssertionError("it should have died");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            world.run(1_000_000_000);
            assertThat(node.isUp()).isFalse();
            try {
                seen.add(content(node.start().disk(), Path.of("/a")));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(seen).containsExactlyInAnyOrder("", "a", "ab", "abc");
    }

    @Test void aFullDiskTakesWhatFitsAndRefusesTheRest() throws IOException {
        Node node = World.of(1).node("n");
        Disk disk = node.start().disk();
        DiskFile file = disk.open(Path.of("/a"), OpenMode.CREATE_READ_WRITE);
        node.platter().leaveFreeBytes(2);
        assertThatThrownBy(() -> file.write(bytes("abcd"), 0)).isInstanceOf(IOException.class).hasMessageContaining("No space left");
        assertThat(read(file, 0, 10)).isEqualTo("ab");
        file.write(bytes("xy"), 0);
        node.platter().grow();
        file.write(bytes("abcd"), 0);
        assertThat(read(file, 0, 10)).isEqualTo("abcd");
    }

    @Test void afterAFailedSyncTheNextOneSucceedsAndTheBytesAreLostAllTheSame() {
        var seen = new TreeSet<String>();
        for (long seed = 0; seed < 40; seed++) {
            World world = World.of(seed);
            FaultPlan plan = FaultPlan.always(Chance.of(seed), 1_000, Fault.SYNC_ERROR);
            world.faults(plan);
            Node node = world.node("n");
            Disk disk = node.start().disk();
            try {
                DiskFile file = disk.open(Path.of("/a"), OpenMode.CREATE_READ_WRITE);
                ByteBuffer sectors = ByteBuffer.allocate(512);
                java.util.Arrays.fill(sectors.array(), (byte) 'x');
                file.write(sectors, 0);
                boolean failed = false;
                for (int i = 0; i < 200 && !failed; i++) {
                    try {
                        file.sync();
                    } catch (IOException e) {
                        failed = true;
                    }
                    if (!failed) file.write(bytes("y"), 0);
                }
                plan.heal();
                file.sync();
                disk.syncDirectory(Path.of("/"));
                node.powerLoss();
                seen.add(content(node.start().disk(), Path.of("/a")).substring(0, 1));
            } catch (IOException ignored) {
                // The directory's sync failed instead: nothing to learn from this seed.
            }
        }
        assertThat(seen).hasSizeGreaterThan(1);
    }

    @Test void bitRotChangesOneBitAndIsOwnedUpTo() throws IOException {
        Node node = World.of(1).node("n");
        Disk disk = node.start().disk();
        put(disk, Path.of("/a"), "aaaa", true);
        assertThat(node.platter().rotOneBit()).isTrue();
        assertThat(node.platter().hasLied()).isTrue();
        assertThat(content(disk, Path.of("/a"))).isNotEqualTo("aaaa");
    }
}
