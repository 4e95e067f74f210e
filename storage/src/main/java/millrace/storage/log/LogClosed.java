package millrace.storage.log;

import millrace.common.TopicPartition;

/// The log was closed or deleted while somebody still had it in hand; the node knows by now where the partition is.
public final class LogClosed extends RuntimeException {
    public LogClosed(TopicPartition topicPartition) {
        super("the log of " + topicPartition + " is closed here; ask the metadata for the partition's leader", null, false, false);
    }
}
