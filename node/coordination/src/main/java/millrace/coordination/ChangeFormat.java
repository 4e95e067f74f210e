package millrace.coordination;

import java.nio.ByteBuffer;

/// How one kind of coordinator writes its changes down as records.
interface ChangeFormat<Change> {
    ByteBuffer key(Change change);

    /// @return null for a tombstone
    ByteBuffer value(Change change);

    /// @param transactionalProducerId of the batch when it belongs to a transaction, -1 otherwise
    /// @return null for a record that does not concern this coordinator
    /// @throws millrace.protocol.MalformedMessage when it does, and cannot be read
    Change read(long transactionalProducerId, ByteBuffer key, ByteBuffer value);

    /// How a batch is written that begins with this change.
    default Batch batchOf(Change change) {
        return Batch.PLAIN;
    }

    /// The kinds of batches that coordinators write.
    sealed interface Batch {
        Batch PLAIN = new Plain();

        record Plain() implements Batch {}

        /// Its records count if that producer's transaction is committed.
        ///
        /// @param guard as [CoordinatorPartition#appendInTransaction] wants it
        record InTransaction(long producerId, short producerEpoch, long guard) implements Batch {}

        /// The marker that ends a transaction, alone.
        record EndOfTransaction(long producerId, short producerEpoch, boolean commit, int coordinatorEpoch, short transactionVersion) implements Batch {}
    }

    /// A transaction of that producer has ended here.
    /// @return null when that does not concern this coordinator
    Change transactionEnded(long producerId, boolean committed);
}
