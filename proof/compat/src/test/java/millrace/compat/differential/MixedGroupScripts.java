package millrace.compat.differential;

import static millrace.compat.differential.ConsumerGroupScripts.LEAVE;
import static millrace.compat.differential.ConsumerGroupScripts.asTold;
import static millrace.compat.differential.ConsumerGroupScripts.beats;
import static millrace.compat.differential.ConsumerGroupScripts.describe;
import static millrace.compat.differential.ConsumerGroupScripts.joins;

import java.nio.ByteBuffer;
import java.util.List;
import millrace.protocol.BufferWriter;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse;
import millrace.protocol.message.ConsumerProtocolAssignment;
import millrace.protocol.message.ConsumerProtocolAssignment.TopicPartition;
import millrace.protocol.message.ConsumerProtocolSubscription;
import millrace.protocol.message.DescribeGroupsRequest;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.LeaveGroupRequest;
import millrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import millrace.protocol.message.ListGroupsRequest;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;

/// Groups that change their protocol while they are in use, and what each protocol is told of a group of the other.
final class MixedGroupScripts {
    private static final int JOIN = 9;
    private static final int SYNC = 5;
    private static final int HEARTBEAT = 4;
    private static final int LEAVE_GROUP = 5;
    private static final short SUBSCRIPTION = 3;

    private MixedGroupScripts() {}

    static List<Script> all() {
        return List.of(new Script("A classic group becomes a consumer group", MixedGroupScripts::upgraded), new Script("A classic group becomes a consumer group early", MixedGroupScripts::upgradedEarly),
                new Script("A consumer group takes classic members", MixedGroupScripts::classicJoins),
                new Script("Groups that cannot be joined", MixedGroupScripts::refused));
    }

    // ---- requests of the classic protocol ----

    private static ByteBuffer subscription(String topic) {
        var subscription = ConsumerProtocolSubscription.builder().topics(List.of(topic)).build();
        ByteBuffer bytes = ByteBuffer.allocate(2 + subscription.size(SUBSCRIPTION)).putShort(SUBSCRIPTION);
        subscription.write(BufferWriter.copyingInto(bytes), SUBSCRIPTION);
        return bytes.flip();
    }

    private static ByteBuffer all(String topic, Integer... partitions) {
        var assignment = new ConsumerProtocolAssignment(List.of(new TopicPartition(topic, List.of(partitions))), null);
        ByteBuffer bytes = ByteBuffer.allocate(2 + assignment.size(SUBSCRIPTION)).putShort(SUBSCRIPTION);
        assignment.write(BufferWriter.copyingInto(bytes), SUBSCRIPTION);
        return bytes.flip();
    }

    private static JoinGroupRequest.Builder joinsClassic(String group, String member, String topic) {
        return JoinGroupRequest.builder().groupId(group).memberId(member).sessionTimeoutMs(30_000).rebalanceTimeoutMs(30_000).protocolType("consumer")
                .protocols(List.of(new JoinGroupRequestProtocol("range", subscription(topic))));
    }

    private static SyncGroupRequest syncs(String group, int generation, String member, SyncGroupRequestAssignment... assignments) {
        return SyncGroupRequest.builder().groupId(group).generationId(generation).memberId(member).protocolType("consumer").protocolName("range").assignments(List.of(assignments)).build();
    }

    private static HeartbeatRequest beatsClassic(String group, int generation, String member) {
        return HeartbeatRequest.builder().groupId(group).generationId(generation).memberId(member).build();
    }

    private static LeaveGroupRequest leaves(String group, String member) {
        return LeaveGroupRequest.builder().groupId(group).members(List.of(MemberIdentity.builder().memberId(member).build())).build();
    }

    // ---- lives ----

    private static void upgraded(Session session) {
        String group = "mixed.up";
        session.topic("mixed", 4);
        session.awaitCoordinator(group);
        String classic = session.<JoinGroupResponse>ask("a classic member joins", joinsClassic(group, "", "mixed").build(), JOIN).memberId();
        JoinGroupResponse joined = session.ask("it comes again", joinsClassic(group, classic, "mixed").build(), JOIN);
        session.ask("it syncs", syncs(group, joined.generationId(), classic, new SyncGroupRequestAssignment(classic, all("mixed", 0, 1, 2, 3))), SYNC);
        session.ask("a consumer member joins", joins(group, "new", "mixed").build(), 1);
        session.ask("described", describe(group), 1);
        session.ask("described at an old version", describe(group), 0);
        session.ask("described as classic", DescribeGroupsRequest.builder().groups(List.of(group)).build(), 6);
        session.ask("the classic one is told to join", beatsClassic(group, joined.generationId(), classic), HEARTBEAT);
        JoinGroupResponse again = session.ask("the classic one joins again", joinsClassic(group, classic, "mixed").build(), JOIN);
        session.ask("the classic one syncs", syncs(group, again.generationId(), classic), SYNC);
        session.ask("the classic one beats", beatsClassic(group, again.generationId(), classic), HEARTBEAT);
        ConsumerGroupHeartbeatResponse gets = session.ask("the new one gets its part", beats(group, "new", again.generationId()).build(), 1);
        if (gets.assignment() != null) session.ask("the new one has it", beats(group, "new", gets.memberEpoch()).topicPartitions(asTold(gets)).build(), 1);
        session.ask("the classic one by the other protocol", beats(group, classic, again.generationId()).build(), 1);
        session.ask("the new one by the classic protocol", beatsClassic(group, again.generationId(), "new"), HEARTBEAT);
        session.ask("a wrong generation", beatsClassic(group, 77, classic), HEARTBEAT);
        session.ask("syncs in a wrong generation", syncs(group, 77, classic), SYNC);
        session.ask("listed as consumer", ListGroupsRequest.builder().typesFilter(List.of("consumer")).build(), 5);
        session.ask("described when all is done", describe(group), 1);
        session.ask("the consumer member leaves", beats(group, "new", LEAVE).build(), 1);
        session.ask("the classic one after that", beatsClassic(group, again.generationId(), classic), HEARTBEAT);
        session.ask("described as consumer after that", describe(group), 1);
        session.ask("described as classic after that", DescribeGroupsRequest.builder().groups(List.of(group)).build(), 6);
        session.ask("the classic one leaves", leaves(group, classic), LEAVE_GROUP);
    }

    /// Who gets what is not compared: nobody had anything, so it follows from the ids.
    private static void upgradedEarly(Session session) {
        String group = "mixed.early";
        session.topic("mixed.early", 2);
        session.awaitCoordinator(group);
        String classic = session.<JoinGroupResponse>quietly(joinsClassic(group, "", "mixed.early").build(), JOIN).memberId();
        JoinGroupResponse joined = session.quietly(joinsClassic(group, classic, "mixed.early").build(), JOIN);
        ConsumerGroupHeartbeatResponse early = session.quietly(joins(group, "new", "mixed.early").build(), 1);
        session.note("a consumer member joins before the classic one has synced", early.errorCode() + " in epoch " + early.memberEpoch() + " of " + joined.generationId());
        session.ask("the classic one is told to join", beatsClassic(group, joined.generationId(), classic), HEARTBEAT);
    }

    private static void classicJoins(Session session) {
        String group = "mixed.in";
        session.topic("mixed.in", 2);
        session.awaitCoordinator(group);
        int epoch = session.<ConsumerGroupHeartbeatResponse>ask("a consumer member joins", joins(group, "new", "mixed.in").build(), 1).memberEpoch();
        String classic = session.<JoinGroupResponse>ask("a classic member joins", joinsClassic(group, "", "mixed.in").build(), JOIN).memberId();
        JoinGroupResponse joined = session.ask("it comes again", joinsClassic(group, classic, "mixed.in").build(), JOIN);
        session.ask("it syncs", syncs(group, joined.generationId(), classic), SYNC);
        session.ask("a stranger syncs", syncs(group, joined.generationId(), "stranger"), SYNC);
        ConsumerGroupHeartbeatResponse gives = session.ask("the new one is to give up", beats(group, "new", epoch).build(), 1);
        if (gives.assignment() != null) session.ask("the new one gave up", beats(group, "new", epoch).topicPartitions(asTold(gives)).build(), 1);
        session.ask("the classic one is told to join", beatsClassic(group, joined.generationId(), classic), HEARTBEAT);
        JoinGroupResponse again = session.ask("it joins again", joinsClassic(group, classic, "mixed.in").build(), JOIN);
        session.ask("it syncs again", syncs(group, again.generationId(), classic), SYNC);
        session.ask("described", describe(group), 1);
        session.ask("another type of classic member", joinsClassic(group, "", "mixed.in").protocolType("connect").build(), JOIN);
        session.ask("a classic member whose subscription cannot be read", joinsClassic(group, "", "mixed.in").protocols(List.of(new JoinGroupRequestProtocol("range", Batches.bytes("?")))).build(), 3);
        session.ask("a stranger leaves", leaves(group, "stranger"), LEAVE_GROUP);
        session.ask("the classic one leaves", leaves(group, classic), LEAVE_GROUP);
        session.ask("described after that", describe(group), 1);
    }

    private static void refused(Session session) {
        session.topic("mixed.no", 1);
        session.awaitCoordinator("mixed.connect");
        JoinGroupResponse worker = session.quietly(JoinGroupRequest.builder().groupId("mixed.connect").memberId("").sessionTimeoutMs(30_000).rebalanceTimeoutMs(9_000).protocolType("connect")
                .protocols(List.of(new JoinGroupRequestProtocol("v1", Batches.bytes("?")))).build(), 3);
        session.quietly(SyncGroupRequest.builder().groupId("mixed.connect").generationId(worker.generationId()).memberId(worker.memberId()).build(), 3);
        session.ask("a group of another type", joins("mixed.connect", "m", "mixed.no").build(), 1);
        session.ask("and beats", beats("mixed.connect", "m", 1).build(), 1);
        session.awaitCoordinator("mixed.strange");
        JoinGroupResponse strange = session.quietly(joinsClassic("mixed.strange", "", "mixed.no").protocols(List.of(new JoinGroupRequestProtocol("own", Batches.bytes("?")))).build(), 3);
        session.quietly(SyncGroupRequest.builder().groupId("mixed.strange").generationId(strange.generationId()).memberId(strange.memberId())
                .assignments(List.of(new SyncGroupRequestAssignment(strange.memberId(), Batches.bytes("all")))).build(), 3);
        session.ask("a classic group whose subscription cannot be read", joins("mixed.strange", "m", "mixed.no").build(), 1);
    }
}
