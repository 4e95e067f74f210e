package millrace.storage.directory;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.ports.Workers;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.PartitionLog;
import millrace.storage.sync.SyncOwner;

/// One log directory. (Signatures first; bodies in the next commits.)
public final class LogDirectory implements AutoCloseable {
    private LogDirectory() {}

    private static <T> T later() { throw new UnsupportedOperationException("signatures only"); }

    /// Blocking: locks, checks or writes meta.properties, loads every partition folder (not `__cluster_metadata-0`, which is the quorum's).
    /// @throws IllegalStateException locked by another process, or belongs to another cluster or node; the text says what to do
    /// @throws LogDirFailure the device failed
    public static LogDirectory open(Disk disk, Path directory, Clock clock, Workers workers, LogDirSettings settings) { return later(); }

    public Path path() { return later(); }
    public MetaProperties metaProperties() { return later(); }
    /// Broker epoch of the clean stop before this start; empty after an unclean one.
    public OptionalLong previousBrokerEpoch() { return later(); }
    public Optional<PartitionLog> log(TopicPartition topicPartition) { return later(); }
    /// In order of topic and partition.
    public List<PartitionLog> logs() { return later(); }
    /// Folders that exist but were not opened because of damage: why.
    public Map<TopicPartition, String> damaged() { return later(); }
    /// Creates the folder and opens the empty log; the existing one when there already is one with this topic id. Does not sync (the first flush does).
    public PartitionLog createLog(TopicPartition topicPartition, Uuid topicId, LogConfig config) { return later(); }
    /// Renames to `-delete` at once; files go after file.delete.delay.ms. False when there is none.
    public boolean deleteLog(TopicPartition topicPartition) { return later(); }
    /// Sets a log aside as `-stray`: the metadata knows no such replica here.
    public boolean markStray(TopicPartition topicPartition) { return later(); }
    public List<Path> strays() { return later(); }
    public SyncOwner syncOwner() { return later(); }
    public Optional<LogDirFailure> failure() { return later(); }

    /// Retention and producer id expiry of every log, delayed file deletions. Blocking. `timestampMs` is the wall clock's.
    public void retentionTick(long nowMs, long timestampMs) { later(); }
    /// Writes the recovery point, log start offset and high watermark checkpoints where something moved. Blocking.
    public void checkpointTick() { later(); }
    /// Asks the sync owner for every log that has been dirty for its flush.ms, or `maxDirtyMs` at most.
    public void flushTick(long nowMs, long maxDirtyMs) { later(); }
    /// Flushes and closes everything, checkpoints, writes the clean shutdown marker last, unlocks. Blocking.
    public void closeCleanly(long brokerEpoch) { later(); }
    /// Lets go of files and lock without promising anything: the next start recovers.
    @Override public void close() { later(); }
}
