package millrace.group.command;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

import millrace.common.Uuid;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.Partitions;
import millrace.protocol.ErrorCode;

/// What a command brought. Errors that the protocol foresees are values of these.
public sealed interface GroupAnswer {
    ErrorCode error();

    /// The command was not carried out, or nobody can say whether it was: the coordinator moved, is loading, or could not write.
    record Failed(ErrorCode error) implements GroupAnswer {}

    /// @param generationId -1 with an error, as are the names null then
    /// @param members everybody and their metadata for the chosen protocol, for the leader; empty for the others
    record Joined(ErrorCode error, int generationId, String protocolType, String protocolName, String leader, boolean skipAssignment,
                  String memberId, List<JoinedMember> members) implements GroupAnswer {
        public static Joined refused(ErrorCode error, String memberId) {
            return new Joined(error, -1, null, null, "", false, memberId, List.of());
        }
    }

    record JoinedMember(String memberId, String groupInstanceId, ByteBuffer metadata) {}

    record Synced(ErrorCode error, String protocolType, String protocolName, ByteBuffer assignment) implements GroupAnswer {
        public static Synced refused(ErrorCode error) {
            return new Synced(error, null, null, Bytes.EMPTY);
        }
    }

    /// To ConsumerGroupHeartbeat.
    ///
    /// @param message what the client shows its user; null without an error
    /// @param assigned what it may have from now on; null when that has not changed
    record ConsumerHeard(ErrorCode error, String message, String memberId, int memberEpoch, int heartbeatIntervalMs, Partitions assigned) implements GroupAnswer {
        public static ConsumerHeard refused(ErrorCode error, String message) {
            return new ConsumerHeard(error, message, null, 0, 0, null);
        }
    }

    /// @param assignor the one that the next target would be computed by
    /// @param targets by member id
    record ConsumerGroupDescribed(ErrorCode error, String groupId, String state, int groupEpoch, int assignmentEpoch, String assignor,
                                  List<ConsumerMember> members, Map<String, Partitions> targets) implements GroupAnswer {}

    record HeartbeatHeard(ErrorCode error) implements GroupAnswer {}

    /// @param error of the request as a whole; each member has its own
    record Left(ErrorCode error, List<LeftMember> members) implements GroupAnswer {}

    record LeftMember(String memberId, String groupInstanceId, ErrorCode error) {}

    /// @param error of the request as a whole; then `offsets` is empty and the error is everyone's
    record OffsetsCommitted(ErrorCode error, List<CommittedPartition> offsets) implements GroupAnswer {}

    record TransactionEnded(ErrorCode error) implements GroupAnswer {}

    record CommittedPartition(String topic, Uuid topicId, int partition, ErrorCode error) {}

    record OffsetsFetched(ErrorCode error, List<FetchedTopic> topics) implements GroupAnswer {}

    record FetchedTopic(String topic, Uuid topicId, List<FetchedPartition> partitions) {}

    /// @param offset -1 when none is committed
    record FetchedPartition(int partition, long offset, int leaderEpoch, String metadata, ErrorCode error) {}

    record OffsetsDeleted(ErrorCode error, List<CommittedPartition> offsets) implements GroupAnswer {}

    /// @param protocolName "" unless the group is stable
    record Described(ErrorCode error, String groupId, String state, String protocolType, String protocolName, List<DescribedMember> members)
            implements GroupAnswer {}

    record DescribedMember(String memberId, String groupInstanceId, String clientId, String clientHost, ByteBuffer metadata, ByteBuffer assignment) {}

    record Listed(List<ListedGroup> groups) implements GroupAnswer {
        @Override public ErrorCode error() {
            return ErrorCode.NONE;
        }
    }

    record ListedGroup(String groupId, String protocolType, String state, String type) {}

    record GroupDeleted(ErrorCode error) implements GroupAnswer {}

    record TopicsForgotten(ErrorCode error) implements GroupAnswer {}

    /// Bytes that are not there, as the protocol writes them.
    final class Bytes {
        public static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

        private Bytes() {}
    }
}
