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

    /// A transaction of that producer has ended here.
    /// @return null when that does not concern this coordinator
    Change transactionEnded(long producerId, boolean committed);
}
