package millrace.logtool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import millrace.ports.Disk;
import millrace.storage.directory.OfflineDirectory;
import millrace.storage.log.Finding;
import millrace.storage.log.LogFileWatch;
import millrace.storage.log.PartitionCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `log check`: everything that can be wrong with the files of a log directory, told with what to do about it.
@Command(name = "check", description = "Read files whole and tell what is wrong with them. Nothing is changed. Exit status 1 when something is.",
        footer = {"", "Examples:", "  millrace log check ./data", "  millrace log check ./data/orders-0"})
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR|FILE", arity = "1..*", description = "A log directory, a partition's folder, or a file in one.") List<Path> paths = new ArrayList<>();
    @Option(names = {"--verify-index-only", "--index-sanity-check"}, description = "Tell of indexes only.") boolean indexesOnly;
    @Option(names = "--json", description = "Write JSON, for programs: one object a line.") boolean json;
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.") boolean help;
    private final Disk disk;
    private final Console console;

    CheckCommand(Disk disk, Console console) {
        this.disk = disk;
        this.console = console;
    }

    @Override public Integer call() {
        try (var progress = new Progress(console)) {
            var watch = new Watch(progress);
            var troubles = new Troubles(console.out(), console.err());
            for (Path path : paths) check(path, watch, troubles);
            progress.clear();
            watch.tellSum();
            return watch.findings == 0 && troubles.none() ? 0 : 1;
        }
    }

    /// One path that cannot be read keeps no other from being checked.
    private void check(Path path, Watch watch, Troubles troubles) {
        try {
            Target target = Target.of(disk, path);
            OfflineDirectory home = target.home();
            if (home != null && home.isInUse()) console.err().println("Note: a node uses " + path + " right now; what it is writing may look torn here.");
            switch (target.kind()) {
                case LOG_DIRECTORY    -> home.check(watch);
                case PARTITION_FOLDER -> {
                    if (partition(target, watch).run(home != null && home.wasStoppedInOrder()) < 0)
                        throw new Unreadable(path + " is no log directory and no partition's folder: there is no segment in it");
                }
                case FILE             -> partition(target, watch).run(path);
            }
        } catch (IOException e) {
            troubles.add(Unreadable.of(path, e).getMessage());
        } catch (Unreadable told) {
            troubles.add(told.getMessage());
        }
    }

    private PartitionCheck partition(Target target, LogFileWatch watch) throws IOException {
        long generation = target.home() == null ? -1 : target.home().identityGeneration();
        return new PartitionCheck(disk, target.folder(), OfflineDirectory.partitionOf(target.namedFolder()), generation, watch);
    }

    private final class Watch implements LogFileWatch {
        private final Progress progress;
        private int findings;

        Watch(Progress progress) {
            this.progress = progress;
        }

        @Override public void found(Finding finding) {
            if (indexesOnly && !finding.file().toString().matches(".*\\.(index|timeindex|txnindex)")) return;
            findings++;
            progress.clear();
            if (json) tellJson(finding);
            else tellText(finding);
        }

        private void tellText(Finding finding) {
            String place = finding.position() == Finding.WHOLE_FILE ? "" : ", position " + finding.position();
            console.out().println(finding.file() + place + ": " + finding.wrong() + ".");
            console.out().println("  " + finding.advice() + ".");
        }

        private void tellJson(Finding finding) {
            Output out = Output.json(console.out());
            out.file(finding.file());
            out.row(new Row("finding").with("position", finding.position()).with("wrong", finding.wrong()).with("advice", finding.advice()));
        }

        @Override public void read(Path file, long bytes) {
            progress.read(file.toString(), bytes);
        }

        void tellSum() {
            if (!json) console.out().println(findings == 0 ? "Nothing wrong was found." : findings == 1 ? "1 thing is wrong." : findings + " things are wrong.");
            console.out().flush();
        }
    }
}
