package millrace.broker.partition;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.LogConfig;
import millrace.storage.log.PartitionLog;

/// All log directories of this broker. Each owns the fate of its logs; this class only finds the right one.
public final class LogDirectories {
    /// A log together with the directory that holds it.
    record Located(LogDirectory directory, PartitionLog log) {}

    private final List<LogDirectory> directories;

    public LogDirectories(List<LogDirectory> directories) {
        this.directories = List.copyOf(directories);
    }

    public List<LogDirectory> all() {
        return directories;
    }

    /// @return one id for each directory, in the order of `log.dirs`
    public List<Uuid> ids() {
        return directories.stream().map(directory -> directory.metaProperties().directoryId()).toList();
    }

    Optional<Located> find(TopicPartition topicPartition) {
        for (LogDirectory directory : directories) {
            Optional<PartitionLog> log = directory.log(topicPartition);
            if (log.isPresent()) return Optional.of(new Located(directory, log.get()));
        }
        return Optional.empty();
    }

    /// Creates the log where the metadata wants it, else in the directory with the fewest logs.
    /// @param wanted id of a directory, or one of the reserved ids that leave the choice to the broker
    Located create(TopicPartition topicPartition, Uuid topicId, Uuid wanted, LogConfig config) {
        LogDirectory chosen = directories.stream().filter(directory -> directory.metaProperties().directoryId().equals(wanted)).findFirst()
                .orElseGet(this::emptiest);
        return new Located(chosen, chosen.createLog(topicPartition, topicId, config));
    }

    private LogDirectory emptiest() {
        return directories.stream().filter(directory -> directory.failure().isEmpty()).min(Comparator.comparingInt(directory -> directory.logs().size()))
                .orElse(directories.getFirst());
    }
}
