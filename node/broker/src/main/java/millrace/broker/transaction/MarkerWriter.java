package millrace.broker.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import millrace.broker.partition.Partition;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.partition.Partitions.Following;
import millrace.broker.partition.Partitions.Leading;
import millrace.coordination.GroupCoordinators;
import millrace.coordination.OffsetsTopic;
import millrace.ports.Clock;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.WriteTxnMarkersRequest;
import millrace.protocol.message.WriteTxnMarkersRequest.WritableTxnMarker;
import millrace.protocol.message.WriteTxnMarkersRequest.WritableTxnMarkerTopic;
import millrace.protocol.message.WriteTxnMarkersResponse;
import millrace.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult;
import millrace.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerResult;
import millrace.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerTopicResult;
import millrace.record.ControlRecords;
import millrace.storage.log.AppendResult.Appended;
import millrace.storage.log.AppendResult.Duplicate;
import millrace.storage.log.AppendResult.Refused;
import millrace.storage.log.LogDirFailure;
import millrace.wire.Condition;
import millrace.wire.Pending;

/// Writes transaction markers into the partitions that this broker leads, and says when they are committed.
///
/// A marker in `__consumer_offsets` is the group coordinator's to write: it has counted, or dropped, the offsets of the transaction by the time
/// this is answered, so that nobody who is told that the transaction is complete finds the old ones (KAFKA-17507).
public final class MarkerWriter {
    private final Partitions partitions;
    private final GroupCoordinators groups;
    private final Clock clock;

    public MarkerWriter(Partitions partitions, GroupCoordinators groups, Clock clock) {
        this.partitions = partitions;
        this.groups = groups;
        this.clock = clock;
    }

    /// One marker in one partition.
    private record Part(int index, Pending<ErrorCode> error) {}

    private record Topic(String name, List<Part> parts) {}

    private record Marker(long producerId, List<Topic> topics) {}

    /// @return in time, what became of each marker
    public Pending<WriteTxnMarkersResponse> write(WriteTxnMarkersRequest request) {
        List<Marker> markers = new ArrayList<>(request.markers().size());
        List<Pending<ErrorCode>> all = new ArrayList<>();
        List<Partition> unsynced = new ArrayList<>();
        try {
            for (WritableTxnMarker marker : request.markers()) markers.add(write(marker, all, unsynced));
        } finally {
            unsynced.forEach(Partition::sync);                               // once all are appended, so that one round serves them
        }
        return response(markers, all);
    }

    private Marker write(WritableTxnMarker marker, List<Pending<ErrorCode>> all, List<Partition> unsynced) {
        List<Topic> topics = new ArrayList<>(marker.topics().size());
        for (WritableTxnMarkerTopic topic : marker.topics()) {
            List<Part> parts = topic.partitionIndexes().stream().map(index -> new Part(index, write(marker, topic.name(), index, unsynced))).toList();
            parts.forEach(part -> all.add(part.error()));
            topics.add(new Topic(topic.name(), parts));
        }
        return new Marker(marker.producerId(), topics);
    }

    private static Pending<WriteTxnMarkersResponse> response(List<Marker> markers, List<Pending<ErrorCode>> all) {
        var response = new Pending<WriteTxnMarkersResponse>();
        if (all.isEmpty()) response.complete(response(markers));
        for (Pending<ErrorCode> each : all) {
            each.whenDone(_ -> {
                if (all.stream().allMatch(Pending::holds)) response.complete(response(markers));
            });
        }
        return response;
    }

    private static WriteTxnMarkersResponse response(List<Marker> markers) {
        return new WriteTxnMarkersResponse(markers.stream().map(marker -> new WritableTxnMarkerResult(marker.producerId(), marker.topics().stream().map(topic ->
                new WritableTxnMarkerTopicResult(topic.name(), topic.parts().stream().map(part -> new WritableTxnMarkerPartitionResult(part.index(), part.error().get().code())).toList()))
                .toList())).toList());
    }

    /// @param unsynced takes the partition, where its sync has to be asked for
    private Pending<ErrorCode> write(WritableTxnMarker marker, String topic, int index, List<Partition> unsynced) {
        return switch (partitions.find(topic, index)) {
            case Absent(ErrorCode error)          -> Pending.of(error);
            case Following _                      -> Pending.of(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            case Leading(Partition partition) when topic.equals(OffsetsTopic.NAME) -> writeToGroups(marker, partition);
            case Leading(Partition partition)     -> writeToLog(marker, partition, unsynced);
        };
    }

    private Pending<ErrorCode> writeToGroups(WritableTxnMarker marker, Partition partition) {
        var error = new Pending<ErrorCode>();
        groups.endTransaction(partition.topicPartition().partition(), marker.producerId(), marker.producerEpoch(), marker.transactionResult(), marker.coordinatorEpoch(),
                marker.transactionVersion()).whenDone(answer -> error.complete(asLeader(answer.error())));
        return error;
    }

    /// What a group coordinator says, in the words of a partition's leader.
    private static ErrorCode asLeader(ErrorCode error) {
        return switch (error) {
            case COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR -> ErrorCode.NOT_LEADER_OR_FOLLOWER;
            default -> error;
        };
    }

    private Pending<ErrorCode> writeToLog(WritableTxnMarker marker, Partition partition, List<Partition> unsynced) {
        int leaderEpoch = partition.leaderEpoch();
        var batch = ControlRecords.endTransactionMarker(0, clock.timestampMs(), leaderEpoch, marker.producerId(), marker.producerEpoch(), marker.transactionResult(), marker.coordinatorEpoch());
        try {
            return switch (partition.appendMarker(batch, marker.transactionVersion())) {
                case Appended appended   -> {
                    unsynced.add(partition);
                    yield whenCommitted(partition, appended.lastOffset() + 1, leaderEpoch);
                }
                case Duplicate duplicate -> whenCommitted(partition, duplicate.lastOffset() + 1, leaderEpoch);
                case Refused refused     -> Pending.of(refused.error());
            };
        } catch (LogDirFailure failure) {
            return Pending.of(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    private static Pending<ErrorCode> whenCommitted(Partition partition, long offset, int leaderEpoch) {
        var error = new Pending<ErrorCode>();
        whenHolds(partition.committedUpTo(offset, leaderEpoch),
                () -> error.complete(partition.highWatermark() >= offset ? ErrorCode.NONE : ErrorCode.NOT_LEADER_OR_FOLLOWER));
        return error;
    }

    private static void whenHolds(Condition condition, Runnable then) {
        var done = new AtomicBoolean();
        Condition.Watcher watcher = new Condition.Watcher() {
            @Override public void wake() {
                if (!condition.holds() || !done.compareAndSet(false, true)) return;
                condition.unwatch(this);
                then.run();
            }
        };
        condition.watch(watcher);
        watcher.wake();
    }
}
