package millrace.compat.differential;

import static millrace.protocol.ApiKey.CONSUMER_GROUP_DESCRIBE;
import static millrace.protocol.ApiKey.CONSUMER_GROUP_HEARTBEAT;
import static millrace.protocol.ApiKey.OFFSET_COMMIT;

import java.util.ArrayList;
import java.util.List;
import millrace.common.Uuid;
import millrace.protocol.message.ConsumerGroupDescribeRequest;
import millrace.protocol.message.ConsumerGroupHeartbeatRequest;
import millrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse;
import millrace.protocol.message.DeleteGroupsRequest;
import millrace.protocol.message.DescribeGroupsRequest;
import millrace.protocol.message.ListGroupsRequest;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.OffsetDeleteRequest;
import millrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import millrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;

/// The consumer protocol: members that come, hand over, come back and go; their offsets; their descriptions.
final class ConsumerGroupScripts {
    private static final int OWN_MEMBER_IDS = 1;
    static final int LEAVE = -1;
    static final int LEAVE_FOR_NOW = -2;

    private ConsumerGroupScripts() {}

    static List<Script> all() {
        return List.of(new Script("ConsumerGroupHeartbeat", ConsumerGroupScripts::twoMembers), new Script("ConsumerGroupHeartbeat refuses", ConsumerGroupScripts::refused),
                new Script("ConsumerGroupHeartbeat epochs", ConsumerGroupScripts::epochs), new Script("Static members of consumer groups", ConsumerGroupScripts::staticMembers),
                new Script("Subscriptions of consumer groups", ConsumerGroupScripts::subscriptions), new Script("Expressions of consumer groups", ConsumerGroupScripts::expressions),
                new Script("Offsets of consumer groups", ConsumerGroupScripts::offsets), new Script("ConsumerGroupDescribe", ConsumerGroupScripts::described));
    }

    // ---- requests ----

    static ConsumerGroupHeartbeatRequest.Builder joins(String group, String member, String... topics) {
        return ConsumerGroupHeartbeatRequest.builder().groupId(group).memberId(member).memberEpoch(0).rebalanceTimeoutMs(60_000)
                .subscribedTopicNames(List.of(topics)).topicPartitions(List.of());
    }

    static ConsumerGroupHeartbeatRequest.Builder beats(String group, String member, int epoch) {
        return ConsumerGroupHeartbeatRequest.builder().groupId(group).memberId(member).memberEpoch(epoch);
    }

    private static List<TopicPartitions> partitions(Uuid topic, Integer... partitions) {
        return List.of(new TopicPartitions(topic, List.of(partitions)));
    }

    /// What the coordinator has told this member to have, said back to it.
    static List<TopicPartitions> asTold(ConsumerGroupHeartbeatResponse answer) {
        List<TopicPartitions> owned = new ArrayList<>();
        for (var topic : answer.assignment().topicPartitions()) owned.add(new TopicPartitions(topic.topicId(), topic.partitions()));
        return owned;
    }

    static ConsumerGroupDescribeRequest describe(String... groups) {
        return ConsumerGroupDescribeRequest.builder().groupIds(List.of(groups)).build();
    }

    /// @return a member's id: from version 1 on its own choice
    private static String chosen(String name, int version) {
        return version >= OWN_MEMBER_IDS ? name : "";
    }

    // ---- lives ----

    private static void twoMembers(Session session) {
        Uuid topic = session.topic("cg.two", 4);
        Versions.each(CONSUMER_GROUP_HEARTBEAT, version -> {
            String group = "cg.two.v" + version;
            session.awaitCoordinator(group);
            ConsumerGroupHeartbeatResponse annaJoined = session.ask("anna joins", joins(group, chosen("anna", version), "cg.two").build(), version);
            String anna = annaJoined.memberId();
            int first = annaJoined.memberEpoch();
            session.ask("anna says nothing new", beats(group, anna, first).build(), version);
            session.ask("anna has what she was told", beats(group, anna, first).topicPartitions(partitions(topic, 0, 1, 2, 3)).build(), version);
            session.ask("anna alone, described after v" + version, describe(group), 1);
            ConsumerGroupHeartbeatResponse bobJoined = session.ask("bob joins", joins(group, chosen("bob", version), "cg.two").build(), version);
            String bob = bobJoined.memberId();
            int second = bobJoined.memberEpoch();
            session.ask("bob waits", beats(group, bob, second).build(), version);
            session.ask("anna and bob under way, described after v" + version, describe(group), 1);
            ConsumerGroupHeartbeatResponse gives = session.ask("anna is to give up", beats(group, anna, first).build(), version);
            session.ask("anna has not yet", beats(group, anna, first).topicPartitions(partitions(topic, 0, 1, 2, 3)).build(), version);
            session.ask("anna gave up", beats(group, anna, first).topicPartitions(asTold(gives)).build(), version);
            session.ask("anna after that", beats(group, anna, second).build(), version);
            ConsumerGroupHeartbeatResponse takes = session.ask("bob gets", beats(group, bob, second).build(), version);
            session.ask("bob has", beats(group, bob, second).topicPartitions(asTold(takes)).build(), version);
            session.ask("both, described after v" + version, describe(group), 1);
            session.ask("anna leaves", beats(group, anna, LEAVE).build(), version);
            session.ask("anna leaves again", beats(group, anna, LEAVE).build(), version);
            session.ask("bob gets all", beats(group, bob, second).build(), version);
            session.ask("bob alone, described after v" + version, describe(group), 1);
            session.ask("bob leaves", beats(group, bob, LEAVE).build(), version);
            session.ask("nobody, described after v" + version, describe(group), 1);
            session.ask("anna comes again", joins(group, chosen("anna", version), "cg.two").build(), version);
        });
    }

    private static void refused(Session session) {
        Uuid topic = session.topic("refused", 2);
        session.awaitCoordinator("refused");
        Versions.each(CONSUMER_GROUP_HEARTBEAT, version -> {
            String id = chosen("r", version);
            session.ask("no group", joins("", id, "refused").build(), version);
            session.ask("a blank group", joins(" ", id, "refused").build(), version);
            session.ask("no member", joins("refused", "", "refused").memberEpoch(1).build(), version);
            session.ask("no member yet", joins("refused", version >= OWN_MEMBER_IDS ? "" : "given", "refused").build(), version);
            session.ask("a blank member", joins("refused", " ", "refused").memberEpoch(1).build(), version);
            session.ask("an epoch below all", joins("refused", "r", "refused").memberEpoch(-3).build(), version);
            session.ask("gone for now without an instance", beats("refused", "r", LEAVE_FOR_NOW).build(), version);
            session.ask("an empty instance", joins("refused", id, "refused").instanceId("").build(), version);
            session.ask("an empty rack", joins("refused", id, "refused").rackId("").build(), version);
            session.ask("no time for a rebalance", joins("refused", id, "refused").rebalanceTimeoutMs(-1).build(), version);
            session.ask("zero time for a rebalance", joins("refused", id, "refused").rebalanceTimeoutMs(0).build(), version);
            session.ask("no subscription", joins("refused", id).subscribedTopicNames(null).build(), version);
            session.ask("an empty subscription", joins("refused.none.v" + version, id).build(), version);
            session.ask("nothing of partitions", joins("refused", id, "refused").topicPartitions(null).build(), version);
            session.ask("partitions already", joins("refused", id, "refused").topicPartitions(partitions(topic, 0)).build(), version);
            session.ask("no assignor", joins("refused", id, "refused").serverAssignor("none.such").build(), version);
            session.ask("an empty assignor", joins("refused", id, "refused").serverAssignor("").build(), version);
            session.ask("a member of an absent group", beats("refused.absent", "r", 1).build(), version);
            session.ask("leaves an absent group", beats("refused.absent", "r", LEAVE).build(), version);
            if (version < OWN_MEMBER_IDS) return;
            session.ask("a wrong expression", joins("refused", "r").subscribedTopicNames(null).subscribedTopicRegex("(").build(), version);
            session.ask("a wrong expression beside a topic", joins("refused", "r", "refused").subscribedTopicRegex("[a").build(), version);
            session.ask("an empty expression alone", joins("refused", "r").subscribedTopicNames(null).subscribedTopicRegex("").build(), version);
        });
        session.ask("an absent topic", joins("refused.topic", "r", "refused.none").build(), 1);
        session.ask("a topic twice", joins("refused.twice", "r", "refused", "refused").build(), 1);
        session.ask("an invalid topic", joins("refused.name", "r", "no/such").build(), 1);
        session.ask("the groups in the end", describe("refused", "refused.topic", "refused.twice", "refused.name", "refused.absent"), 1);
    }

    private static void epochs(Session session) {
        Uuid topic = session.topic("cg.epochs", 2);
        Versions.each(CONSUMER_GROUP_HEARTBEAT, version -> {
            String group = "cg.epochs.v" + version;
            session.awaitCoordinator(group);
            ConsumerGroupHeartbeatResponse joined = session.ask("one joins", joins(group, chosen("one", version), "cg.epochs").build(), version);
            String one = joined.memberId();
            int epoch = joined.memberEpoch();
            session.ask("a stranger", beats(group, "stranger", epoch).build(), version);
            session.ask("a stranger leaves", beats(group, "stranger", LEAVE).build(), version);
            session.ask("an epoch of the future", beats(group, one, epoch + 6).build(), version);
            session.ask("the subscription grows", beats(group, one, epoch).subscribedTopicNames(List.of("cg.epochs", "cg.two")).build(), version);
            session.ask("the epoch before with what it has", beats(group, one, epoch).topicPartitions(partitions(topic, 0, 1)).build(), version);
            session.ask("the epoch before with what it has not", beats(group, one, epoch).topicPartitions(partitions(new Uuid(6, 6), 0)).build(), version);
            session.ask("the epoch before without partitions", beats(group, one, epoch).build(), version);
            session.ask("two epochs before", beats(group, one, epoch - 1).build(), version);
            session.ask("joins again under its id", joins(group, one, "cg.epochs").build(), version);
            session.ask("after all that", beats(group, one, epoch + 2).build(), version);
            session.ask("described after v" + version, describe(group), 1);
        });
    }

    private static void staticMembers(Session session) {
        session.topic("cg.static", 3);
        Versions.each(CONSUMER_GROUP_HEARTBEAT, version -> {
            String group = "cg.static.v" + version;
            session.awaitCoordinator(group);
            ConsumerGroupHeartbeatResponse joined = session.ask("i joins", joins(group, chosen("s1", version), "cg.static").instanceId("i").build(), version);
            String first = joined.memberId();
            int epoch = joined.memberEpoch();
            String other = session.<ConsumerGroupHeartbeatResponse>ask("j joins", joins(group, chosen("s2", version), "cg.static").instanceId("j").build(), version).memberId();
            session.ask("i again while it is there", joins(group, chosen("s3", version), "cg.static").instanceId("i").build(), version);
            session.ask("a stranger as i", beats(group, "stranger", epoch).instanceId("i").build(), version);
            session.ask("i as j", beats(group, first, epoch).instanceId("j").build(), version);
            session.ask("i without its instance", beats(group, first, epoch).build(), version);
            ConsumerGroupHeartbeatResponse gives = session.ask("i gives up", beats(group, first, epoch).instanceId("i").topicPartitions(List.of()).build(), version);
            session.ask("i in its epoch", beats(group, first, gives.memberEpoch()).instanceId("i").build(), version);
            session.ask("j beats", beats(group, other, epoch + 1).instanceId("j").build(), version);
            session.ask("i leaves for now", beats(group, first, LEAVE_FOR_NOW).instanceId("i").build(), version);
            session.ask("described while i is away, after v" + version, describe(group), 1);
            session.ask("i beats as if it were there", beats(group, first, epoch + 1).instanceId("i").build(), version);
            session.ask("j sees nothing of it", beats(group, other, epoch + 1).instanceId("j").build(), version);
            String back = session.<ConsumerGroupHeartbeatResponse>ask("i is back as another", joins(group, chosen("s4", version), "cg.static").instanceId("i").build(), version).memberId();
            session.ask("the old i", beats(group, first, epoch + 1).instanceId("i").build(), version);
            session.ask("described after it came back, after v" + version, describe(group), 1);
            session.ask("i leaves for now again", beats(group, back, LEAVE_FOR_NOW).instanceId("i").build(), version);
            session.ask("i is back with another subscription", joins(group, chosen("s5", version), "cg.static", "cg.two").instanceId("i").build(), version);
            session.ask("j leaves for good", beats(group, other, LEAVE).instanceId("j").build(), version);
            session.ask("j leaves for now after that", beats(group, other, LEAVE_FOR_NOW).instanceId("j").build(), version);
            session.ask("described in the end, after v" + version, describe(group), 1);
        });
    }

    // ---- subscriptions ----

    private static void subscriptions(Session session) {
        session.topic("sub.a", 2);
        session.topic("sub.b", 2);
        for (String assignor : List.of("uniform", "range")) {
            String group = "sub." + assignor;
            session.awaitCoordinator(group);
            int first = session.<ConsumerGroupHeartbeatResponse>ask(assignor + " a joins", joins(group, "a", "sub.a").serverAssignor(assignor).build(), 1).memberEpoch();
            int second = session.<ConsumerGroupHeartbeatResponse>ask(assignor + " b joins with both", joins(group, "b", "sub.a", "sub.b").serverAssignor(assignor).rackId("r1").build(), 1).memberEpoch();
            ConsumerGroupHeartbeatResponse gives = session.ask(assignor + " a is to give up", beats(group, "a", first).build(), 1);
            if (gives.assignment() != null) session.ask(assignor + " a gave up", beats(group, "a", first).topicPartitions(asTold(gives)).build(), 1);
            session.ask(assignor + " b gets", beats(group, "b", second).build(), 1);
            session.ask(assignor + " described", describe(group), 1);
            int third = session.<ConsumerGroupHeartbeatResponse>ask(assignor + " b wants less", beats(group, "b", second).subscribedTopicNames(List.of("sub.b")).build(), 1).memberEpoch();
            session.ask(assignor + " a gets the rest", beats(group, "a", second).build(), 1);
            String other = assignor.equals("range") ? "uniform" : "range";
            session.ask(assignor + " c joins with another assignor", joins(group, "c", "sub.b").serverAssignor(other).build(), 1);
            session.ask(assignor + " described while one votes for another", describe(group), 1);
            int fourth = session.<ConsumerGroupHeartbeatResponse>ask(assignor + " a wants that assignor, too", beats(group, "a", third).serverAssignor(other).build(), 1).memberEpoch();
            session.ask(assignor + " described after that", describe(group), 1);
            session.ask(assignor + " a wants both topics", beats(group, "a", fourth).subscribedTopicNames(List.of("sub.a", "sub.b")).build(), 1);
            session.ask(assignor + " described in the end", describe(group), 1);
        }
    }

    /// Kafka resolves an expression aside, so the answers are awaited.
    private static void expressions(Session session) {
        session.topic("expr.a", 1);
        session.topic("expr.b", 2);
        session.awaitCoordinator("expressions");
        session.awaitCoordinator("expressions.none");
        session.ask("an expression for nothing", joins("expressions.none", "e").subscribedTopicNames(null).subscribedTopicRegex("no\\.such\\..*").build(), 1);
        var joining = joins("expressions", "e").subscribedTopicNames(null).subscribedTopicRegex("expr\\..*").build();
        session.<ConsumerGroupHeartbeatResponse>awaitQuietly(joining, 1, answer -> answer.assignment() != null && answer.assignment().topicPartitions().size() == 2);
        ConsumerGroupHeartbeatResponse has = session.quietly(joining, 1);
        session.note("what the expression stands for", has.assignment().topicPartitions().stream().map(topic -> topic.partitions().size()).sorted().toList().toString());
        session.ask("a wrong expression", beats("expressions", "e", has.memberEpoch()).subscribedTopicRegex("expr(").build(), 1);
        session.ask("a back reference", beats("expressions", "e", has.memberEpoch()).subscribedTopicRegex("(a)\\1").build(), 1);
        session.ask("a look-ahead", beats("expressions", "e", has.memberEpoch()).subscribedTopicRegex("a(?=b)").build(), 1);
    }

    // ---- offsets ----

    private static OffsetCommitRequest commit(String group, String member, int epoch, String topic, Uuid topicId, long offset) {
        return OffsetCommitRequest.builder().groupId(group).memberId(member).generationIdOrMemberEpoch(epoch).topics(List.of(new OffsetCommitRequestTopic(topic, topicId,
                List.of(OffsetCommitRequestPartition.builder().partitionIndex(0).committedOffset(offset).committedMetadata("m").build())))).build();
    }

    private static OffsetFetchRequest fetch(String group, String member, int epoch) {
        return OffsetFetchRequest.builder().groups(List.of(new OffsetFetchRequestGroup(group, member, epoch, null))).build();
    }

    private static void offsets(Session session) {
        Uuid id = session.topic("cg.offsets", 2);
        session.awaitCoordinator("cg.offsets");
        int epoch = session.<ConsumerGroupHeartbeatResponse>ask("joins", joins("cg.offsets", "m", "cg.offsets").build(), 1).memberEpoch();
        Versions.each(OFFSET_COMMIT, version -> {
            String topic = version >= 10 ? "" : "cg.offsets";
            Uuid topicId = version >= 10 ? id : Uuid.ZERO;
            session.ask("in its epoch", commit("cg.offsets", "m", epoch, topic, topicId, version), version);
            session.ask("in an older epoch", commit("cg.offsets", "m", epoch - 1, topic, topicId, 99), version);
            session.ask("in a later epoch", commit("cg.offsets", "m", epoch + 4, topic, topicId, 99), version);
            session.ask("as a stranger", commit("cg.offsets", "stranger", epoch, topic, topicId, 99), version);
            session.ask("alone while it has members", commit("cg.offsets", "", -1, topic, topicId, 99), version);
        });
        for (int version = 9; version <= 10; version++) {
            session.ask("fetched in its epoch", fetch("cg.offsets", "m", epoch), version);
            session.ask("fetched in an older epoch", fetch("cg.offsets", "m", epoch - 1), version);
            session.ask("fetched in a later epoch", fetch("cg.offsets", "m", epoch + 3), version);
            session.ask("fetched by a stranger", fetch("cg.offsets", "stranger", epoch), version);
            session.ask("fetched by nobody", fetch("cg.offsets", null, -1), version);
        }
        session.ask("deleted while subscribed", deleteOffset("cg.offsets", "cg.offsets"), 0);
        session.ask("deleted of another topic", deleteOffset("cg.offsets", "cg.two"), 0);
        session.ask("the group deleted while it has a member", DeleteGroupsRequest.builder().groupsNames(List.of("cg.offsets")).build(), 2);
        session.ask("leaves", beats("cg.offsets", "m", LEAVE).build(), 1);
        session.ask("alone", commit("cg.offsets", "", -1, "cg.offsets", Uuid.ZERO, 50), 9);
        session.ask("as a member that has left", commit("cg.offsets", "m", epoch, "cg.offsets", Uuid.ZERO, 51), 9);
        session.ask("deleted when empty", deleteOffset("cg.offsets", "cg.offsets"), 0);
        session.ask("fetched after that", fetch("cg.offsets", null, -1), 9);
        session.ask("the group deleted", DeleteGroupsRequest.builder().groupsNames(List.of("cg.offsets")).build(), 2);
        session.ask("and described", describe("cg.offsets"), 1);
    }

    private static OffsetDeleteRequest deleteOffset(String group, String topic) {
        return OffsetDeleteRequest.builder().groupId(group).topics(List.of(new OffsetDeleteRequestTopic(topic, List.of(new OffsetDeleteRequestPartition(0))))).build();
    }

    // ---- descriptions ----

    private static void described(Session session) {
        session.topic("cg.described", 2);
        session.awaitCoordinator("cg.described");
        session.quietly(joins("cg.described", "d", "cg.described", "cg.absent").instanceId("inst").rackId("rack").serverAssignor("range").build(), 1);
        session.awaitCoordinator("cg.simple");
        session.quietly(commit("cg.simple", "", -1, "cg.described", Uuid.ZERO, 5), 9);
        session.awaitCoordinator("cg.empty");
        session.quietly(joins("cg.empty", "e", "cg.described").build(), 1);
        session.quietly(beats("cg.empty", "e", LEAVE).build(), 1);
        Versions.each(CONSUMER_GROUP_DESCRIBE, version -> {
            session.ask("several", describe("cg.described", "cg.simple", "cg.empty", "cg.none", ""), version);
            session.ask("the same twice", describe("cg.described", "cg.described"), version);
            session.ask("none", describe(), version);
            session.ask("with authorized operations", ConsumerGroupDescribeRequest.builder().groupIds(List.of("cg.described", "cg.none")).includeAuthorizedOperations(true).build(), version);
        });
        session.ask("as a classic group", DescribeGroupsRequest.builder().groups(List.of("cg.described", "cg.empty")).build(), 6);
        session.ask("as a classic group, before errors", DescribeGroupsRequest.builder().groups(List.of("cg.described", "cg.empty")).build(), 5);
        for (String type : List.of("consumer", "Consumer")) session.ask("listed as " + type, ListGroupsRequest.builder().typesFilter(List.of(type)).build(), 5);
        for (String state : List.of("Stable", "Reconciling", "Assigning", "Empty", "reconciling")) {
            session.ask("listed in state " + state, ListGroupsRequest.builder().typesFilter(List.of("consumer")).statesFilter(List.of(state)).build(), 5);
        }
        session.ask("listed by one that does not know types", ListGroupsRequest.builder().statesFilter(List.of("Stable")).build(), 4);
        session.ask("deleted: empty, with members", DeleteGroupsRequest.builder().groupsNames(List.of("cg.empty", "cg.described")).build(), 2);
        session.ask("and described after that", describe("cg.empty", "cg.described"), 1);
    }
}
