package millrace.group.offsets;

import static millrace.protocol.ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.OFFSET_METADATA_TOO_LARGE;
import static millrace.protocol.ErrorCode.UNSTABLE_OFFSET_COMMIT;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Function;
import java.util.function.Predicate;

import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.group.command.GroupAnswer.CommittedPartition;
import millrace.group.command.GroupAnswer.FetchedPartition;
import millrace.group.command.GroupAnswer.FetchedTopic;
import millrace.group.command.GroupAnswer.OffsetsCommitted;
import millrace.group.command.GroupAnswer.OffsetsDeleted;
import millrace.group.command.GroupAnswer.OffsetsFetched;
import millrace.group.command.GroupCommand.CommitInTransaction;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.DeleteOffsets;
import millrace.group.command.GroupCommand.DeletedTopic;
import millrace.group.command.GroupCommand.FetchOffsets;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.group.command.GroupCommand.TopicPartitions;
import millrace.group.command.GroupSettings;
import millrace.group.command.Turn;
import millrace.group.stored.CommittedOffsets;
import millrace.group.stored.GroupChange;
import millrace.group.stored.GroupChange.InTransaction;
import millrace.group.stored.GroupChange.OffsetCommit;
import millrace.protocol.ErrorCode;
import millrace.protocol.group.OffsetCommitValue;

/// Decides about the offsets of groups, once the group has agreed.
public final class OffsetDecisions {
    private static final long NO_OFFSET = -1;
    private static final int NO_LEADER_EPOCH = -1;
    private static final long NO_EXPIRY = -1;
    /// What a tombstone takes beside its strings, about.
    private static final int TOMBSTONE_BYTES = 24;

    private final GroupSettings settings;
    private final CommittedOffsets offsets;

    public OffsetDecisions(GroupSettings settings, CommittedOffsets offsets) {
        this.settings = settings;
        this.offsets = offsets;
    }

    // ---- commit and fetch ----

    public void commit(CommitOffsets commit, Turn turn) {
        commit(commit, turn, GroupChange.NO_PRODUCER_ID, change -> change);
    }

    public void commitInTransaction(CommitInTransaction within, Turn turn) {
        commit(within.commit(), turn, within.producerId(), change -> new InTransaction(within.producerEpoch(), within.guard(), change));
    }

    private void commit(CommitOffsets commit, Turn turn, long producerId, Function<OffsetCommit, GroupChange> written) {
        List<CommittedPartition> committed = new ArrayList<>(commit.offsets().size());
        for (OffsetToCommit each : commit.offsets()) {
            ErrorCode error = metadataOf(each).length() > settings.offsetMetadataMaxBytes() ? OFFSET_METADATA_TOO_LARGE : NONE;
            if (error == NONE) turn.change(written.apply(new OffsetCommit(producerId, commit.groupId(), each.topic(), each.partition(), value(commit, each, turn))));
            committed.add(new CommittedPartition(each.topic(), each.topicId(), each.partition(), error));
        }
        turn.reply(commit.token(), new OffsetsCommitted(NONE, committed));
    }

    private static OffsetCommitValue value(CommitOffsets commit, OffsetToCommit each, Turn turn) {
        long expireTimestamp = commit.retentionMs() < 0 ? NO_EXPIRY : turn.timestampMs() + commit.retentionMs();
        return new OffsetCommitValue(each.offset(), each.leaderEpoch(), metadataOf(each), turn.timestampMs(), expireTimestamp, each.topicId());
    }

    private static String metadataOf(OffsetToCommit each) {
        return each.metadata() == null ? "" : each.metadata();
    }

    public void fetch(FetchOffsets fetch, Turn turn) {
        List<FetchedTopic> fetched = fetch.topics() == null ? everything(fetch) : asked(fetch);
        turn.reply(fetch.token(), new OffsetsFetched(NONE, fetched));
    }

    private List<FetchedTopic> everything(FetchOffsets fetch) {
        List<FetchedTopic> topics = new ArrayList<>();
        offsets.of(fetch.groupId()).forEach((topic, partitions) -> {
            List<FetchedPartition> all = new ArrayList<>(partitions.size());
            partitions.forEach((partition, value) -> all.add(fetched(fetch, topic, partition, value)));
            topics.add(new FetchedTopic(topic, Uuid.ZERO, all));
        });
        return topics;
    }

    private List<FetchedTopic> asked(FetchOffsets fetch) {
        List<FetchedTopic> topics = new ArrayList<>(fetch.topics().size());
        for (TopicPartitions asked : fetch.topics()) {
            List<FetchedPartition> all = new ArrayList<>(asked.partitions().size());
            for (int partition : asked.partitions()) {
                all.add(fetched(fetch, asked.topic(), partition, offsets.find(fetch.groupId(), asked.topic(), partition)));
            }
            topics.add(new FetchedTopic(asked.topic(), asked.topicId(), all));
        }
        return topics;
    }

    private FetchedPartition fetched(FetchOffsets fetch, String topic, int partition, OffsetCommitValue value) {
        if (fetch.requireStable() && offsets.isPending(fetch.groupId(), topic, partition))
            return new FetchedPartition(partition, NO_OFFSET, NO_LEADER_EPOCH, "", UNSTABLE_OFFSET_COMMIT);
        if (value == null) return new FetchedPartition(partition, NO_OFFSET, NO_LEADER_EPOCH, "", NONE);
        return new FetchedPartition(partition, value.offset(), value.leaderEpoch(), value.metadata(), NONE);
    }

    // ---- delete ----

    public void delete(DeleteOffsets delete, Predicate<String> isSubscribed, Turn turn) {
        List<CommittedPartition> deleted = new ArrayList<>();
        for (TopicPartitions topic : delete.topics()) {
            ErrorCode error = isSubscribed.test(topic.topic()) ? GROUP_SUBSCRIBED_TO_TOPIC : NONE;
            for (int partition : topic.partitions()) {
                boolean there = offsets.find(delete.groupId(), topic.topic(), partition) != null;
                if (error == NONE && there) turn.change(tombstone(delete.groupId(), topic.topic(), partition));
                deleted.add(new CommittedPartition(topic.topic(), topic.topicId(), partition, error));
            }
        }
        turn.reply(delete.token(), new OffsetsDeleted(NONE, deleted));
    }

    /// Everything the group has committed, also in transactions that are open, as far as one decision may go.
    /// @return whether that is all
    public boolean deleteAll(String groupId, Turn turn) {
        var room = new Room();
        for (var topic : offsets.of(groupId).entrySet()) {
            for (int partition : topic.getValue().keySet()) {
                if (!room.take(groupId, topic.getKey())) return false;
                turn.change(tombstone(groupId, topic.getKey(), partition));
            }
        }
        for (TopicPartition pending : offsets.pendingOf(groupId)) {
            if (offsets.find(groupId, pending.topic(), pending.partition()) != null) continue;
            if (!room.take(groupId, pending.topic())) return false;
            turn.change(tombstone(groupId, pending.topic(), pending.partition()));
        }
        return true;
    }

    /// Offsets for topics that are gone, of every group, as far as one decision may go. What was committed for a later topic of the
    /// same name, which has another id, stays.
    /// @return whether that is all
    public boolean forget(List<DeletedTopic> topics, Turn turn) {
        var room = new Room();
        for (String groupId : offsets.groups()) {
            var committed = offsets.of(groupId);
            for (DeletedTopic topic : topics) {
                NavigableMap<Integer, OffsetCommitValue> partitions = committed.get(topic.topic());
                if (partitions == null) continue;
                for (var partition : partitions.entrySet()) {
                    if (!isOf(topic, partition.getValue())) continue;
                    if (!room.take(groupId, topic.topic())) return false;
                    turn.change(tombstone(groupId, topic.topic(), partition.getKey()));
                }
            }
        }
        return true;
    }

    private static boolean isOf(DeletedTopic topic, OffsetCommitValue value) {
        return value.topicId().equals(Uuid.ZERO) || value.topicId().equals(topic.topicId());
    }

    // ---- age ----

    /// @param left whether the group has offsets beyond those that were forgotten now
    /// @param whole whether all of them were looked at; when not, the same is to be done again
    /// @param looked how many were looked at
    public record Expired(boolean left, boolean whole, int looked) {}

    /// Forgets what has grown old in one group, as far as there is room in the decision.
    public Expired expire(String groupId, ExpiryRule rule, Room room, Turn turn) {
        boolean left = offsets.hasPending(groupId);
        int looked = 0;
        for (var topic : offsets.of(groupId).entrySet()) {
            for (var partition : topic.getValue().entrySet()) {
                looked++;
                if (!isOld(groupId, topic.getKey(), partition.getKey(), partition.getValue(), rule, turn.timestampMs())) {
                    left = true;
                } else if (room.take(groupId, topic.getKey())) {
                    turn.change(tombstone(groupId, topic.getKey(), partition.getKey()));
                } else {
                    return new Expired(true, false, looked);
                }
            }
        }
        return new Expired(left, true, looked);
    }

    private boolean isOld(String groupId, String topic, int partition, OffsetCommitValue value, ExpiryRule rule, long timestampMs) {
        return switch (rule) {
            case ExpiryRule.Kept _                                  -> false;
            case ExpiryRule.SinceCommit(var isSubscribed)           -> !isSubscribed.test(topic) && isOld(value, value.commitTimestamp(), timestampMs)
                                                                           && !offsets.isPending(groupId, topic, partition);
            case ExpiryRule.SinceEmpty(long emptySinceMs)           -> isOld(value, Math.max(emptySinceMs, value.commitTimestamp()), timestampMs)
                                                                           && !offsets.isPending(groupId, topic, partition);
        };
    }

    private boolean isOld(OffsetCommitValue value, long sinceMs, long timestampMs) {
        if (value.expireTimestamp() >= 0) return timestampMs >= value.expireTimestamp();
        return timestampMs - sinceMs >= settings.offsetsRetentionMs();
    }

    private static OffsetCommit tombstone(String groupId, String topic, int partition) {
        return new OffsetCommit(GroupChange.NO_PRODUCER_ID, groupId, topic, partition, null);
    }

    public Room room() {
        return new Room();
    }

    /// How much more one decision may say. One tombstone always fits, so that work that is done in parts ends.
    public final class Room {
        private long bytes;

        public boolean isFull() {
            return bytes >= settings.maxChangesBytes();
        }

        /// Tombstones of the group itself have been written, however many there was room for.
        public void used(String groupId, int tombstones) {
            bytes += (long) tombstones * (TOMBSTONE_BYTES + groupId.length());
        }

        private boolean take(String groupId, String topic) {
            long needed = TOMBSTONE_BYTES + groupId.length() + topic.length();
            if (bytes > 0 && bytes + needed > settings.maxChangesBytes()) return false;
            bytes += needed;
            return true;
        }
    }
}
