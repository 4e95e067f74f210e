package millrace.storage.log;

import millrace.common.TopicPartition;

/// A segment has left the log while it was being cleaned (retention, truncation, deletion): the compaction ends without a result.
public final class SegmentChanged extends RuntimeException {
    SegmentChanged(TopicPartition topicPartition) {
        super("segments of " + topicPartition + " have left the log while they were being cleaned", null, false, false);
    }
}
