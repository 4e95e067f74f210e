package millrace.group.stored;

import java.nio.ByteBuffer;
import java.util.Objects;

import millrace.protocol.group.GroupMetadataValue;
import millrace.protocol.group.OffsetCommitValue;

/// One thing that the log says. A null value is a tombstone.
public sealed interface GroupChange {
    /// A producer id that stands for "not in a transaction".
    long NO_PRODUCER_ID = -1;

    /// A classic group completed a generation, became empty, was created, or is no more.
    record GroupMetadata(String groupId, GroupMetadataValue value) implements GroupChange {
        public GroupMetadata {
            Objects.requireNonNull(groupId, "groupId");
        }
    }

    /// An offset was committed, or is forgotten.
    ///
    /// @param producerId of the transaction that it belongs to and with which it will stand or fall; [#NO_PRODUCER_ID] otherwise
    record OffsetCommit(long producerId, String groupId, String topic, int partition, OffsetCommitValue value) implements GroupChange {
        public OffsetCommit {
            Objects.requireNonNull(groupId, "groupId");
            Objects.requireNonNull(topic, "topic");
        }
    }

    /// A transaction marker: what its producer committed here counts from now on, or never did.
    record TransactionEnded(long producerId, boolean committed) implements GroupChange {}

    /// An offset that is to be committed within a transaction, with what it takes to write it; read back it is the commit alone.
    ///
    /// @param guard of the log for the transaction, passed through
    record InTransaction(short producerEpoch, long guard, OffsetCommit commit) implements GroupChange {}

    /// A transaction marker that is to be written; read back it is the end alone.
    record Marker(short producerEpoch, int coordinatorEpoch, short transactionVersion, TransactionEnded end) implements GroupChange {}

    /// A record of a kind of group that is not served here, whole.
    record OtherKind(short type, String groupId, ByteBuffer key, ByteBuffer value) implements GroupChange {}
}
