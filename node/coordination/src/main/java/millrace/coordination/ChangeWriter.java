package millrace.coordination;

import static millrace.protocol.ErrorCode.COORDINATOR_NOT_AVAILABLE;
import static millrace.protocol.ErrorCode.NOT_COORDINATOR;
import static millrace.protocol.ErrorCode.UNKNOWN_SERVER_ERROR;

import java.nio.ByteBuffer;
import java.util.List;

import millrace.coordination.ChangeFormat.Batch;
import millrace.coordination.ChangeFormat.Batch.EndOfTransaction;
import millrace.coordination.ChangeFormat.Batch.InTransaction;
import millrace.coordination.ChangeFormat.Batch.Plain;
import millrace.coordination.GatheredBatch.Records;
import millrace.ports.Clock;
import millrace.protocol.ErrorCode;
import millrace.record.Codec;
import millrace.record.ControlRecords;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.storage.log.AppendResult;

/// Appends the changes of one decision to a coordinator's partition, as one batch.
final class ChangeWriter<Change> {
    private final CoordinatorPartition partition;
    private final int leaderEpoch;
    private final ChangeFormat<Change> format;
    private final Codec codec;
    private final Clock clock;

    ChangeWriter(CoordinatorPartition partition, ChangeFormat<Change> format, Codec codec, Clock clock) {
        this.partition = partition;
        this.leaderEpoch = partition.leaderEpoch();
        this.format = format;
        this.codec = codec;
        this.clock = clock;
    }

    /// @param kind of the first change, which says how all of them are written: a decision is in one transaction, or in none, or is a marker alone
    AppendResult append(List<Change> changes, Batch kind) {
        return switch (kind) {
            case Plain _            -> partition.append(batch(changes, new RecordBatchBuilder().codec(codec)));
            case InTransaction in   -> partition.appendInTransaction(batch(changes, new RecordBatchBuilder().codec(codec)
                                           .producer(in.producerId(), in.producerEpoch(), RecordBatch.NO_SEQUENCE).transactional(true)), in.guard());
            case EndOfTransaction end -> partition.appendMarker(ControlRecords.endTransactionMarker(0, clock.timestampMs(), leaderEpoch, end.producerId(), end.producerEpoch(),
                                           end.commit(), end.coordinatorEpoch()), end.transactionVersion());
        };
    }

    private ByteBuffer batch(List<Change> changes, RecordBatchBuilder empty) {
        try (var builder = empty) {
            Records.of(format, changes).appendTo(builder, clock.timestampMs());
            return builder.build();
        }
    }

    /// What a log says about a write, in the words of a coordinator. That a write was too large is left for the API to say.
    static ErrorCode asCoordinator(ErrorCode error) {
        return switch (error) {
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, FENCED_LEADER_EPOCH -> NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE                         -> ErrorCode.MESSAGE_TOO_LARGE;
            case NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT, UNKNOWN_TOPIC_OR_PARTITION -> COORDINATOR_NOT_AVAILABLE;
            case INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE, TRANSACTION_COORDINATOR_FENCED                            -> error;
            default                                                               -> UNKNOWN_SERVER_ERROR;
        };
    }
}
