package millrace.compat.differential;

import static millrace.compat.differential.Batches.batch;
import static millrace.compat.differential.Batches.produced;
import static millrace.compat.differential.ProduceScripts.produce;
import static millrace.compat.differential.ProduceScripts.to;

import java.util.List;
import millrace.common.Uuid;
import millrace.protocol.message.DeleteRecordsRequest;
import millrace.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import millrace.protocol.message.DeleteRecordsRequest.DeleteRecordsTopic;
import millrace.protocol.message.DescribeConfigsRequest;
import millrace.protocol.message.DescribeConfigsRequest.DescribeConfigsResource;
import millrace.protocol.message.DescribeGroupsRequest;
import millrace.protocol.message.DescribeLogDirsRequest;
import millrace.protocol.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.ListOffsetsRequest;
import millrace.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import millrace.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import millrace.protocol.message.OffsetForLeaderEpochRequest;
import millrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import millrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;

/// What is still known when a node comes back after it was stopped in order.
final class RestartScripts {
    private static final String TOPIC = "restart";
    private static final String GROUP = "restart.group";
    private static final long PRODUCER = 424_242;

    private RestartScripts() {}

    static Script before() {
        return new Script("Before a restart", RestartScripts::before);
    }

    static Script after() {
        return new Script("After a restart", RestartScripts::after);
    }

    private static void before(Session session) {
        session.topic(TOPIC, 2, "retention.ms", "987654321");
        for (int i = 0; i < 6; i++) session.ask("batch " + i, sequenced(session, i * 2), 9);
        session.ask("up to 3 deleted", DeleteRecordsRequest.builder().timeoutMs(5_000).topics(List.of(new DeleteRecordsTopic(TOPIC, List.of(new DeleteRecordsPartition(0, 3))))).build(), 2);
        session.awaitCoordinator(GROUP);
        session.ask("committed", OffsetCommitRequest.builder().groupId(GROUP + ".simple").topics(List.of(new OffsetCommitRequestTopic(TOPIC, Uuid.ZERO,
                List.of(OffsetCommitRequestPartition.builder().partitionIndex(0).committedOffset(7).committedLeaderEpoch(0).committedMetadata("seven").build())))).build(), 8);
        JoinGroupResponse member = session.ask("joined", join("static", ""), 7);
        session.ask("synced", SyncGroupRequest.builder().groupId(GROUP).generationId(member.generationId()).memberId(member.memberId()).groupInstanceId("static")
                .assignments(List.of(new SyncGroupRequestAssignment(member.memberId(), Batches.bytes("everything")))).build(), 3);
        session.ask("described", DescribeGroupsRequest.builder().groups(List.of(GROUP)).build(), 5);
    }

    private static ProduceRequest sequenced(Session session, int sequence) {
        return produce(-1, to(TOPIC, 0, produced(PRODUCER, 0, sequence, session.nowMs() + sequence, "a" + sequence, "b" + sequence)));
    }

    private static JoinGroupRequest join(String instance, String member) {
        return JoinGroupRequest.builder().groupId(GROUP).groupInstanceId(instance).memberId(member).sessionTimeoutMs(60_000).rebalanceTimeoutMs(60_000).protocolType("consumer")
                .protocols(List.of(new JoinGroupRequestProtocol("range", Batches.bytes("metadata")))).build();
    }

    private static void after(Session session) {
        session.awaitTopic(TOPIC, 2);
        session.awaitCoordinator(GROUP);
        session.ask("the topic", MetadataRequest.builder().topics(List.of(MetadataRequestTopic.builder().name(TOPIC).build())).build(), 12);
        session.ask("its settings", DescribeConfigsRequest.builder().resources(List.of(new DescribeConfigsResource((byte) 2, TOPIC, null))).includeSynonyms(true).build(), 4);
        session.ask("its size", DescribeLogDirsRequest.builder().topics(List.of(new DescribableLogDirTopic(TOPIC, List.of(0, 1)))).build(), 4);
        for (long timestamp : new long[] {-1, -2, -3, session.nowMs() + 5}) {
            session.ask("offset at " + (timestamp < 0 ? timestamp : "a time"), ListOffsetsRequest.builder().replicaId(-1)
                    .topics(List.of(new ListOffsetsTopic(TOPIC, List.of(new ListOffsetsPartition(0, -1, timestamp), new ListOffsetsPartition(1, -1, timestamp))))).build(), 7);
        }
        for (int epoch = 0; epoch < 4; epoch++) {
            session.ask("end of epoch " + epoch, OffsetForLeaderEpochRequest.builder().topics(List.of(new OffsetForLeaderTopic(TOPIC, List.of(new OffsetForLeaderPartition(0, -1, epoch))))).build(), 4);
            for (int version : new int[] {12, 17}) {
                var partition = FetchScripts.partition(0, 10).currentLeaderEpoch(epoch);
                session.ask("fetch while " + epoch, version < 13 ? FetchScripts.fetch(TOPIC, partition).build() : FetchScripts.fetch(session.topicId(TOPIC), partition).build(), version);
            }
            session.ask("fetch after " + epoch, FetchScripts.fetch(TOPIC, FetchScripts.partition(0, 10).lastFetchedEpoch(epoch)).build(), 12);
        }
        session.ask("the fifth last batch again", sequenced(session, 2), 9);
        session.ask("the last batch again", sequenced(session, 10), 9);
        session.ask("a gap", sequenced(session, 14), 9);
        session.ask("the next batch", sequenced(session, 12), 9);
        session.ask("a batch without producer", produce(-1, to(TOPIC, 1, batch(session.nowMs(), "first"))), 9);
        session.ask("all records", FetchScripts.fetch(TOPIC, FetchScripts.partition(0, 3), FetchScripts.partition(1, 0)).build(), 12);
        session.ask("deleted records", FetchScripts.fetch(TOPIC, 0, 2).build(), 12);
        session.ask("end of the old epoch now", OffsetForLeaderEpochRequest.builder().topics(List.of(new OffsetForLeaderTopic(TOPIC, List.of(new OffsetForLeaderPartition(0, -1, 0))))).build(), 4);
        session.ask("committed offsets", OffsetFetchRequest.builder().groups(List.of(OffsetFetchRequestGroup.builder().groupId(GROUP + ".simple").topics(null).build())).build(), 9);
        session.ask("the groups", DescribeGroupsRequest.builder().groups(List.of(GROUP, GROUP + ".simple")).build(), 5);
        session.ask("a stranger's heartbeat", HeartbeatRequest.builder().groupId(GROUP).generationId(1).memberId("stranger").groupInstanceId("static").build(), 3);
        session.ask("the static member is back", join("static", ""), 7);
    }
}
