package millrace.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static millrace.coordination.Scene.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import millrace.common.Uuid;
import millrace.metadata.Features;
import millrace.protocol.ApiKey;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ConsumerGroupHeartbeatRequest;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse;
import millrace.protocol.message.ConsumerProtocolAssignment;
import millrace.protocol.message.ConsumerProtocolSubscription;
import millrace.protocol.message.DeleteGroupsRequest;
import millrace.protocol.message.DeleteGroupsResponse;
import millrace.protocol.message.DescribeGroupsRequest;
import millrace.protocol.message.DescribeGroupsResponse;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.HeartbeatResponse;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.LeaveGroupRequest;
import millrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import millrace.protocol.message.LeaveGroupResponse;
import millrace.protocol.message.ListGroupsRequest;
import millrace.protocol.message.ListGroupsResponse;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.OffsetCommitResponse;
import millrace.protocol.message.OffsetDeleteRequest;
import millrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import millrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import millrace.protocol.message.OffsetDeleteResponse;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import millrace.protocol.message.OffsetFetchResponse;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import millrace.protocol.message.SyncGroupResponse;

/// Every API of groups in every version: what was asked is read, and the answer can be written.
class GroupHandlersTest {
    private final Scene scene = new Scene();

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static ByteBuffer subscription() {
        return inVersionOne(ConsumerProtocolSubscription.builder().topics(List.of("t")).build().toBytes((short) 1));
    }

    private static ByteBuffer assignment() {
        return inVersionOne(ConsumerProtocolAssignment.builder().assignedPartitions(List.of(new ConsumerProtocolAssignment.TopicPartition("t", List.of(0)))).build().toBytes((short) 1));
    }

    private static ByteBuffer inVersionOne(ByteBuffer body) {
        return ByteBuffer.allocate(2 + body.remaining()).putShort((short) 1).put(body).flip();
    }

    private Scene.Asked<JoinGroupResponse> join(String memberId, int version) {
        return join(memberId, version, "c1");
    }

    private Scene.Asked<JoinGroupResponse> join(String memberId, int version, String connection) {
        return scene.ask(JoinGroupRequest.builder().groupId(GROUP).memberId(memberId).protocolType("consumer").sessionTimeoutMs(10_000).rebalanceTimeoutMs(60_000)
                .protocols(List.of(new JoinGroupRequestProtocol("range", subscription()))).build(), version, connection);
    }

    /// @return the member id of the only member of a stable group
    private String stable(int version) {
        var joined = join("", version);
        if (version >= 4) {
            assertThat(joined.response().errorCode()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED.code());
            joined = join(joined.response().memberId(), version);
        }
        assertThat(joined.waits()).isTrue();
        scene.time.pass(3_000);
        String memberId = joined.response().memberId();
        assertThat(joined.response().leader()).isEqualTo(memberId);
        assertThat(joined.response().members()).hasSize(1);
        int syncVersion = Math.min(version, 5);
        Scene.Asked<SyncGroupResponse> synced = scene.ask(SyncGroupRequest.builder().groupId(GROUP).memberId(memberId).generationId(1)
                .protocolType("consumer").protocolName("range").assignments(List.of(new SyncGroupRequestAssignment(memberId, assignment()))).build(), syncVersion);
        assertThat(synced.response().errorCode()).isZero();
        assertThat(synced.response().assignment()).isEqualTo(assignment());
        return memberId;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void aMemberComesAndGoes(int version) {
        scene.elected();
        String memberId = stable(version);
        Scene.Asked<HeartbeatResponse> heard = scene.ask(HeartbeatRequest.builder().groupId(GROUP).memberId(memberId).generationId(1).build(), Math.min(version, 4));
        assertThat(heard.response().errorCode()).isZero();
        int leaveVersion = Math.min(version, 5);
        var leave = LeaveGroupRequest.builder().groupId(GROUP);
        Scene.Asked<LeaveGroupResponse> left = scene.ask((leaveVersion < 3 ? leave.memberId(memberId) : leave.members(List.of(new MemberIdentity(memberId, null, null)))).build(), leaveVersion);
        assertThat(left.response().errorCode()).isZero();
        Scene.Asked<LeaveGroupResponse> again = scene.ask((leaveVersion < 3 ? leave.memberId(memberId) : leave.members(List.of(new MemberIdentity(memberId, null, null)))).build(), leaveVersion);
        short error = leaveVersion < 3 ? again.response().errorCode() : again.response().members().getFirst().errorCode();
        assertThat(error).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
    }

    private Scene.Asked<HeartbeatResponse> heartbeat(String memberId, String software) {
        return scene.ask(HeartbeatRequest.builder().groupId(GROUP).memberId(memberId).generationId(1).build(), 4, "c1", software);
    }

    @Test void aJavaClientIsToldOfARebalanceInTheAnswerToTheHeartbeatBefore() {
        scene.elected();
        var heard = heartbeat(stable(3), "apache-kafka-java");
        assertThat(heard.waits()).isTrue();
        join("", 3, "c2");
        assertThat(heard.response().errorCode()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS.code());
    }

    @Test void itsHeartbeatIsAnsweredOnceSomethingComesBehindIt() {
        scene.elected();
        var heard = heartbeat(stable(3), "apache-kafka-java");
        heard.waiting().othersWait();
        assertThat(heard.response().errorCode()).isZero();
    }

    @Test void aMemberWhoseConnectionBreaksMeanwhileIsAnsweredAtOnceFromThenOn() {
        scene.elected();
        String memberId = stable(3);
        heartbeat(memberId, "apache-kafka-java").waiting().nobodyWaits();
        assertThat(heartbeat(memberId, "apache-kafka-java").response().errorCode()).isZero();
    }

    @Test void whenTheCoordinatorMovesWhoIsKeptWaitingIsToldSo() {
        scene.elected();
        var heard = heartbeat(stable(3), "apache-kafka-java");
        scene.coordinators.close();
        assertThat(heard.response().errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "librdkafka", "confluent-kafka-python", "kafkajs", "Apache-Kafka-Java"})
    void aClientThatMayNotGoOnMeanwhileIsAnsweredAtOnce(String software) {
        scene.elected();
        assertThat(heartbeat(stable(3), software).response().errorCode()).isZero();
    }

    @Test void beforeVersionOneTheSessionTimeoutIsTheRebalanceTimeout() {
        scene.elected();
        var joined = join("", 0);
        scene.time.pass(3_000);
        var other = join("", 0);
        scene.time.pass(10_000);
        assertThat(joined.response().errorCode()).isZero();
        assertThat(other.waits()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 6, 7, 9})
    void aRefusedJoinCanBeWritten(int version) {
        var refused = join("", version).response();
        assertThat(refused.errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
        assertThat(refused.generationId()).isEqualTo(-1);
        assertThat(refused.protocolName()).isEqualTo(version < 7 ? "" : null);
    }

    @Test void aJoinOverAnOlderConnectionIsAsGoodInAClassicGroup() {
        scene.elected();
        String memberId = stable(9);
        assertThat(join(memberId, 9, "c3").response().errorCode()).isZero();
        assertThat(join(memberId, 9, "c2").response().errorCode()).isZero();
    }

    /// It would say that the member has nothing, when it has been given something since (`MigrationExplorationTest`).
    @Test void aJoinOrSyncThatWasLeftBehindOnAnOlderConnectionIsNotTakenForANewOneInAConsumerGroup() {
        scene.elected();
        scene.cluster.finalizes(Features.GROUP_VERSION, 1);
        String memberId = stable(9);
        var consumer = ConsumerGroupHeartbeatRequest.builder().groupId(GROUP).memberId("m").rebalanceTimeoutMs(60_000).subscribedTopicNames(List.of("t")).topicPartitions(List.of()).build();
        assertThat(scene.<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>ask(consumer, 1).response().errorCode()).isZero();
        Scene.Asked<JoinGroupResponse> newer = join(memberId, 9, "c3");
        assertThat(newer.response().errorCode()).isZero();
        assertThat(join(memberId, 9, "c2").response().errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
        var sync = SyncGroupRequest.builder().groupId(GROUP).memberId(memberId).generationId(newer.response().generationId()).protocolType("consumer").protocolName("range").build();
        assertThat(scene.<SyncGroupRequest, SyncGroupResponse>ask(sync, 5, "c2").response().errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(scene.<SyncGroupRequest, SyncGroupResponse>ask(sync, 5, "c3").response().errorCode()).isZero();
    }

    @Test void whileTheLogIsReadHeartbeatsAreGoodAndSyncsBeginAnew() {
        scene.coordinators.onElected(scene.partition);
        Scene.Asked<HeartbeatResponse> heard = scene.ask(HeartbeatRequest.builder().groupId(GROUP).memberId("m").generationId(1).build(), 4);
        assertThat(heard.response().errorCode()).isZero();
        Scene.Asked<SyncGroupResponse> synced = scene.ask(SyncGroupRequest.builder().groupId(GROUP).memberId("m").generationId(1).protocolType("consumer").protocolName("range").build(), 5);
        assertThat(synced.response().errorCode()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS.code());
    }

    @Test void fromVersionFiveASyncSaysItsProtocol() {
        scene.elected();
        Scene.Asked<SyncGroupResponse> synced = scene.ask(SyncGroupRequest.builder().groupId(GROUP).memberId("m").generationId(1).build(), 5);
        assertThat(synced.response().errorCode()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL.code());
    }

    // ---- offsets ----

    private Scene.Asked<OffsetCommitResponse> commit(int version, Uuid topicId, int... partitions) {
        List<OffsetCommitRequestPartition> offsets = new ArrayList<>();
        for (int partition : partitions) offsets.add(new OffsetCommitRequestPartition(partition, 40 + partition, version >= 6 ? 3 : -1, "mine"));
        var topic = OffsetCommitRequestTopic.builder().partitions(offsets);
        return scene.ask(OffsetCommitRequest.builder().groupId(GROUP).generationIdOrMemberEpoch(-1)
                .topics(List.of((version >= 10 ? topic.topicId(topicId) : topic.name("t")).build())).build(), version);
    }

    private Scene.Asked<OffsetFetchResponse> fetch(int version, boolean all) {
        if (version < 8) return scene.ask(OffsetFetchRequest.builder().groupId(GROUP).topics(all ? null : List.of(new OffsetFetchRequestTopic("t", List.of(0, 1)))).build(), version);
        var topic = version >= 10 ? OffsetFetchRequestTopics.builder().topicId(Scene.TOPIC_ID) : OffsetFetchRequestTopics.builder().name("t");
        var group = OffsetFetchRequestGroup.builder().groupId(GROUP).topics(all ? null : List.of(topic.partitionIndexes(List.of(0, 1)).build())).build();
        return scene.ask(OffsetFetchRequest.builder().groups(List.of(group)).build(), version);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9, 10})
    void offsetsAreCommittedAndFetched(int version) {
        scene.elected();
        var committed = commit(version, Scene.TOPIC_ID, 0, 7).response().topics().getFirst();
        assertThat(committed.partitions()).extracting("errorCode").containsExactly((short) 0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        OffsetFetchResponse fetched = fetch(version, false).response();
        if (version < 8) {
            assertThat(fetched.topics().getFirst().name()).isEqualTo("t");
            assertThat(fetched.topics().getFirst().partitions()).extracting("committedOffset").containsExactly(40L, -1L);
        } else {
            assertThat(fetched.groups().getFirst().groupId()).isEqualTo(GROUP);
            assertThat(fetched.groups().getFirst().topics().getFirst().partitions()).extracting("committedOffset").containsExactly(40L, -1L);
            assertThat(fetched.groups().getFirst().topics().getFirst().partitions()).extracting("committedLeaderEpoch").containsExactly(3, -1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 7, 8, 9, 10})
    void everythingCommittedCanBeFetched(int version) {
        scene.elected();
        commit(Math.max(version, 2), Scene.TOPIC_ID, 0, 1);
        OffsetFetchResponse fetched = fetch(version, true).response();
        int partitions = version < 8 ? fetched.topics().getFirst().partitions().size() : fetched.groups().getFirst().topics().getFirst().partitions().size();
        assertThat(partitions).isEqualTo(2);
        if (version >= 10) assertThat(fetched.groups().getFirst().topics().getFirst().topicId()).isEqualTo(Scene.TOPIC_ID);
    }

    @Test void anUnknownTopicIdMakesTheClientLookAgain() {
        scene.elected();
        assertThat(commit(10, new Uuid(1, 2), 0).response().topics().getFirst().partitions().getFirst().errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
        var group = OffsetFetchRequestGroup.builder().groupId(GROUP)
                .topics(List.of(OffsetFetchRequestTopics.builder().topicId(new Uuid(1, 2)).partitionIndexes(List.of(0)).build())).build();
        Scene.Asked<OffsetFetchResponse> fetched = scene.ask(OffsetFetchRequest.builder().groups(List.of(group)).build(), 10);
        assertThat(fetched.response().groups().getFirst().topics().getFirst().partitions().getFirst().errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    }

    @Test void anErrorOfTheGroupIsToldWhereTheVersionHasAPlaceForIt() {
        short error = ErrorCode.NOT_COORDINATOR.code();
        assertThat(fetch(1, false).response().topics().getFirst().partitions()).extracting("errorCode").containsExactly(error, error);
        assertThat(fetch(2, false).response().errorCode()).isEqualTo(error);
        assertThat(fetch(8, false).response().groups().getFirst().errorCode()).isEqualTo(error);
        assertThat(commit(9, Scene.TOPIC_ID, 0).response().topics().getFirst().partitions().getFirst().errorCode()).isEqualTo(error);
    }

    @Test void aCommitThatIsTooLargeIsSaidToBe() {
        scene.elected();
        scene.partition.refuses = ErrorCode.MESSAGE_TOO_LARGE;
        assertThat(commit(9, Scene.TOPIC_ID, 0).response().topics().getFirst().partitions().getFirst().errorCode()).isEqualTo(ErrorCode.INVALID_COMMIT_OFFSET_SIZE.code());
    }

    @Test void offsetsAreDeletedPartitionByPartition() {
        scene.elected();
        commit(9, Scene.TOPIC_ID, 0, 1);
        Scene.Asked<OffsetDeleteResponse> deleted = scene.ask(OffsetDeleteRequest.builder().groupId(GROUP).topics(List.of(
                new OffsetDeleteRequestTopic("gone", List.of(new OffsetDeleteRequestPartition(0))),
                new OffsetDeleteRequestTopic("t", List.of(new OffsetDeleteRequestPartition(9), new OffsetDeleteRequestPartition(1))))).build(), 0);
        short unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code();
        assertThat(deleted.response().topics().getFirst().partitions()).extracting("errorCode").containsExactly(unknown);
        assertThat(deleted.response().topics().getLast().partitions()).extracting("errorCode").containsExactly(unknown, (short) 0);
        assertThat(fetch(7, false).response().topics().getFirst().partitions()).extracting("committedOffset").containsExactly(40L, -1L);
        Scene.Asked<OffsetDeleteResponse> absent = scene.ask(OffsetDeleteRequest.builder().groupId("shipments").topics(List.of()).build(), 0);
        assertThat(absent.response().errorCode()).isIn(ErrorCode.GROUP_ID_NOT_FOUND.code(), ErrorCode.NOT_COORDINATOR.code());
    }

    // ---- administration ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void groupsAreDescribed(int version) {
        scene.elected();
        String memberId = stable(9);
        String absent = neighbourOf(GROUP);
        Scene.Asked<DescribeGroupsResponse> described = scene.ask(DescribeGroupsRequest.builder().groups(List.of(GROUP, absent)).includeAuthorizedOperations(version >= 3).build(), version);
        var there = described.response().groups().getFirst();
        assertThat(there.groupState()).isEqualTo("Stable");
        assertThat(there.members()).singleElement().satisfies(member -> {
            assertThat(member.memberId()).isEqualTo(memberId);
            assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
        });
        assertThat(there.authorizedOperations()).isEqualTo(version >= 3 ? 3400 : Integer.MIN_VALUE);
        var dead = described.response().groups().getLast();
        assertThat(dead.groupState()).isEqualTo("Dead");
        assertThat(dead.errorCode()).isEqualTo(version >= 6 ? ErrorCode.GROUP_ID_NOT_FOUND.code() : 0);
        assertThat(dead.errorMessage() != null).isEqualTo(version >= 6);
        if (version >= 3) assertThat(dead.authorizedOperations()).isEqualTo(version >= 6 ? Integer.MIN_VALUE : 3400);
    }

    /// @return another group id that lives in the same partition
    private static String neighbourOf(String group) {
        int wanted = OffsetsTopic.partitionOf(group, Scene.OFFSETS_PARTITIONS);
        for (int i = 0; ; i++) if (OffsetsTopic.partitionOf("g" + i, Scene.OFFSETS_PARTITIONS) == wanted) return "g" + i;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void groupsAreListed(int version) {
        scene.elected();
        stable(9);
        Scene.Asked<ListGroupsResponse> listed = scene.ask(ListGroupsRequest.builder().build(), version);
        assertThat(listed.response().groups()).singleElement().satisfies(group -> {
            assertThat(group.groupId()).isEqualTo(GROUP);
            assertThat(group.protocolType()).isEqualTo("consumer");
        });
        if (version < 4) return;
        Scene.Asked<ListGroupsResponse> empty = scene.ask(ListGroupsRequest.builder().statesFilter(List.of("Empty")).build(), version);
        assertThat(empty.response().groups()).isEmpty();
    }

    @Test void aListThatCannotBeWholeIsRefused() {
        scene.coordinators.onElected(scene.partition);
        Scene.Asked<ListGroupsResponse> listed = scene.ask(ListGroupsRequest.builder().build(), 5);
        assertThat(listed.response().errorCode()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.code());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void groupsAreDeleted(int version) {
        scene.elected();
        commit(9, Scene.TOPIC_ID, 0);
        Scene.Asked<DeleteGroupsResponse> deleted = scene.ask(DeleteGroupsRequest.builder().groupsNames(List.of(GROUP, GROUP)).build(), version);
        assertThat(deleted.response().results()).singleElement().satisfies(result -> assertThat(result.errorCode()).isZero());
        Scene.Asked<DeleteGroupsResponse> again = scene.ask(DeleteGroupsRequest.builder().groupsNames(List.of(GROUP)).build(), version);
        assertThat(again.response().results().getFirst().errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
    }

    // ---- finding the coordinator ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void theCoordinatorIsTheLeaderOfTheGroupsPartition(int version) {
        var request = version < 4 ? FindCoordinatorRequest.builder().key(GROUP).build() : FindCoordinatorRequest.builder().coordinatorKeys(List.of(GROUP, "b")).build();
        Scene.Asked<FindCoordinatorResponse> found = scene.ask(request, version);
        if (version < 4) {
            assertThat(found.response().nodeId()).isEqualTo(1);
            assertThat(found.response().host()).isEqualTo("localhost");
            assertThat(found.response().port()).isEqualTo(9092);
        } else {
            assertThat(found.response().coordinators()).extracting("key").containsExactly(GROUP, "b");
            assertThat(found.response().coordinators()).extracting("nodeId").containsOnly(1);
        }
    }

    @Test void theFirstToAskHasTheTopicCreated() {
        scene.cluster.without(OffsetsTopic.NAME);
        Scene.Asked<FindCoordinatorResponse> found = scene.ask(FindCoordinatorRequest.builder().coordinatorKeys(List.of(GROUP)).build(), 6);
        assertThat(found.waits()).isTrue();
        assertThat(scene.cluster.created).containsExactly(OffsetsTopic.NAME);
        scene.cluster.add(OffsetsTopic.NAME, new Uuid(9, 10), 4);
        scene.cluster.creation.complete(ErrorCode.NONE);
        assertThat(found.response().coordinators().getFirst().errorCode()).isZero();
    }

    @Test void whoWaitsTooLongForTheTopicAsksAgain() {
        scene.cluster.without(OffsetsTopic.NAME);
        Scene.Asked<FindCoordinatorResponse> found = scene.ask(FindCoordinatorRequest.builder().coordinatorKeys(List.of(GROUP)).build(), 6);
        assertThat(found.givesUp().response().coordinators().getFirst().errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
    }

    @Test void otherCoordinatorsAreNotAvailable() {
        Scene.Asked<FindCoordinatorResponse> share = scene.ask(FindCoordinatorRequest.builder().keyType((byte) 2).coordinatorKeys(List.of("x")).build(), 6);
        assertThat(share.response().coordinators().getFirst().errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        Scene.Asked<FindCoordinatorResponse> unknown = scene.ask(FindCoordinatorRequest.builder().keyType((byte) 9).coordinatorKeys(List.of("x")).build(), 6);
        assertThat(unknown.response().coordinators().getFirst().errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }

    @Test void everyGroupApiHasAHandler() {
        assertThat(GroupHandlers.all(scene.coordinators, scene.transactions, scene.cluster).keySet()).containsExactlyInAnyOrder(ApiKey.FIND_COORDINATOR, ApiKey.JOIN_GROUP,
                ApiKey.SYNC_GROUP, ApiKey.HEARTBEAT, ApiKey.LEAVE_GROUP, ApiKey.OFFSET_COMMIT, ApiKey.OFFSET_FETCH, ApiKey.OFFSET_DELETE, ApiKey.LIST_GROUPS,
                ApiKey.DESCRIBE_GROUPS, ApiKey.DELETE_GROUPS,
                ApiKey.CONSUMER_GROUP_HEARTBEAT, ApiKey.CONSUMER_GROUP_DESCRIBE);
    }
}
