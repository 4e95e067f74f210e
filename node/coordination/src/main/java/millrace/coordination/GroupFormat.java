package millrace.coordination;

import java.nio.ByteBuffer;

import millrace.group.stored.GroupChange;
import millrace.group.stored.GroupChangeBytes;

/// Records of `__consumer_offsets`.
final class GroupFormat implements ChangeFormat<GroupChange> {
    @Override public ByteBuffer key(GroupChange change) {
        return GroupChangeBytes.key(change);
    }

    @Override public ByteBuffer value(GroupChange change) {
        return GroupChangeBytes.value(change);
    }

    @Override public GroupChange read(long transactionalProducerId, ByteBuffer key, ByteBuffer value) {
        return GroupChangeBytes.read(transactionalProducerId, key, value);
    }

    @Override public GroupChange transactionEnded(long producerId, boolean committed) {
        return new GroupChange.TransactionEnded(producerId, committed);
    }
}
