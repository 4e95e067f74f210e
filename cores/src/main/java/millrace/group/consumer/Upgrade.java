package millrace.group.consumer;

import static millrace.protocol.ErrorCode.GROUP_ID_NOT_FOUND;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

import millrace.group.command.ConsumerSettings;
import millrace.group.migration.ClassicRoster;
import millrace.group.migration.EmbeddedProtocol;
import millrace.group.stored.AssignedPartitions;
import millrace.group.stored.CurrentAssignment;
import millrace.group.stored.MemberState;
import millrace.group.stored.Partitions;
import millrace.metadata.MetadataImage;
import millrace.protocol.MalformedMessage;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import millrace.protocol.message.ConsumerProtocolAssignment;
import millrace.protocol.message.ConsumerProtocolSubscription;

/// Makes a classic group a consumer group: everybody keeps what it has, and the generation goes on as the group epoch.
final class Upgrade {
    private record Crossing(ClassicRoster.Member member, ConsumerProtocolSubscription subscription, Partitions assigned) {}

    private final ClassicRoster roster;
    private final MetadataImage image;
    private final List<Crossing> crossings = new ArrayList<>();

    private Upgrade(ClassicRoster roster, MetadataImage image) {
        this.roster = roster;
        this.image = image;
    }

    /// Either it can be done, or there is a reason why not.
    record Plan(Upgrade upgrade, Refused refused) {}

    static Plan plan(String groupId, ClassicRoster roster, MetadataImage image, ConsumerSettings settings) {
        var upgrade = new Upgrade(roster, image);
        String problem = upgrade.problem(settings);
        return problem == null ? new Plan(upgrade, null) : new Plan(null, new Refused(GROUP_ID_NOT_FOUND, "Group " + groupId + " cannot become a consumer group: " + problem));
    }

    private String problem(ConsumerSettings settings) {
        if (!settings.migration().mayUpgrade()) return "group.consumer.migration.policy does not allow it while it has members of the classic protocol.";
        if (!EmbeddedProtocol.TYPE.equals(roster.protocolType())) return "its members are not consumers but of type " + roster.protocolType() + ".";
        if (roster.members().size() > settings.maxSize()) return "it has more members than group.consumer.max.size allows.";
        try {
            for (ClassicRoster.Member member : roster.members()) crossings.add(crossing(member));
        } catch (MalformedMessage malformed) {
            return "what its members say is malformed: " + malformed.getMessage();
        }
        for (Crossing crossing : crossings) if (crossing.assigned() == null) return "member " + crossing.member().memberId() + " uses an assignor of its own, whose data would be lost.";
        return null;
    }

    /// @return with null for what is assigned when an assignor of the client's own put data into it
    private Crossing crossing(ClassicRoster.Member member) {
        ConsumerProtocolSubscription subscription = EmbeddedProtocol.subscription(member.protocols().getFirst().metadata());
        if (!member.assignment().hasRemaining()) return new Crossing(member, subscription, Partitions.NONE);
        ConsumerProtocolAssignment assignment = EmbeddedProtocol.assignment(member.assignment());
        boolean custom = assignment.userData() != null && assignment.userData().hasRemaining();
        return new Crossing(member, subscription, custom ? null : EmbeddedProtocol.partitions(assignment, image.topics()));
    }

    void draft(Draft draft) {
        int epoch = roster.generationId();
        for (Crossing each : crossings) draft.member(each.member().memberId(), metadata(each));
        draft.groupEpoch(epoch, TopicHash.ofGroup(draft.group().subscribedTopics(), image));
        for (Crossing each : crossings) draft.target(each.member().memberId(), each.assigned());
        draft.targetEpoch(epoch, 0);
        for (Crossing each : crossings)
            draft.current(each.member().memberId(), new CurrentAssignment(epoch, epoch, MemberState.STABLE, AssignedPartitions.of(each.assigned(), epoch), AssignedPartitions.NONE));
    }

    private static ConsumerGroupMemberMetadataValue metadata(Crossing crossing) {
        ClassicRoster.Member member = crossing.member();
        return ConsumerGroupMemberMetadataValue.builder().instanceId(member.groupInstanceId()).rackId(rackOf(crossing.subscription())).clientId(member.clientId())
                .clientHost(member.clientHost()).subscribedTopicNames(List.copyOf(new TreeSet<>(crossing.subscription().topics()))).subscribedTopicRegex("")
                .serverAssignor(null).rebalanceTimeoutMs(member.rebalanceTimeoutMs())
                .classicMemberMetadata(new ClassicMemberMetadata(member.sessionTimeoutMs(),
                        member.protocols().stream().map(protocol -> new ClassicProtocol(protocol.name(), protocol.metadata())).toList())).build();
    }

    /// @return null when the client does not say
    static String rackOf(ConsumerProtocolSubscription subscription) {
        return subscription.rackId() == null || subscription.rackId().isEmpty() ? null : subscription.rackId();
    }
}
