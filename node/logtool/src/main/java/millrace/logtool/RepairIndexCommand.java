package millrace.logtool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import millrace.ports.Disk;
import millrace.storage.directory.OfflineDirectory;
import millrace.storage.log.FileEntries;
import millrace.storage.log.Finding;
import millrace.storage.log.IndexRepair;
import millrace.storage.log.LogFileWatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `log repair-index`: offset and time indexes made anew where they are wrong or missing, while no node is there.
@Command(name = "repair-index", description = {"Make wrong or missing offset and time indexes anew from their segments.",
        "The log directory must not be in use, and the node that used it must have stopped in order: after a crash a start recovers by itself."},
        footer = {"", "Examples:", "  millrace log repair-index ./data", "  millrace log repair-index ./data/orders-0/00000000000000000000.log"})
final class RepairIndexCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR|FILE", arity = "1..*", description = "A log directory, a partition's folder, or a segment or index in one.") List<Path> paths = new ArrayList<>();
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.") boolean help;
    private final Disk disk;
    private final Console console;
    private int right;
    private int refused;

    RepairIndexCommand(Disk disk, Console console) {
        this.disk = disk;
        this.console = console;
    }

    @Override public Integer call() {
        var troubles = new Troubles(console.out(), console.err());
        try (var progress = new Progress(console)) {
            for (Path path : paths) repair(path, progress, troubles);
            progress.clear();
        }
        if (right > 0) console.out().println(right == 1 ? "1 segment has right indexes and was left as it is." : right + " segments have right indexes and were left as they are.");
        console.out().flush();
        return refused == 0 && troubles.none() ? 0 : 1;
    }

    /// One path that is refused keeps no other from being repaired.
    private void repair(Path path, Progress progress, Troubles troubles) {
        try {
            Target target = Target.of(disk, path);
            if (target.home() == null || !target.home().isFormatted())
                throw new Unreadable(path + " does not lie in a log directory with a meta.properties, so nobody can tell whether a node uses it: name a node's log directory, or something in one");
            try (var _ = locked(path, target.home())) {
                if (!target.home().wasStoppedInOrder())
                    throw new Unreadable("the node that used the log directory of " + path + " did not stop in order: start it once, it recovers and makes indexes anew by itself");
                for (Path log : segments(target)) repairSegment(log, progress);
            }
        } catch (IOException e) {
            troubles.add(Unreadable.of(path, e).getMessage());
        } catch (Unreadable told) {
            troubles.add(told.getMessage());
        } catch (RuntimeException broken) {
            throw broken;
        } catch (Exception e) {
            troubles.add("the lock of the log directory of " + path + " could not be given back: " + e);
        }
    }

    private static AutoCloseable locked(Path path, OfflineDirectory home) throws IOException {
        AutoCloseable lock = home.tryLock();
        if (lock == null) throw new Unreadable("a node uses the log directory of " + path + " (its .lock is held): stop the node first");
        return lock;
    }

    private List<Path> segments(Target target) throws IOException {
        return switch (target.kind()) {
            case FILE             -> List.of(segmentOf(target.path()));
            case PARTITION_FOLDER -> segmentsIn(target.path());
            case LOG_DIRECTORY    -> {
                var all = new ArrayList<Path>();
                for (Path folder : disk.list(target.path()))
                    if (disk.isDirectory(folder) && OfflineDirectory.partitionOf(folder) != null) all.addAll(segmentsIn(folder));
                yield all;
            }
        };
    }

    private Path segmentOf(Path file) {
        long base = FileEntries.baseOffset(file);
        String name = file.getFileName().toString();
        Path log = base < 0 ? null : file.resolveSibling(name.substring(0, name.indexOf('.')) + ".log");
        if (log == null || !disk.exists(log)) throw new Unreadable(file + " is no segment and no index of one that is there");
        return log;
    }

    private List<Path> segmentsIn(Path folder) throws IOException {
        return disk.list(folder).stream().filter(file -> file.toString().endsWith(".log") && FileEntries.baseOffset(file) >= 0).toList();
    }

    private void repairSegment(Path log, Progress progress) throws IOException {
        var watch = new LogFileWatch() {
            @Override public void found(Finding finding) {
                progress.clear();
                console.out().println(finding.file() + ": " + finding.wrong() + ".");
            }

            @Override public void read(Path file, long bytes) {
                progress.read(file.toString(), bytes);
            }
        };
        switch (new IndexRepair(disk, watch).repair(log)) {
            case IndexRepair.Outcome.Right() -> right++;
            case IndexRepair.Outcome.Repaired(List<Path> files, int offsets, int times) -> {
                progress.clear();
                for (Path file : files) console.out().println("  made anew: " + file + ", " + (file.toString().endsWith(".timeindex") ? times : offsets) + " entries.");
            }
            case IndexRepair.Outcome.Refused(Finding damage) -> {
                refused++;
                progress.clear();
                console.err().println("millrace: " + log + " is damaged at position " + damage.position() + " (" + damage.wrong() + "), so no index is made of it.");
                console.err().println("  " + damage.advice() + ".");
            }
        }
    }
}
