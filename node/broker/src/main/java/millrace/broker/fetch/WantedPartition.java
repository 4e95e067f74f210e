package millrace.broker.fetch;

import millrace.broker.partition.TopicTraffic;
import millrace.broker.partition.Traffic;
import millrace.common.Uuid;
import millrace.protocol.message.FetchRequest.FetchPartition;

/// What a client wants of one partition, and (in a session) what it was told last.
final class WantedPartition {
    /// The name or the id is the client's way to say the topic, depending on the version; the other one is "" or zero.
    record Key(String topic, Uuid topicId, int partition) {}

    private static final long NEVER_TOLD = -2;

    private final Key key;
    private FetchPartition wanted;
    /// Null where this broker has not known the partition.
    private TopicTraffic traffic;
    private long toldHighWatermark = NEVER_TOLD;
    private long toldLogStartOffset = NEVER_TOLD;

    WantedPartition(Key key, FetchPartition wanted) {
        this.key = key;
        this.wanted = wanted;
    }

    Key key() {
        return key;
    }

    FetchPartition wanted() {
        return wanted;
    }

    /// It is here; from now on it is known where it is counted.
    void isOf(TopicTraffic topic) {
        traffic = topic;
    }

    TopicTraffic traffic(Traffic ofBroker) {
        return traffic == null ? ofBroker.all() : traffic;
    }

    void want(FetchPartition newest) {
        wanted = newest;
    }

    /// @return whether the client does not know these two yet; from now on it does
    boolean tell(long highWatermark, long logStartOffset) {
        boolean news = highWatermark != toldHighWatermark || logStartOffset != toldLogStartOffset;
        toldHighWatermark = highWatermark;
        toldLogStartOffset = logStartOffset;
        return news;
    }

    /// After an error the client must hear from this partition again, whatever happens.
    void forgetWhatWasTold() {
        toldHighWatermark = NEVER_TOLD;
        toldLogStartOffset = NEVER_TOLD;
    }
}
