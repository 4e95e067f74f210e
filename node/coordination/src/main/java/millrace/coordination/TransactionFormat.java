package millrace.coordination;

import java.nio.ByteBuffer;

import millrace.transaction.TransactionBytes;
import millrace.transaction.TransactionChange;

/// Records of `__transaction_state`.
final class TransactionFormat implements ChangeFormat<TransactionChange> {
    @Override public ByteBuffer key(TransactionChange change) {
        return TransactionBytes.key(change);
    }

    @Override public ByteBuffer value(TransactionChange change) {
        return TransactionBytes.value(change);
    }

    @Override public TransactionChange read(long transactionalProducerId, ByteBuffer key, ByteBuffer value) {
        return TransactionBytes.read(key, value);
    }

    /// Nobody writes into this topic within a transaction.
    @Override public TransactionChange transactionEnded(long producerId, boolean committed) {
        return null;
    }
}
