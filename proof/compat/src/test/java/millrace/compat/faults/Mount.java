package millrace.compat.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import millrace.compat.Peers;

/// A file system of its own for a node's log directory, so that it can be full, or lose its power. Needs the right to mount.
final class Mount implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path at;
    private final List<String> mount;

    private Mount(Path at, List<String> mount) {
        this.at = at;
        this.mount = mount;
    }

    /// In memory, with so much room. Skips the test where mounting is not permitted.
    static Mount tmpfs(Path at, int mebibytes) {
        return mounted(at, List.of("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "millrace-faults", at.toString()));
    }

    /// An ext4 file system in the file `image`. Skips the test where mounting is not permitted.
    static Mount ext4(Path image, Path at, int mebibytes) {
        Peers.require("mkfs.ext4", "apt-get install -y e2fsprogs");
        Peers.require("python3", "apt-get install -y python3");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) mebibytes << 20);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Peers.run(List.of("mkfs.ext4", "-q", image.toString()), "", LIMIT).succeeded();
        return mounted(at, List.of("mount", "-o", "loop", image.toString(), at.toString()));
    }

    private static Mount mounted(Path at, List<String> command) {
        try {
            Files.createDirectories(at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Peers.Result result = Peers.run(command, "", LIMIT);
        if (result.status() != 0) Peers.missing("this process may not mount a file system (run it as root): " + result.output().trim());
        return new Mount(at, command);
    }

    Path path() {
        return at;
    }

    /// What has not been synced is lost, and nothing works any more until [#again].
    void losePower() {
        Path script = Resources.extract("power_loss.py", at.resolveSibling("power_loss.py"));
        Peers.run(List.of("python3", script.toString(), at.toString()), "", LIMIT).succeeded();
    }

    /// Mounts it again after a power loss; ext4 replays its journal.
    void again() {
        unmount();
        Peers.run(mount, "", LIMIT).succeeded();
    }

    private void unmount() {
        Peers.run(List.of("umount", at.toString()), "", LIMIT).succeeded();
    }

    @Override public void close() {
        unmount();
    }
}
