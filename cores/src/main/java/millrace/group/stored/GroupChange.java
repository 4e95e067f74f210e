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

    /// A record of a kind of group that is not served here, whole.
    record OtherKind(short type, String groupId, ByteBuffer key, ByteBuffer value) implements GroupChange {}
}
