package millrace.group.command;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.stored.Partitions;
import millrace.metadata.MetadataImage;

/// Something that a client, or the node itself, wants of the groups of one partition.
///
/// Nullable parts are null as on the wire: a group instance id that is not static, a protocol type that the version does not carry.
public sealed interface GroupCommand {
    /// Names the answer. Tokens of one core are never used twice.
    long token();

    /// JoinGroup: be a member of the next generation. Answered when that generation begins, or with an error.
    ///
    /// @param memberId "" for a new member
    /// @param requireKnownMemberId whether a new dynamic member first gets an id and has to come back with it (v4+, KIP-394)
    /// @param skipAssignment whether the client understands that a returning static leader need not assign (v9+, KIP-814)
    /// @param clientHost as it is stored and shown: `/127.0.0.1`
    /// @param protocols by preference, most wanted first
    /// @param reason why the client (re)joins, null when it does not say
    /// @param newMemberId the random half of the id that this member gets if it needs one
    /// @param times and `image`: as in [ConsumerHeartbeat], for a group that has become a consumer group meanwhile
    record JoinGroup(long token, String groupId, String memberId, String groupInstanceId, String clientId, String clientHost,
                     int sessionTimeoutMs, int rebalanceTimeoutMs, String protocolType, List<Protocol> protocols,
                     boolean requireKnownMemberId, boolean skipAssignment, String reason, Uuid newMemberId, ConsumerTimes times, MetadataImage image)
            implements GroupCommand {
        public JoinGroup {
            Objects.requireNonNull(groupId, "groupId");
            Objects.requireNonNull(memberId, "memberId");
            protocols = List.copyOf(protocols);
        }

        /// @return the same, from a member that has this id by now
        public JoinGroup as(String id) {
            return new JoinGroup(token, groupId, id, groupInstanceId, clientId, clientHost, sessionTimeoutMs, rebalanceTimeoutMs, protocolType, protocols,
                    requireKnownMemberId, skipAssignment, reason, newMemberId, times, image);
        }
    }

    /// One way to share partitions that a member knows, with what the leader needs to know of this member for it.
    record Protocol(String name, ByteBuffer metadata) {}

    /// SyncGroup: from the leader, who gets what; from everybody, tell me what I get.
    ///
    /// @param protocolType and `protocolName`: null when the client's version does not carry them
    /// @param image the newest metadata, which has the names of topics
    record SyncGroup(long token, String groupId, String memberId, String groupInstanceId, int generationId, String protocolType,
                     String protocolName, List<Assignment> assignments, MetadataImage image) implements GroupCommand {
        public SyncGroup {
            assignments = List.copyOf(assignments);
        }
    }

    record Assignment(String memberId, ByteBuffer assignment) {}

    /// A JoinGroup or SyncGroup that has come over a connection which its member has replaced by a newer one, and may have been left behind there.
    record Belated(String groupId, GroupCommand said) implements GroupCommand {
        @Override public long token() {
            return said.token();
        }
    }

    /// @param mayWait whether the client goes on with its work while it waits for the answer
    record Heartbeat(long token, String groupId, String memberId, String groupInstanceId, int generationId, boolean mayWait) implements GroupCommand {}

    /// The answer to that member's heartbeat, if it has been kept back, is wanted now: something waits behind it.
    ///
    /// @param connectionLost whether instead its connection has come to an end, so that nobody hears it
    record AnswerHeartbeat(long token, String groupId, String memberId, boolean connectionLost) implements GroupCommand {}

    /// LeaveGroup: by the member itself, or by an administrator who names the group instance id alone.
    record LeaveGroup(long token, String groupId, List<Leaving> members) implements GroupCommand {
        public LeaveGroup {
            members = List.copyOf(members);
        }
    }

    record Leaving(String memberId, String groupInstanceId, String reason) {}

    /// ConsumerGroupHeartbeat: all that a member of a consumer group ever says about its membership. Null stands for "as before".
    ///
    /// @param memberEpoch 0 to join or join again, -1 to leave, -2 to leave as a static member that will be back; else what it was told last
    /// @param rebalanceTimeoutMs how long it may take to give partitions up, -1 for as before
    /// @param expression a regular expression in RE2 syntax, "" for no longer any
    /// @param owned the partitions that it has; null when nothing has changed
    /// @param mustHaveMemberId whether the client's version makes its own member id (v1+, KIP-1082)
    /// @param times what this group obeys now
    /// @param image the newest metadata: what there is to be assigned
    record ConsumerHeartbeat(long token, String groupId, String memberId, int memberEpoch, String instanceId, String rackId, int rebalanceTimeoutMs,
                             List<String> topics, String expression, String assignor, Partitions owned, String clientId, String clientHost,
                             boolean mustHaveMemberId, ConsumerTimes times, MetadataImage image, Uuid newMemberId) implements GroupCommand {
        public ConsumerHeartbeat {
            Objects.requireNonNull(groupId, "groupId");
            Objects.requireNonNull(memberId, "memberId");
            topics = topics == null ? null : List.copyOf(new TreeSet<>(topics));
        }
    }

    /// ConsumerGroupDescribe of one group.
    record DescribeConsumerGroup(long token, String groupId) implements GroupCommand {}

    /// OffsetCommit, for partitions that the handler has found to exist.
    ///
    /// @param generationId or member epoch; negative from a client that manages no membership
    /// @param memberEpochAware whether the client's version knows KIP-848's errors (v9+)
    /// @param retentionMs how long to keep the offsets (v2 to v4), -1 for as long as the broker does
    record CommitOffsets(long token, String groupId, String memberId, String groupInstanceId, int generationId, boolean memberEpochAware,
                         long retentionMs, List<OffsetToCommit> offsets) implements GroupCommand {
        public CommitOffsets {
            offsets = List.copyOf(offsets);
        }
    }

    /// TxnOffsetCommit: as [CommitOffsets], but it counts only if the producer's transaction is committed.
    ///
    /// @param guard of the log for the transaction, passed through to where the offsets are written
    record CommitInTransaction(long producerId, short producerEpoch, long guard, CommitOffsets commit) implements GroupCommand {
        @Override public long token() {
            return commit.token();
        }
    }

    /// WriteTxnMarkers: the producer's transaction has ended, for every group of this partition. The marker is written as one.
    record EndTransaction(long token, long producerId, short producerEpoch, boolean commit, int coordinatorEpoch, short transactionVersion) implements GroupCommand {}

    /// @param topicId [Uuid#ZERO] when it is not known
    /// @param leaderEpoch of the last consumed record, -1 when not known
    /// @param metadata the client's own words, null for none
    record OffsetToCommit(String topic, Uuid topicId, int partition, long offset, int leaderEpoch, String metadata) {}

    /// OffsetFetch of one group.
    ///
    /// @param topics null for everything that is committed
    /// @param memberId and `memberEpoch`: of a member of a consumer group (v9+), null and -1 otherwise
    record FetchOffsets(long token, String groupId, String memberId, int memberEpoch, boolean requireStable, List<TopicPartitions> topics)
            implements GroupCommand {
        public FetchOffsets {
            topics = topics == null ? null : List.copyOf(topics);
        }
    }

    /// @param topicId goes back into the answer as it came
    record TopicPartitions(String topic, Uuid topicId, List<Integer> partitions) {
        public TopicPartitions {
            partitions = List.copyOf(partitions);
        }
    }

    /// OffsetDelete: forget offsets of topics that no member reads.
    record DeleteOffsets(long token, String groupId, List<TopicPartitions> topics) implements GroupCommand {
        public DeleteOffsets {
            topics = List.copyOf(topics);
        }
    }

    record DescribeGroup(long token, String groupId) implements GroupCommand {}

    /// @param states and `types`: compared without regard to case; empty lets everything through
    record ListGroups(long token, List<String> states, List<String> types) implements GroupCommand {
        public ListGroups {
            states = List.copyOf(states);
            types = List.copyOf(types);
        }
    }

    record DeleteGroup(long token, String groupId) implements GroupCommand {}

    /// Topics are gone: offsets committed for them are forgotten, whoever committed them.
    record ForgetTopics(long token, List<DeletedTopic> topics) implements GroupCommand {
        public ForgetTopics {
            topics = List.copyOf(topics);
        }
    }

    /// @param topicId offsets that were committed for another id of the same name stay
    record DeletedTopic(String topic, Uuid topicId) {}
}
