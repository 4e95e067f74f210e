package millrace.compat.differential;

import static millrace.protocol.ApiKey.DELETE_GROUPS;
import static millrace.protocol.ApiKey.DESCRIBE_GROUPS;
import static millrace.protocol.ApiKey.HEARTBEAT;
import static millrace.protocol.ApiKey.JOIN_GROUP;
import static millrace.protocol.ApiKey.LEAVE_GROUP;
import static millrace.protocol.ApiKey.LIST_GROUPS;
import static millrace.protocol.ApiKey.OFFSET_COMMIT;
import static millrace.protocol.ApiKey.OFFSET_DELETE;
import static millrace.protocol.ApiKey.OFFSET_FETCH;
import static millrace.protocol.ApiKey.SYNC_GROUP;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import millrace.common.Uuid;
import millrace.protocol.message.ConsumerProtocolSubscription;
import millrace.protocol.BufferWriter;
import millrace.protocol.message.DeleteGroupsRequest;
import millrace.protocol.message.DescribeGroupsRequest;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.HeartbeatResponse;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.LeaveGroupRequest;
import millrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import millrace.protocol.message.ListGroupsRequest;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.OffsetDeleteRequest;
import millrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import millrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;

/// The classic group protocol: members, their rebalances, their offsets.
final class GroupScripts {
    private static final int FIRST_JOIN_WITH_INSTANCES = 5;
    private static final int FIRST_SYNC_WITH_INSTANCES = 3;
    private static final int FIRST_HEARTBEAT_WITH_INSTANCES = 3;
    private static final int FIRST_LEAVE_WITH_INSTANCES = 3;
    private static final int FIRST_COMMIT_WITH_INSTANCES = 7;

    private GroupScripts() {}

    static List<Script> all() {
        return List.of(new Script("JoinGroup", GroupScripts::joinEveryVersion), new Script("JoinGroup refuses", GroupScripts::refusedJoins), new Script("Two members", GroupScripts::twoMembers),
                new Script("Static members", GroupScripts::staticMembers), new Script("Heartbeat and LeaveGroup", GroupScripts::heartbeatsAndLeaving),
                new Script("SyncGroup", GroupScripts::sync), new Script("OffsetCommit and OffsetFetch", GroupScripts::offsets), new Script("OffsetCommit of members", GroupScripts::memberOffsets),
                new Script("OffsetDelete", GroupScripts::deletedOffsets), new Script("ListGroups and DescribeGroups", GroupScripts::described), new Script("DeleteGroups", GroupScripts::deletedGroups));
    }

    private static JoinGroupRequest.Builder join(String group, String member, String... protocols) {
        List<JoinGroupRequestProtocol> all = new ArrayList<>();
        for (String protocol : protocols) all.add(new JoinGroupRequestProtocol(protocol, Batches.bytes("metadata of " + protocol)));
        return JoinGroupRequest.builder().groupId(group).memberId(member).sessionTimeoutMs(30_000).rebalanceTimeoutMs(10_000).protocolType("consumer").protocols(all);
    }

    private static SyncGroupRequest.Builder sync(String group, int generation, String member, String... assignments) {
        List<SyncGroupRequestAssignment> all = new ArrayList<>();
        for (int i = 0; i < assignments.length; i += 2) all.add(new SyncGroupRequestAssignment(assignments[i], Batches.bytes(assignments[i + 1])));
        return SyncGroupRequest.builder().groupId(group).generationId(generation).memberId(member).assignments(all);
    }

    private static HeartbeatRequest.Builder heartbeat(String group, int generation, String member) {
        return HeartbeatRequest.builder().groupId(group).generationId(generation).memberId(member);
    }

    private static LeaveGroupRequest leave(int version, String group, String member) {
        return version < FIRST_LEAVE_WITH_INSTANCES ? LeaveGroupRequest.builder().groupId(group).memberId(member).build()
                : LeaveGroupRequest.builder().groupId(group).members(List.of(MemberIdentity.builder().memberId(member).build())).build();
    }

    /// Joins a group of its own: from version 4 on a first member is told its id and asked to come again.
    private static JoinGroupResponse joined(Session session, String group, int version, String... protocols) {
        JoinGroupResponse first = session.quietly(join(group, "", protocols).build(), version);
        if (first.errorCode() == 0) return first;
        return session.quietly(join(group, first.memberId(), protocols).build(), version);
    }

    private static void joinEveryVersion(Session session) {
        Versions.each(JOIN_GROUP, version -> {
            String group = "join.v" + version;
            session.awaitCoordinator(group);
            JoinGroupResponse first = session.ask("joins", join(group, "", "range", "roundrobin").build(), version);
            if (first.errorCode() != 0) first = session.ask("comes again", join(group, first.memberId(), "range", "roundrobin").build(), version);
            String member = first.memberId();
            for (int syncVersion = 0; syncVersion <= Versions.newest(SYNC_GROUP); syncVersion++) {
                var request = sync(group, first.generationId(), member, member, "everything");
                if (syncVersion >= 5) request.protocolType("consumer").protocolName("range");
                session.ask("syncs after join v" + version, request.build(), syncVersion);
            }
            session.ask("beats after join v" + version, heartbeat(group, first.generationId(), member).build(), version % 5);
            session.ask("joins again, the same", join(group, member, "range", "roundrobin").build(), version);
            JoinGroupResponse changed = session.ask("joins again, with other protocols", join(group, member, "sticky").build(), version);
            session.ask("beats before it has synced, v" + version, heartbeat(group, changed.generationId(), member).build(), 4);
            session.ask("leaves after join v" + version, leave(5, group, member), 5);
            session.ask("joins after it has left", join(group, member, "range").build(), version);
        });
        session.awaitCoordinator("join.reason");
        session.ask("with a reason", join("join.reason", "", "range").reason("because").build(), 8);
    }

    private static void refusedJoins(Session session) {
        session.awaitCoordinator("join.refused");
        JoinGroupResponse member = joined(session, "join.refused", 9, "range");
        session.ask("no group", join("", "", "range").build(), 9);
        session.ask("unknown member", join("join.refused", "stranger", "range").build(), 9);
        session.ask("unknown member of an absent group", join("join.absent", "stranger", "range").build(), 9);
        session.ask("session too short", join("join.refused", "", "range").sessionTimeoutMs(10).build(), 9);
        session.ask("session too long", join("join.refused", "", "range").sessionTimeoutMs(99_999_999).build(), 9);
        session.ask("no protocols", join("join.refused", "").build(), 9);
        session.ask("no protocols, new group", join("join.refused.new", "").build(), 9);
        session.ask("no protocol type, new group", join("join.refused.new2", "", "range").protocolType("").build(), 9);
        session.ask("another protocol type", join("join.refused", "", "range").protocolType("connect").build(), 9);
        session.ask("no common protocol", join("join.refused", "", "sticky").build(), 9);
        session.ask("no common protocol, member", join("join.refused", member.memberId(), "sticky").build(), 9);
        session.ask("a blank group", join(" ", "", "range").build(), 9);
        // Kafka keeps the two groups that nobody could join, empty and in memory only.
        session.quietly(DeleteGroupsRequest.builder().groupsNames(List.of("join.refused.new", "join.refused.new2")).build(), 2);
        session.ask("a new group with protocols of another type", join("join.other", "", "v1").protocolType("connect").build(), 3);
    }

    private static void twoMembers(Session session) {
        for (int version : new int[] {0, 1, 3, 4, 5, 7, 9}) {
            String group = "two.v" + version;
            String at = ", v" + version;
            session.awaitCoordinator(group);
            JoinGroupResponse one = session.ask("one joins", join(group, "", "range", "roundrobin").build(), version);
            if (one.errorCode() != 0) one = session.ask("one comes again", join(group, one.memberId(), "range", "roundrobin").build(), version);
            session.ask("one syncs" + at, sync(group, one.generationId(), one.memberId(), one.memberId(), "all").build(), 3);
            String second = "";
            if (version >= 4) second = session.<JoinGroupResponse>askOn("second", "two joins", join(group, "", "roundrobin", "sticky").build(), version).memberId();
            session.send("second", join(group, second, "roundrobin", "sticky").build(), version);
            session.awaitQuietly(heartbeat(group, one.generationId(), one.memberId()).build(), 3, (HeartbeatResponse answer) -> answer.errorCode() != 0);
            session.ask("one is told to rejoin" + at, heartbeat(group, one.generationId(), one.memberId()).build(), 3);
            session.ask("one commits meanwhile" + at, commit(group, one.generationId(), one.memberId(), "two.topic", 0, 5), 8);
            session.ask("one syncs in between" + at, sync(group, one.generationId(), one.memberId()).build(), 3);
            session.ask("described while it rebalances" + at, DescribeGroupsRequest.builder().groups(List.of(group)).build(), 5);
            JoinGroupResponse again = session.ask("one rejoins", join(group, one.memberId(), "range", "roundrobin").build(), version);
            JoinGroupResponse two = session.receive("second", "two has joined" + at);
            session.send("second", sync(group, two.generationId(), two.memberId()).build(), 3);
            session.ask("described while it awaits the leader" + at, DescribeGroupsRequest.builder().groups(List.of(group)).build(), 5);
            session.ask("the leader syncs" + at, sync(group, again.generationId(), one.memberId(), one.memberId(), "first half", two.memberId(), "second half").build(), 3);
            session.receive("second", "the follower has synced" + at);
            session.ask("described when stable" + at, DescribeGroupsRequest.builder().groups(List.of(group)).build(), 5);
            session.ask("a generation ago" + at, heartbeat(group, one.generationId(), one.memberId()).build(), 3);
            session.ask("the follower joins the same again", join(group, two.memberId(), "roundrobin", "sticky").build(), version);
            session.ask("the follower leaves" + at, leave(4, group, two.memberId()), 4);
            session.ask("the leader hears of it" + at, heartbeat(group, again.generationId(), one.memberId()).build(), 3);
            session.ask("the leader joins alone", join(group, one.memberId(), "range", "roundrobin").build(), version);
            session.disconnect("second");
        }
    }

    private static void staticMembers(Session session) {
        Versions.each(JOIN_GROUP, version -> {
            if (version < FIRST_JOIN_WITH_INSTANCES) return;
            String group = "static.v" + version;
            String at = ", v" + version;
            session.awaitCoordinator(group);
            JoinGroupResponse first = session.ask("joins at once", join(group, "", "range").groupInstanceId("a").build(), version);
            session.ask("syncs" + at, sync(group, first.generationId(), first.memberId(), first.memberId(), "all").groupInstanceId("a").build(), 3);
            JoinGroupResponse replaced = session.ask("restarts without its id", join(group, "", "range").groupInstanceId("a").build(), version);
            session.ask("the former is fenced" + at, heartbeat(group, first.generationId(), first.memberId()).groupInstanceId("a").build(), 3);
            session.ask("the former without its instance" + at, heartbeat(group, first.generationId(), first.memberId()).build(), 3);
            session.ask("the former joins", join(group, first.memberId(), "range").groupInstanceId("a").build(), version);
            session.ask("the former syncs" + at, sync(group, first.generationId(), first.memberId()).groupInstanceId("a").build(), 4);
            session.ask("the former commits" + at, commit(group, first.generationId(), first.memberId(), "t", 0, 1).toBuilder().groupInstanceId("a").build(), 8);
            session.ask("the new one syncs" + at, sync(group, replaced.generationId(), replaced.memberId()).groupInstanceId("a").build(), 3);
            session.ask("the new one beats" + at, heartbeat(group, replaced.generationId(), replaced.memberId()).groupInstanceId("a").build(), 4);
            session.ask("another instance name" + at, heartbeat(group, replaced.generationId(), replaced.memberId()).groupInstanceId("b").build(), 4);
            session.ask("restarts with other metadata", join(group, "", "range", "sticky").groupInstanceId("a").build(), version);
            session.ask("described" + at, DescribeGroupsRequest.builder().groups(List.of(group)).build(), 5);
            session.ask("leaves by instance, and a stranger" + at, LeaveGroupRequest.builder().groupId(group).members(List.of(new MemberIdentity("", "a", null), new MemberIdentity("", "nobody", null),
                    new MemberIdentity("stranger", null, null), new MemberIdentity("stranger", "a", null))).build(), 3);
            session.ask("described when empty" + at, DescribeGroupsRequest.builder().groups(List.of(group)).build(), 5);
        });
        session.awaitCoordinator("static.unknown");
        session.ask("an unknown instance with an id", join("static.unknown", "someone", "range").groupInstanceId("x").build(), 7);
    }

    private static void heartbeatsAndLeaving(Session session) {
        session.awaitCoordinator("beats");
        JoinGroupResponse member = joined(session, "beats", 4, "range");
        session.quietly(sync("beats", 1, member.memberId(), member.memberId(), "all").build(), 3);
        Versions.each(HEARTBEAT, version -> {
            session.ask("right", heartbeat("beats", 1, member.memberId()).build(), version);
            session.ask("wrong generation", heartbeat("beats", 2, member.memberId()).build(), version);
            session.ask("negative generation", heartbeat("beats", -1, member.memberId()).build(), version);
            session.ask("wrong member", heartbeat("beats", 1, "stranger").build(), version);
            session.ask("no member", heartbeat("beats", 1, "").build(), version);
            session.ask("absent group", heartbeat("beats.none", 1, "m").build(), version);
            session.ask("no group", heartbeat("", 1, "m").build(), version);
            if (version >= FIRST_HEARTBEAT_WITH_INSTANCES) session.ask("an instance that is not there", heartbeat("beats", 1, member.memberId()).groupInstanceId("i").build(), version);
        });
        Versions.each(LEAVE_GROUP, version -> {
            session.ask("a stranger leaves", leave(version, "beats", "stranger"), version);
            session.ask("leaves an absent group", leave(version, "beats.none", "m"), version);
            session.ask("leaves no group", leave(version, "", "m"), version);
            session.ask("nobody leaves", leave(version, "beats", ""), version);
            String group = "leave.v" + version;
            session.awaitCoordinator(group);
            JoinGroupResponse leaving = joined(session, group, 4, "range");
            session.ask("leaves", leave(version, group, leaving.memberId()), version);
            session.ask("leaves again", leave(version, group, leaving.memberId()), version);
            if (version >= FIRST_LEAVE_WITH_INSTANCES) session.ask("no members", LeaveGroupRequest.builder().groupId(group).members(List.of()).build(), version);
        });
        JoinGroupResponse pending = session.quietly(join("leave.pending", "", "range").build(), 4);
        session.ask("leaves before it has come again", leave(3, "leave.pending", pending.memberId()), 3);
    }

    private static void sync(Session session) {
        session.awaitCoordinator("sync");
        JoinGroupResponse member = joined(session, "sync", 4, "range");
        Versions.each(SYNC_GROUP, version -> {
            session.ask("wrong generation", named(version, sync("sync", 9, member.memberId())), version);
            session.ask("wrong member", named(version, sync("sync", 1, "stranger")), version);
            session.ask("absent group", named(version, sync("sync.none", 1, "m")), version);
            session.ask("no group", named(version, sync("", 1, "m")), version);
            if (version >= 5) {
                session.ask("another protocol type", sync("sync", 1, member.memberId()).protocolType("connect").protocolName("range").build(), version);
                session.ask("another protocol", sync("sync", 1, member.memberId()).protocolType("consumer").protocolName("sticky").build(), version);
                session.ask("no protocol", sync("sync", 1, member.memberId()).build(), version);
            }
            if (version >= FIRST_SYNC_WITH_INSTANCES) session.ask("an instance that is not there", named(version, sync("sync", 1, member.memberId()).groupInstanceId("i")), version);
        });
        session.ask("the leader assigns nothing to itself", sync("sync", 1, member.memberId(), "stranger", "all").build(), 3);
        session.ask("and asks again", sync("sync", 1, member.memberId()).build(), 3);
    }

    private static SyncGroupRequest named(int version, SyncGroupRequest.Builder request) {
        return version >= 5 ? request.protocolType("consumer").protocolName("range").build() : request.build();
    }

    private static OffsetCommitRequest commit(String group, int generation, String member, String topic, int partition, long offset) {
        return OffsetCommitRequest.builder().groupId(group).generationIdOrMemberEpoch(generation).memberId(member).topics(List.of(new OffsetCommitRequestTopic(topic, Uuid.ZERO,
                List.of(OffsetCommitRequestPartition.builder().partitionIndex(partition).committedOffset(offset).committedMetadata("at " + offset).build())))).build();
    }

    private static OffsetCommitRequest commit(String group, int generation, String member, Uuid topic, int partition, long offset) {
        return OffsetCommitRequest.builder().groupId(group).generationIdOrMemberEpoch(generation).memberId(member).topics(List.of(new OffsetCommitRequestTopic("", topic,
                List.of(OffsetCommitRequestPartition.builder().partitionIndex(partition).committedOffset(offset).committedMetadata("at " + offset).build())))).build();
    }

    private static OffsetFetchRequest fetchOffsets(int version, String group, String topic, Integer... partitions) {
        if (version < 8) return OffsetFetchRequest.builder().groupId(group).topics(topic == null ? null : List.of(new OffsetFetchRequestTopic(topic, List.of(partitions)))).build();
        return OffsetFetchRequest.builder().groups(List.of(OffsetFetchRequestGroup.builder().groupId(group).memberId(null).topics(topic == null ? null
                : List.of(new OffsetFetchRequestTopics(topic, Uuid.ZERO, List.of(partitions)))).build())).build();
    }

    private static OffsetFetchRequest fetchOffsets(String group, Uuid topic, Integer... partitions) {
        return OffsetFetchRequest.builder().groups(List.of(OffsetFetchRequestGroup.builder().groupId(group).memberId(null)
                .topics(List.of(new OffsetFetchRequestTopics("", topic, List.of(partitions)))).build())).build();
    }

    private static void offsets(Session session) {
        Uuid id = session.topic("committed", 3);
        session.awaitCoordinator("commits");
        Versions.each(OFFSET_COMMIT, version -> {
            if (version < 10) {
                session.ask("alone", commit("commits", -1, "", "committed", 0, version), version);
                session.ask("an absent partition", commit("commits", -1, "", "committed", 9, 1), version);
                session.ask("an absent topic", commit("commits", -1, "", "committed.none", 0, 1), version);
                session.ask("an invalid topic", commit("commits", -1, "", "committed/none", 0, 1), version);
                session.ask("no group", commit("", -1, "", "committed", 0, 1), version);
                session.ask("as a member of an absent group", commit("commits.none", 1, "m", "committed", 0, 1), version);
                session.ask("as a stranger", commit("commits", 1, "m", "committed", 0, 1), version);
                session.ask("with a generation and no member", commit("commits", 1, "", "committed", 0, 1), version);
                session.ask("a negative offset", commit("commits", -1, "", "committed", 1, -5), version);
                session.ask("too much metadata", commit("commits", -1, "", "committed", 2, 1).toBuilder().topics(List.of(new OffsetCommitRequestTopic("committed", Uuid.ZERO,
                        List.of(OffsetCommitRequestPartition.builder().partitionIndex(2).committedOffset(1).committedMetadata("m".repeat(5_000)).build())))).build(), version);
                session.ask("no metadata", commit("commits", -1, "", "committed", 2, 1).toBuilder().topics(List.of(new OffsetCommitRequestTopic("committed", Uuid.ZERO,
                        List.of(OffsetCommitRequestPartition.builder().partitionIndex(2).committedOffset(11).committedMetadata(null).build())))).build(), version);
            } else {
                session.ask("alone", commit("commits", -1, "", id, 0, version), version);
                session.ask("an absent partition", commit("commits", -1, "", id, 9, 1), version);
                session.ask("an absent topic", commit("commits", -1, "", new Uuid(6, 6), 0, 1), version);
                session.ask("no topic", commit("commits", -1, "", Uuid.ZERO, 0, 1), version);
                session.ask("as a stranger", commit("commits", 1, "m", id, 0, 1), version);
            }
            if (version >= 6) session.ask("with a leader epoch", commit("commits", -1, "", "committed", 1, 7).toBuilder().topics(List.of(new OffsetCommitRequestTopic("committed", version >= 10 ? id : Uuid.ZERO,
                    List.of(OffsetCommitRequestPartition.builder().partitionIndex(1).committedOffset(7).committedLeaderEpoch(3).committedMetadata("e").build())))).build(), version);
            if (version >= FIRST_COMMIT_WITH_INSTANCES && version < 10) session.ask("as an instance that is not there", commit("commits", -1, "", "committed", 0, 2).toBuilder().groupInstanceId("i").build(), version);
            session.ask("nothing", OffsetCommitRequest.builder().groupId("commits").build(), version);
        });
        Versions.each(OFFSET_FETCH, version -> {
            if (version < 10) {
                session.ask("some", fetchOffsets(version, "commits", "committed", 0, 1, 2, 9), version);
                session.ask("of an absent topic", fetchOffsets(version, "commits", "committed.none", 0), version);
                session.ask("of an absent group", fetchOffsets(version, "commits.none", "committed", 0), version);
                session.ask("of no group", fetchOffsets(version, "", "committed", 0), version);
                session.ask("of no topic", version < 8 ? OffsetFetchRequest.builder().groupId("commits").topics(List.of()).build()
                        : OffsetFetchRequest.builder().groups(List.of(OffsetFetchRequestGroup.builder().groupId("commits").topics(List.of()).build())).build(), version);
            } else {
                session.ask("some", fetchOffsets("commits", id, 0, 1, 9), version);
                session.ask("of an absent topic", fetchOffsets("commits", new Uuid(6, 6), 0), version);
                session.ask("of no topic id", fetchOffsets("commits", Uuid.ZERO, 0), version);
            }
            if (version >= 2) session.ask("all", fetchOffsets(version, "commits", null), version);
            if (version >= 2) session.ask("all of an absent group", fetchOffsets(version, "commits.none", null), version);
            if (version >= 7) session.ask("stable ones", fetchOffsets(version, "commits", null).toBuilder().requireStable(true).build(), version);
            if (version >= 8) session.ask("two groups", OffsetFetchRequest.builder().groups(List.of(OffsetFetchRequestGroup.builder().groupId("commits").topics(null).build(),
                    OffsetFetchRequestGroup.builder().groupId("commits.none").topics(null).build())).build(), version);
            if (version >= 9) session.ask("as a member", OffsetFetchRequest.builder().groups(List.of(new OffsetFetchRequestGroup("commits", "m", 3, null))).build(), version);
        });
    }

    private static void memberOffsets(Session session) {
        Uuid id = session.topic("membered", 1);
        session.awaitCoordinator("membered");
        JoinGroupResponse member = joined(session, "membered", 4, "range");
        session.ask("before it has synced", commit("membered", 1, member.memberId(), "membered", 0, 1), 8);
        session.quietly(sync("membered", 1, member.memberId(), member.memberId(), "all").build(), 3);
        Versions.each(OFFSET_COMMIT, version -> {
            if (version >= 10) {
                session.ask("right", commit("membered", 1, member.memberId(), id, 0, version), version);
                session.ask("wrong generation", commit("membered", 4, member.memberId(), id, 0, version), version);
                return;
            }
            session.ask("right", commit("membered", 1, member.memberId(), "membered", 0, version), version);
            session.ask("wrong generation", commit("membered", 2, member.memberId(), "membered", 0, 99), version);
            session.ask("wrong member", commit("membered", 1, "stranger", "membered", 0, 99), version);
            session.ask("an outsider", commit("membered", -1, "", "membered", 0, 99), version);
        });
        session.ask("what is committed", fetchOffsets(9, "membered", null), 9);
    }

    private static void deletedOffsets(Session session) {
        session.topic("deleted", 2);
        session.topic("subscribed", 1);
        session.awaitCoordinator("deletes");
        session.quietly(commit("deletes", -1, "", "deleted", 0, 5), 8);
        session.quietly(commit("deletes", -1, "", "deleted", 1, 6), 8);
        session.ask("one, an absent partition", deleteOffsets("deletes", "deleted", 0, 7), 0);
        session.ask("again", deleteOffsets("deletes", "deleted", 0), 0);
        session.ask("an absent topic", deleteOffsets("deletes", "deleted.none", 0), 0);
        session.ask("an absent group", deleteOffsets("deletes.none", "deleted", 0), 0);
        session.ask("no group", deleteOffsets("", "deleted", 0), 0);
        session.ask("nothing", OffsetDeleteRequest.builder().groupId("deletes").build(), 0);
        session.ask("what is left", fetchOffsets(8, "deletes", null), 8);
        var subscription = ConsumerProtocolSubscription.builder().topics(List.of("subscribed")).build();
        ByteBuffer metadata = ByteBuffer.allocate(2 + subscription.size((short) 0)).putShort((short) 0);
        subscription.write(BufferWriter.copyingInto(metadata), (short) 0);
        metadata.flip();
        session.awaitCoordinator("deletes.live");
        var request = JoinGroupRequest.builder().groupId("deletes.live").sessionTimeoutMs(30_000).rebalanceTimeoutMs(9_000).protocolType("consumer").protocols(List.of(new JoinGroupRequestProtocol("range", metadata)));
        JoinGroupResponse first = session.quietly(request.memberId("").build(), 3);
        session.quietly(sync("deletes.live", first.generationId(), first.memberId(), first.memberId(), "all").build(), 3);
        session.quietly(commit("deletes.live", first.generationId(), first.memberId(), "subscribed", 0, 5), 8);
        session.quietly(commit("deletes.live", first.generationId(), first.memberId(), "deleted", 0, 5), 8);
        session.ask("a subscribed topic", deleteOffsets("deletes.live", "subscribed", 0), 0);
        session.ask("a topic that is not subscribed", deleteOffsets("deletes.live", "deleted", 0), 0);
        session.awaitCoordinator("deletes.connect");
        JoinGroupResponse worker = session.quietly(join("deletes.connect", "", "v1").protocolType("connect").build(), 3);
        session.quietly(sync("deletes.connect", worker.generationId(), worker.memberId(), worker.memberId(), "all").build(), 3);
        session.ask("a group of another type", deleteOffsets("deletes.connect", "deleted", 0), 0);
    }

    private static OffsetDeleteRequest deleteOffsets(String group, String topic, int... partitions) {
        List<OffsetDeleteRequestPartition> all = new ArrayList<>();
        for (int partition : partitions) all.add(new OffsetDeleteRequestPartition(partition));
        return OffsetDeleteRequest.builder().groupId(group).topics(List.of(new OffsetDeleteRequestTopic(topic, all))).build();
    }

    private static void described(Session session) {
        session.topic("described", 1);
        session.awaitCoordinator("described");
        JoinGroupResponse member = joined(session, "described", 4, "range");
        session.ask("before the leader has synced", DescribeGroupsRequest.builder().groups(List.of("described")).build(), 5);
        session.quietly(sync("described", 1, member.memberId(), member.memberId(), "all").build(), 3);
        session.awaitCoordinator("described.simple");
        session.quietly(commit("described.simple", -1, "", "described", 0, 5), 8);
        session.awaitCoordinator("described.pending");
        session.quietly(join("described.pending", "", "range").build(), 4);
        Versions.each(DESCRIBE_GROUPS, version -> {
            session.ask("several", DescribeGroupsRequest.builder().groups(List.of("described", "described.simple", "described.pending", "described.none", "")).build(), version);
            session.ask("the same twice", DescribeGroupsRequest.builder().groups(List.of("described", "described")).build(), version);
            session.ask("none", DescribeGroupsRequest.builder().build(), version);
            if (version >= 3) session.ask("with authorized operations", DescribeGroupsRequest.builder().groups(List.of("described", "described.none")).includeAuthorizedOperations(true).build(), version);
        });
        Versions.each(LIST_GROUPS, version -> {
            session.ask("all", ListGroupsRequest.builder().build(), version);
            if (version >= 4) for (String state : List.of("Stable", "stable", "Empty", "Dead", "PreparingRebalance", "CompletingRebalance", "Nonsense")) {
                session.ask("in state " + state, ListGroupsRequest.builder().statesFilter(List.of(state)).build(), version);
            }
            if (version >= 4) session.ask("in two states", ListGroupsRequest.builder().statesFilter(List.of("Stable", "Empty")).build(), version);
            if (version >= 5) for (String type : List.of("classic", "Classic", "consumer", "share", "streams", "nonsense")) {
                session.ask("of type " + type, ListGroupsRequest.builder().typesFilter(List.of(type)).build(), version);
            }
            if (version >= 5) session.ask("of a type in a state", ListGroupsRequest.builder().typesFilter(List.of("classic")).statesFilter(List.of("Empty")).build(), version);
        });
    }

    private static void deletedGroups(Session session) {
        session.topic("grave", 1);
        Versions.each(DELETE_GROUPS, version -> {
            String group = "delete.v" + version;
            session.awaitCoordinator(group);
            session.quietly(commit(group, -1, "", "grave", 0, 5), 8);
            session.awaitCoordinator(group + ".live");
            JoinGroupResponse member = joined(session, group + ".live", 4, "range");
            session.ask("empty, live, absent, none", DeleteGroupsRequest.builder().groupsNames(List.of(group, group + ".live", group + ".none", "")).build(), version);
            session.ask("again", DeleteGroupsRequest.builder().groupsNames(List.of(group)).build(), version);
            session.ask("its offsets are gone, v" + version, fetchOffsets(8, group, null), 8);
            session.ask("described, v" + version, DescribeGroupsRequest.builder().groups(List.of(group)).build(), 6);
            session.quietly(leave(3, group + ".live", member.memberId()), 3);
            session.ask("after its member has left", DeleteGroupsRequest.builder().groupsNames(List.of(group + ".live")).build(), version);
            session.ask("nothing", DeleteGroupsRequest.builder().build(), version);
            session.ask("the same twice", DeleteGroupsRequest.builder().groupsNames(List.of(group + ".none", group + ".none")).build(), version);
        });
    }
}
