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

    @Override public Batch batchOf(GroupChange change) {
        return switch (change) {
            case GroupChange.InTransaction(short epoch, long guard, GroupChange.OffsetCommit commit) -> new Batch.InTransaction(commit.producerId(), epoch, guard);
            case GroupChange.Marker(short epoch, int coordinatorEpoch, short version, GroupChange.TransactionEnded end) ->
                    new Batch.EndOfTransaction(end.producerId(), epoch, end.committed(), coordinatorEpoch, version);
            default -> Batch.PLAIN;
        };
    }

    @Override public GroupChange read(long transactionalProducerId, ByteBuffer key, ByteBuffer value) {
        return GroupChangeBytes.read(transactionalProducerId, key, value);
    }

    @Override public GroupChange transactionEnded(long producerId, boolean committed) {
        return new GroupChange.TransactionEnded(producerId, committed);
    }
}
