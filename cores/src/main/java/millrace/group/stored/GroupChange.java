package millrace.group.stored;

import java.nio.ByteBuffer;
import java.util.Objects;

import millrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue;
import millrace.protocol.group.ConsumerGroupMetadataValue;
import millrace.protocol.group.ConsumerGroupPartitionMetadataValue;
import millrace.protocol.group.ConsumerGroupRegularExpressionValue;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMemberValue;
import millrace.protocol.group.ConsumerGroupTargetAssignmentMetadataValue;
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
    /// Something about a consumer group (KIP-848), as a whole or about one member of it.
    sealed interface OfConsumerGroup extends GroupChange {
        String groupId();
    }

    /// The group epoch moved, because what is to be assigned, or to whom, is not what it was.
    record ConsumerGroupEpoch(String groupId, ConsumerGroupMetadataValue value) implements OfConsumerGroup {}

    /// Written by Kafka before 4.1, which kept the topics' metadata here rather than its hash in the epoch's record; only ever removed here.
    record ConsumerGroupTopics(String groupId, ConsumerGroupPartitionMetadataValue value) implements OfConsumerGroup {}

    /// Who a member is and what it subscribes to.
    record ConsumerGroupMember(String groupId, String memberId, ConsumerGroupMemberMetadataValue value) implements OfConsumerGroup {}

    /// The group epoch that the target assignment was computed for.
    record ConsumerGroupTargetEpoch(String groupId, ConsumerGroupTargetAssignmentMetadataValue value) implements OfConsumerGroup {}

    /// What a member is to have in the end.
    record ConsumerGroupTarget(String groupId, String memberId, ConsumerGroupTargetAssignmentMemberValue value) implements OfConsumerGroup {}

    /// What a member has now, and what it has been told to give up.
    record ConsumerGroupCurrent(String groupId, String memberId, ConsumerGroupCurrentMemberAssignmentValue value) implements OfConsumerGroup {}

    /// Which topics a regular expression stood for when it was last looked at.
    record ConsumerGroupExpression(String groupId, String expression, ConsumerGroupRegularExpressionValue value) implements OfConsumerGroup {}

    /// A record of a kind of group that is not served here, whole.
    record OtherKind(short type, String groupId, ByteBuffer key, ByteBuffer value) implements GroupChange {}
}
