package millrace.coordination;

import java.nio.ByteBuffer;

import millrace.common.TopicPartition;
import millrace.storage.log.AppendResult;
import millrace.wire.Condition;

/// The partition that a coordinator lives in, as long as this broker leads it. Safe from any thread.
public interface CoordinatorPartition {
    TopicPartition topicPartition();

    /// @return the leader epoch of now; a coordinator that was elected in another one has resigned, whether it knows or not
    int leaderEpoch();

    /// Appends one whole batch to the page cache. Does not wait for replicas or the device. [#sync] is to be called afterwards: once for all that is
    /// appended together.
    ///
    /// @param batch offsets and leader epoch are written into it in place
    /// @throws millrace.storage.log.LogDirFailure when the device fails
    AppendResult append(ByteBuffer batch);

    /// Draws the guard for a transaction that may not have reached this partition yet, before its coordinator is asked whether it may.
    /// @param ownEpochs whether each transaction of that producer has an epoch of its own (transaction version 2)
    /// @return 0 when it is open here already, and nobody has to be asked
    long guardFor(long producerId, short producerEpoch, boolean ownEpochs);

    /// As [#append], for a batch of a transaction.
    ///
    /// @param guard that was drawn before the transaction's coordinator was asked about this partition; it is looked at under the log's lock
    /// @return refused with `INVALID_TXN_STATE` when the transaction is not open here and the guard does not open it: the coordinator has
    ///     ended it meanwhile
    AppendResult appendInTransaction(ByteBuffer batch, long guard);

    /// As [#append], for the marker that ends a transaction.
    AppendResult appendMarker(ByteBuffer marker, short transactionVersion);

    /// Asks for what has been appended to become as durable as the settings ask for. Cheap, does not wait.
    void sync();

    /// @return holds once the record at `lastOffset` is committed and as durable as the settings ask for, or can no longer be because this
    ///     broker has stopped leading in the epoch of now
    Condition committed(long lastOffset);

    /// @return whether this broker has stopped leading the partition
    boolean lost();

    long logStartOffset();

    long logEndOffset();

    /// Reads from the disk, blocking.
    ///
    /// @param maxBytes of whole batches; the first one is returned even when it is larger
    /// @return batches of which the first may begin before `startOffset`; empty at the end
    /// @throws millrace.storage.log.LogDirFailure when the device fails
    ByteBuffer readBytes(long startOffset, int maxBytes);
}
