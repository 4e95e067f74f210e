package millrace.broker.partition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.metadata.DirectoryId;
import millrace.metadata.PartitionRegistration;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.LogConfig;
import millrace.storage.log.PartitionLog;

/// All log directories of this broker. Each owns the fate of its logs; this class finds the right one, and chooses one for a new replica.
///
/// A directory that cannot be opened at start is left out and the node goes on with the rest. What may be in it is not made again
/// somewhere else: an empty log in the place of acknowledged records would be silent loss.
/// Sources: KIP-112 (JBOD), KIP-858 (directory ids), KIP-1066 (cordoned directories).
public final class LogDirectories {
    private static final int MOST_PREFERRED = 10_000;

    /// A log together with the directory that holds it.
    record Located(LogDirectory directory, PartitionLog log) {}

    /// A replica whose records may lie in a directory that is not online. The text says what to do.
    static final class InOfflineDirectory extends RuntimeException {
        InOfflineDirectory(String message) {
            super(message);
        }
    }

    private final List<LogDirectory> opened;
    private final SortedMap<Path, String> offlineAtStart;
    private volatile Supplier<Set<Path>> cordoned = Set::of;
    private final Map<TopicPartition, LogDirectory> preferred = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override protected boolean removeEldestEntry(Map.Entry<TopicPartition, LogDirectory> eldest) {
            return size() > MOST_PREFERRED;
        }
    });

    /// @param opened         in the order of `log.dirs`
    /// @param offlineAtStart the other directories of `log.dirs`, and why they could not be opened
    public LogDirectories(List<LogDirectory> opened, SortedMap<Path, String> offlineAtStart) {
        this.opened = List.copyOf(opened);
        this.offlineAtStart = new TreeMap<>(offlineAtStart);
    }

    public LogDirectories(List<LogDirectory> opened) {
        this(opened, new TreeMap<>());
    }

    /// @param paths of the directories that take no new replicas, asked each time
    public void cordonedAre(Supplier<Set<Path>> paths) {
        cordoned = paths;
    }

    /// Those that were opened at start, also when they have failed since, in the order of `log.dirs`.
    public List<LogDirectory> all() {
        return opened;
    }

    public List<LogDirectory> online() {
        return opened.stream().filter(directory -> directory.failure().isEmpty()).toList();
    }

    /// Directories that could not be opened at start, and why.
    public SortedMap<Path, String> offlineAtStart() {
        return offlineAtStart;
    }

    /// Every path of `log.dirs`, usable or not.
    public List<Path> paths() {
        var paths = new ArrayList<>(opened.stream().map(LogDirectory::path).toList());
        paths.addAll(offlineAtStart.keySet());
        return paths;
    }

    /// @return whether one of them is missing, since the start or by now
    boolean isAnyOffline() {
        return !offlineAtStart.isEmpty() || online().size() < opened.size();
    }

    public boolean isCordoned(LogDirectory directory) {
        return cordoned.get().contains(directory.path());
    }

    /// @return ids of the cordoned directories that are online
    public List<Uuid> cordonedIds() {
        return online().stream().filter(this::isCordoned).map(LogDirectories::id).toList();
    }

    /// @return one id for each directory that is online, in the order of `log.dirs`
    public List<Uuid> ids() {
        return online().stream().map(LogDirectories::id).toList();
    }

    static Uuid id(LogDirectory directory) {
        return directory.metaProperties().directoryId();
    }

    /// Finds the log of a replica. After a move between directories that was cut short it may be in two: then the one that the metadata names
    /// counts, else the one that reaches further. The other one is set aside, never deleted.
    /// @param wanted the replica's directory as the metadata has it
    Optional<Located> find(TopicPartition topicPartition, Uuid wanted) {
        List<Located> found = new ArrayList<>(1);
        for (LogDirectory directory : opened) {
            if (directory.failure().isEmpty()) directory.log(topicPartition).ifPresent(log -> found.add(new Located(directory, log)));
        }
        if (found.size() < 2) return found.stream().findFirst();
        Located chosen = found.stream().filter(each -> id(each.directory()).equals(wanted)).findFirst()
                .orElseGet(() -> found.stream().max(Comparator.comparingLong(each -> each.log().logEndOffset())).orElseThrow());
        for (Located each : found) if (each != chosen) each.directory().markStray(topicPartition);
        return Optional.of(chosen);
    }

    /// Creates the log of a replica that has none here.
    /// @throws InOfflineDirectory when the replica's records may be in a directory that is not online
    Located create(TopicPartition topicPartition, Uuid topicId, PartitionRegistration registration, int self, LogConfig config) {
        Uuid wanted = registration.directoryOf(self);
        LogDirectory chosen = online().stream().filter(directory -> id(directory).equals(wanted)).findFirst().orElse(null);
        if (chosen == null) {
            if (mayBeElsewhere(registration, self, wanted)) throw new InOfflineDirectory(topicPartition + " is in log directory " + wanted
                    + ", which is not online here: bring the directory back and restart the node, or delete the topic if its records are lost");
            LogDirectory asked = preferred.remove(topicPartition);
            chosen = asked != null && asked.failure().isEmpty() ? asked : emptiest();
        }
        return new Located(chosen, chosen.createLog(topicPartition, topicId, config));
    }

    /// A replica outside the ISR has nothing that the others lack, so it may begin anew. One of which the metadata knows no directory yet is
    /// new, unless it has been led before.
    private boolean mayBeElsewhere(PartitionRegistration registration, int self, Uuid wanted) {
        boolean unknown = wanted.isReserved() && !wanted.equals(DirectoryId.LOST);
        if (unknown && !(isAnyOffline() && registration.leaderEpoch() > 0)) return false;
        return registration.isr().contains(self);
    }

    /// Kafka's rule: where the fewest replicas are, the cordoned ones left out.
    private LogDirectory emptiest() {
        List<LogDirectory> candidates = online();
        if (candidates.isEmpty()) throw new InOfflineDirectory("no log directory is online");
        return candidates.stream().filter(directory -> !isCordoned(directory)).min(Comparator.comparingInt(LogDirectory::replicas)).orElse(candidates.getFirst());
    }

    /// Where a replica shall be created should this broker get one (AlterReplicaLogDirs before a reassignment).
    void prefer(TopicPartition replica, LogDirectory directory) {
        preferred.put(replica, directory);
    }

    /// @return the online directory with this path
    Optional<LogDirectory> at(Path path) {
        return online().stream().filter(directory -> directory.path().equals(path)).findFirst();
    }

    /// @return whether `log.dirs` names the path
    boolean knows(Path path) {
        return offlineAtStart.containsKey(path) || opened.stream().anyMatch(directory -> directory.path().equals(path));
    }
}
