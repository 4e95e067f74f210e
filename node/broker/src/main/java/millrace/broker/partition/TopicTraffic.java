package millrace.broker.partition;

import java.util.concurrent.atomic.AtomicReferenceArray;
import millrace.metrics.RateMeter;
import millrace.ports.Clock;
import millrace.protocol.ErrorCode;
import millrace.storage.log.AppendResult;

/// What goes in and out of one topic, or of all: Kafka's `BrokerTopicMetrics`. Of a topic a meter exists once there was something to count.
public final class TopicTraffic {
    /// In Kafka's spelling, each with Kafka's word for what it counts.
    enum Kind {
        MESSAGES_IN("MessagesInPerSec", "messages"), BYTES_IN("BytesInPerSec", "bytes"), BYTES_OUT("BytesOutPerSec", "bytes"), BYTES_REJECTED("BytesRejectedPerSec", "bytes"),
        PRODUCES("TotalProduceRequestsPerSec", "requests"), FAILED_PRODUCES("FailedProduceRequestsPerSec", "requests"),
        FETCHES("TotalFetchRequestsPerSec", "requests"), FAILED_FETCHES("FailedFetchRequestsPerSec", "requests");

        final String kafkasName;
        private final String eventType;

        Kind(String kafkasName, String eventType) {
            this.kafkasName = kafkasName;
            this.eventType = eventType;
        }
    }

    private final Clock clock;
    private final TopicTraffic all;
    private final AtomicReferenceArray<RateMeter> meters = new AtomicReferenceArray<>(Kind.values().length);

    /// @param all of all topics, where everything is counted, too; null for that itself
    TopicTraffic(Clock clock, TopicTraffic all) {
        this.clock = clock;
        this.all = all;
        if (all == null) for (Kind each : Kind.values()) meter(each);
    }

    /// @param bytes as they came
    void appended(AppendResult result, int bytes) {
        mark(Kind.PRODUCES, 1);
        switch (result) {
            case AppendResult.Appended appended -> {
                mark(Kind.MESSAGES_IN, appended.lastOffset() - appended.firstOffset() + 1);
                mark(Kind.BYTES_IN, bytes);
            }
            case AppendResult.Duplicate _ -> { }
            case AppendResult.Refused(ErrorCode error, _, _) -> refused(error, bytes);
        }
    }

    /// Kafka counts a request as failed only where nothing more telling is counted, or the client is not just at the wrong door.
    private void refused(ErrorCode error, int bytes) {
        switch (error) {
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE                     -> mark(Kind.BYTES_REJECTED, bytes);
            case NOT_LEADER_OR_FOLLOWER, CORRUPT_MESSAGE, KAFKA_STORAGE_ERROR -> { }
            default                                                           -> mark(Kind.FAILED_PRODUCES, 1);
        }
    }

    public void fetched(ErrorCode error, long bytes) {
        mark(Kind.FETCHES, 1);
        if (bytes > 0) mark(Kind.BYTES_OUT, bytes);
        if (error == ErrorCode.CORRUPT_MESSAGE || error == ErrorCode.UNKNOWN_SERVER_ERROR) mark(Kind.FAILED_FETCHES, 1);
    }

    private void mark(Kind kind, long amount) {
        meter(kind).mark(amount);
        if (all != null) all.mark(kind, amount);
    }

    private RateMeter meter(Kind kind) {
        RateMeter meter = meters.get(kind.ordinal());
        if (meter != null) return meter;
        meters.compareAndSet(kind.ordinal(), null, new RateMeter(clock, kind.eventType));
        return meters.get(kind.ordinal());
    }

    /// @return null where nothing of the kind was counted
    RateMeter counted(Kind kind) {
        return meters.get(kind.ordinal());
    }

    void tick() {
        for (int i = 0; i < meters.length(); i++) {
            RateMeter meter = meters.get(i);
            if (meter != null) meter.tick();
        }
    }
}
