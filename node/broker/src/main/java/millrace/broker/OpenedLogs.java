package millrace.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import millrace.metrics.Measured;
import millrace.storage.directory.LogDirectory;

/// What opening a node's log directories has come to: those that can be used, and why the others cannot.
///
/// @param directories in the order of `log.dirs`
/// @param meters      what happens in them, counted
public record OpenedLogs(List<LogDirectory> directories, SortedMap<Path, String> offline, Measured meters) {
    public OpenedLogs {
        directories = List.copyOf(directories);
        offline = new TreeMap<>(offline);
    }

    public Optional<LogDirectory> at(Path path) {
        return directories.stream().filter(directory -> directory.path().equals(path)).findFirst();
    }

    /// @return whether every one that could be used has failed since
    public boolean allFailed() {
        return directories.stream().allMatch(directory -> directory.failure().isPresent());
    }

    /// Lets go of all without promising anything: for a start that fails half way.
    public void close() {
        directories.forEach(LogDirectory::close);
    }
}
