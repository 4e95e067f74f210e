package millrace.broker.fetch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchRequest.FetchPartition;
import millrace.protocol.message.FetchRequest.FetchTopic;
import millrace.protocol.message.FetchRequest.ForgottenTopic;

/// The broker's memory of one client's fetches. A well-behaved client uses it from one connection, but nothing makes it: so what
/// changes the list of partitions is synchronized (short, and never around anything that blocks).
final class FetchSession {
    private final int id;
    private final boolean usesTopicIds;
    private final SequencedMap<WantedPartition.Key, WantedPartition> partitions = new LinkedHashMap<>();
    private int nextEpoch = 1;
    private long lastUsedMs;

    FetchSession(int id, boolean usesTopicIds, long nowMs) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
        this.lastUsedMs = nowMs;
    }

    int id() {
        return id;
    }

    boolean usesTopicIds() {
        return usesTopicIds;
    }

    int nextEpoch() {
        return nextEpoch;
    }

    int size() {
        return partitions.size();
    }

    long lastUsedMs() {
        return lastUsedMs;
    }

    /// Counts a request. After 2^31-1 comes 1: 0 means "a new session".
    void used(long nowMs) {
        lastUsedMs = nowMs;
        nextEpoch = nextEpoch == Integer.MAX_VALUE ? 1 : nextEpoch + 1;
    }

    synchronized void remember(FetchRequest request) {
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) partitions.remove(new WantedPartition.Key(topic.topic(), topic.topicId(), partition));
        }
        for (WantedPartition newest : wantedBy(request)) {
            WantedPartition known = partitions.putIfAbsent(newest.key(), newest);
            if (known != null) known.want(newest.wanted());
        }
    }

    synchronized List<WantedPartition> wanted() {
        return new ArrayList<>(partitions.values());
    }

    /// A partition that has just filled a response goes to the end of the line, so that one busy partition cannot starve the others.
    synchronized void moveToEnd(WantedPartition served) {
        if (partitions.remove(served.key()) != null) partitions.putLast(served.key(), served);
    }

    /// @return what the request itself names, in its order; the last one counts where a partition stands twice
    static List<WantedPartition> wantedBy(FetchRequest request) {
        SequencedMap<WantedPartition.Key, WantedPartition> wanted = new LinkedHashMap<>();
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                var key = new WantedPartition.Key(topic.topic(), topic.topicId(), partition.partition());
                wanted.put(key, new WantedPartition(key, partition));
            }
        }
        return new ArrayList<>(wanted.values());
    }
}
