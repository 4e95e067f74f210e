package millrace.broker.transaction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import millrace.broker.partition.Partition;
import millrace.common.TopicPartition;
import millrace.coordination.TransactionCoordinators;
import millrace.protocol.ErrorCode;
import millrace.record.RecordBatch;
import millrace.storage.log.AppendResult.Refused;
import millrace.wire.Condition;
import millrace.wire.Pending;

/// May these records be written? For the batches of one produce request that belong to a transaction: where the transaction is open already, they
/// may; about the other partitions its coordinator is asked, once for all of them.
///
/// Up to Produce v11 the producer has told the coordinator of a partition before it writes there, and the question is whether it has; from v12 on
/// the question itself adds the partition. What comes of it is told in errors that a client of that version understands. Source: KIP-890.
public final class Reach {
    private static final short FIRST_WITH_ABORTABLE = 11;
    private static final short FIRST_WITH_IMPLICIT_ADD = 12;

    private final short version;
    private final Map<TopicPartition, Long> guards = new HashMap<>();
    private final List<TopicPartition> asked = new ArrayList<>();
    private Pending<List<ErrorCode>> answer;

    /// @param version of the produce request
    public Reach(short version) {
        this.version = version;
    }

    /// Takes a batch into account that is to be written to a partition which this broker leads.
    public void add(Partition partition, RecordBatch batch) {
        long guard = partition.guardFor(batch.producerId(), batch.producerEpoch(), version >= FIRST_WITH_IMPLICIT_ADD, batch.baseSequence());
        guards.put(partition.topicPartition(), guard);
        if (guard != 0) asked.add(partition.topicPartition());
    }

    /// @return null when nobody has to be asked; otherwise holds when the answer is there
    public Condition ask(TransactionCoordinators coordinators, String transactionalId, long producerId, short producerEpoch) {
        if (asked.isEmpty()) return null;
        answer = coordinators.reach(transactionalId, producerId, producerEpoch, asked, version >= FIRST_WITH_IMPLICIT_ADD);
        return answer;
    }

    /// @return to be shown to the partition with the batch; one that began to be led here while others were waited for was not asked about
    public long guardOf(TopicPartition partition) {
        return guards.getOrDefault(partition, Partition.NO_GUARD);
    }

    /// @return null when nothing speaks against the partition
    public Refused problemWith(TopicPartition partition) {
        int index = asked.indexOf(partition);
        if (index < 0) return null;
        ErrorCode error = answer.holds() ? answer.get().get(index) : ErrorCode.COORDINATOR_NOT_AVAILABLE;
        return error == ErrorCode.NONE ? null : refused(error, partition);
    }

    private Refused refused(ErrorCode error, TopicPartition partition) {
        return switch (error) {
            // Clients of before these errors came into Produce would not try again; for this one they do, and they do not fetch metadata for it.
            case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS -> unverified(error);
            case CONCURRENT_TRANSACTIONS -> version >= FIRST_WITH_IMPLICIT_ADD ? new Refused(error, null, List.of()) : unverified(error);
            case PRODUCER_FENCED         -> new Refused(ErrorCode.INVALID_PRODUCER_EPOCH, null, List.of());
            case TRANSACTION_ABORTABLE   -> new Refused(version >= FIRST_WITH_ABORTABLE ? error : ErrorCode.INVALID_TXN_STATE,
                    partition + " was not added to the transaction", List.of());
            default                      -> new Refused(error, null, List.of());
        };
    }

    private static Refused unverified(ErrorCode error) {
        return new Refused(ErrorCode.NOT_ENOUGH_REPLICAS, "Unable to verify the partition has been added to the transaction. Underlying error: " + error, List.of());
    }
}
