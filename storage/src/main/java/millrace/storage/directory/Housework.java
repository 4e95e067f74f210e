package millrace.storage.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.function.Consumer;
import millrace.common.TopicPartition;
import millrace.storage.log.CorruptSegment;
import millrace.storage.log.LogClosed;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.PartitionLog;

/// What has to be done to the logs of a directory now and then: old segments go, files whose delay has passed go, cold segments are read through.
///
/// Invariant: one log that is damaged or gone keeps no other from its turn; a failing device ends the walk. One tick of a kind at a time.
final class Housework {
    private final Path directory;
    private final LogDirSettings.Listener listener;
    private final DirectoryFailure failure;
    private final DelayedDeletions deletions;
    private final ConcurrentNavigableMap<TopicPartition, PartitionLog> logs;
    private final Scrubber scrubber;

    Housework(Path directory, LogDirSettings.Listener listener, DirectoryFailure failure, DelayedDeletions deletions, ConcurrentNavigableMap<TopicPartition, PartitionLog> logs) {
        this.directory = directory;
        this.listener = listener;
        this.failure = failure;
        this.deletions = deletions;
        this.logs = logs;
        this.scrubber = new Scrubber(logs);
    }

    /// @param timestampMs that may be deleted by
    void retention(long timestampMs) {
        onEach(log -> log.retention(timestampMs));
    }

    /// @param timestampMs that producer ids may be forgotten by
    void expireProducers(long timestampMs) {
        onEach(log -> log.expireProducers(timestampMs));
    }

    private void onEach(Consumer<PartitionLog> chore) {
        for (PartitionLog log : logs.values()) {
            try {
                failure.throwIt();
                chore.accept(log);
            } catch (CorruptSegment found) {
                listener.onDamaged(log.topicPartition(), found.getMessage());
            } catch (LogClosed meanwhile) {
                // Deleted since the walk began: nothing to be done.
            } catch (LogDirFailure e) {
                throw failure.met(e);
            }
        }
    }

    void delete(long nowMs) {
        for (Path due = deletions.takeDue(nowMs); due != null; due = deletions.takeDue(nowMs)) {
            try {
                deletions.delete(due);
            } catch (IOException e) {
                throw failure.met(new LogDirFailure(directory, due, "delete", e));
            }
        }
    }

    void scrub(long nowMs, long bytesPerSecond, long intervalMs) {
        try {
            long read = scrubber.tick(nowMs, bytesPerSecond, intervalMs);
            if (read > 0) listener.onScrubbed(read);
        } catch (LogDirFailure e) {
            throw failure.met(e);
        }
    }
}
