package millrace.storage.log;

import java.nio.file.Path;
import millrace.common.TopicPartition;
import millrace.storage.identity.IdentityChain;

/// Something an operator may want to read, told to the log's [LogHost] where it happens. The log itself writes no log lines.
public sealed interface LogEvent {
    TopicPartition topicPartition();

    /// One line for people.
    String text();

    /// After an unclean stop the log ended in bytes that are no batch.
    record TornTailCut(TopicPartition topicPartition, Path file, long position, long bytes, String reason) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": cut " + bytes + " bytes from position " + position + " of " + file.getFileName() + ", left by an unclean stop: " + reason;
        }
    }

    /// The tail of a log has been read and checked after an unclean stop.
    record Recovered(TopicPartition topicPartition, long fromOffset, long logEndOffset, long bytes) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": recovered offsets " + fromOffset + " to " + logEndOffset + " after an unclean stop (" + bytes + " bytes read)";
        }
    }

    /// Bytes that were on the device are not what was written. They stay as they are, and whoever asks for these offsets is refused.
    ///
    /// @param position     where the first thing wrong was met
    /// @param fromPosition the stretch that is refused: up to 64 KiB, or one batch
    record DamageFound(TopicPartition topicPartition, Path file, int position, int fromPosition, int toPosition, long firstOffset, long lastOffset, String wrong) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": DAMAGED at position " + position + " of " + file + ": " + wrong + ". Offsets " + firstOffset + " to " + (lastOffset == IdentityChain.UNKNOWN_OFFSET ? "the segment's end" : lastOffset)
                    + " (positions " + fromPosition + " to " + toPosition + ") are refused with CORRUPT_MESSAGE, all others are served; nothing was cut."
                    + " Check the device; restore the file from a backup while the node is down, or delete the partition's folder to have it copied again from another replica";
        }
    }

    /// A file that can be made again from the log was missing or wrong, and was not used.
    record SideFileRejected(TopicPartition topicPartition, Path file, String reason) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": " + file.getFileName() + " is not usable and is made anew: " + reason;
        }
    }

    /// What `log-start-offset-checkpoint` says of the log cannot be: it is beyond the log's end, or beyond the first leader epoch. By it records would be
    /// deleted.
    record LogStartNotBelieved(TopicPartition topicPartition, long statedOffset, long logEndOffset, long logStartOffset) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": log-start-offset-checkpoint says that the log begins at offset " + statedOffset + ", which its leader epochs and its end (" + logEndOffset + ") do not bear out. It begins at "
                    + logStartOffset + " and nothing was deleted; records that had been deleted by request may be readable again. Check the device";
        }
    }

    /// An append was refused for want of space. Told once per shortage.
    record DiskFull(TopicPartition topicPartition, Path directory) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": no space left in " + directory + "; appends are refused until there is some again, no restart is needed";
        }
    }

    /// Segments left the log.
    record SegmentsDeleted(TopicPartition topicPartition, int segments, long bytes, long logStartOffset, String reason) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": deleted " + segments + " segments with " + bytes + " bytes (" + reason + "), log start offset is " + logStartOffset;
        }
    }

    /// Segments that are to be deleted stay for now: they alone tell what producers did last, and there is no room for a snapshot of it.
    record DeletionPutOff(TopicPartition topicPartition, int segments, long bytes, String reason) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": " + segments + " segments with " + bytes + " bytes are not deleted yet (" + reason + "): they alone tell what idempotent producers wrote last, and there is no"
                    + " space left to write it down elsewhere. They go with the next retention check that finds a little space; make some on this disk";
        }
    }

    /// The end of the log was taken back.
    record Truncated(TopicPartition topicPartition, long fromOffset, long toOffset) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": truncated from log end offset " + fromOffset + " to " + toOffset;
        }
    }

    /// A compaction has begun: how much there is to read.
    record CleaningStarted(TopicPartition topicPartition, long firstDirtyOffset, long firstUncleanableOffset, long cleanBytes, long dirtyBytes) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": cleaning offsets below " + firstUncleanableOffset + ", dirty from " + firstDirtyOffset + " on (" + dirtyBytes + " dirty bytes behind " + cleanBytes + " clean ones)";
        }
    }

    /// A compaction has ended.
    ///
    /// @param cleanedUpTo     the latest value of every key below is in the log once
    /// @param keyMapBytes memory that the key map took
    record Cleaned(TopicPartition topicPartition, long cleanedUpTo, long bytesRead, long bytesKept, long recordsRead, long recordsKept, long keys, long keyMapBytes, long tookMs) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": cleaned up to offset " + cleanedUpTo + " in " + tookMs + " ms: kept " + recordsKept + " of " + recordsRead + " records, " + bytesKept + " of " + bytesRead
                    + " bytes (" + keys + " keys in a map of " + keyMapBytes + " bytes)";
        }
    }

    /// A compaction has met bytes that it must not copy. The log goes on uncompacted.
    record Uncleanable(TopicPartition topicPartition, String reason) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": is not compacted any more until the node restarts: " + reason;
        }
    }

    /// There was no room for what a compaction would have left. It is tried again.
    record NoRoomToClean(TopicPartition topicPartition, String reason) implements LogEvent {
        @Override public String text() {
            return topicPartition + ": could not be compacted for now: " + reason;
        }
    }
}
