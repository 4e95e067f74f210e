package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.coordination.ClusterView;
import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.ConsumerGroupDescribed;
import millrace.group.command.GroupCommand.DescribeConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.Partitions;
import millrace.metadata.TopicImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ConsumerGroupDescribeRequest;
import millrace.protocol.message.ConsumerGroupDescribeResponse;
import millrace.protocol.message.ConsumerGroupDescribeResponse.Assignment;
import millrace.protocol.message.ConsumerGroupDescribeResponse.DescribedGroup;
import millrace.protocol.message.ConsumerGroupDescribeResponse.Member;
import millrace.protocol.message.ConsumerGroupDescribeResponse.TopicPartitions;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// ConsumerGroupDescribe (API key 69), v0 and v1: consumer groups with what each member has and is to have.
///
///     v1  by which protocol each is a member (KIP-1099)
public final class ConsumerGroupDescribeHandler implements ApiHandler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse> {
    private static final byte CLASSIC = 0;
    private static final byte CONSUMER = 1;

    private final GroupCoordinators coordinators;
    private final ClusterView cluster;

    public ConsumerGroupDescribeHandler(GroupCoordinators coordinators, ClusterView cluster) {
        this.coordinators = coordinators;
        this.cluster = cluster;
    }

    @Override public Answer<ConsumerGroupDescribeResponse> handle(ConsumerGroupDescribeRequest request, Caller caller) {
        List<Pending<GroupAnswer>> answers = new ArrayList<>(request.groupIds().size());
        for (String groupId : request.groupIds()) answers.add(describe(groupId));
        var all = new AllOf<>(answers);
        return Answer.when(all, Long.MAX_VALUE, () -> response(request, all.values()));
    }

    private Pending<GroupAnswer> describe(String groupId) {
        if (!coordinators.offersConsumerProtocol()) return Pending.of(new GroupAnswer.Failed(ErrorCode.UNSUPPORTED_VERSION));
        if (groupId.isEmpty()) return Pending.of(new GroupAnswer.Failed(ErrorCode.INVALID_GROUP_ID));
        return coordinators.ask(groupId, token -> new DescribeConsumerGroup(token, groupId));
    }

    private ConsumerGroupDescribeResponse response(ConsumerGroupDescribeRequest request, List<GroupAnswer> answers) {
        List<DescribedGroup> groups = new ArrayList<>(answers.size());
        for (int i = 0; i < answers.size(); i++) groups.add(group(request.groupIds().get(i), answers.get(i), request.includeAuthorizedOperations()));
        return new ConsumerGroupDescribeResponse(0, groups);
    }

    private DescribedGroup group(String groupId, GroupAnswer answer, boolean withOperations) {
        var group = DescribedGroup.builder().groupId(groupId).errorCode(Refusal.ofGroup(answer.error()).code());
        if (answer.error() == ErrorCode.GROUP_ID_NOT_FOUND) group.errorMessage("There is no consumer group " + groupId + ".");
        if (!(answer instanceof ConsumerGroupDescribed described) || answer.error() != ErrorCode.NONE) return group.build();
        List<Member> members = new ArrayList<>(described.members().size());
        for (ConsumerMember member : described.members()) members.add(member(member, described.targets().getOrDefault(member.memberId(), Partitions.NONE)));
        return group.groupState(described.state()).groupEpoch(described.groupEpoch()).assignmentEpoch(described.assignmentEpoch())
                .assignorName(described.assignor()).members(members)
                .authorizedOperations(withOperations ? GroupOperations.ALL : GroupOperations.NOT_ASKED_FOR).build();
    }

    /// What a member is giving up it still has, so it is shown among what it has.
    private Member member(ConsumerMember member, Partitions target) {
        var metadata = member.metadata();
        SortedMap<Uuid, TreeSet<Integer>> has = new TreeMap<>();
        for (var assigned : List.of(member.current().assigned(), member.current().pendingRevocation()))
            assigned.epochs().forEach((topic, partitions) -> has.computeIfAbsent(topic, _ -> new TreeSet<>()).addAll(partitions.keySet()));
        return Member.builder().memberId(member.memberId()).instanceId(metadata.instanceId()).rackId(metadata.rackId()).memberEpoch(member.memberEpoch())
                .clientId(metadata.clientId()).clientHost(metadata.clientHost()).subscribedTopicNames(metadata.subscribedTopicNames())
                .subscribedTopicRegex(metadata.subscribedTopicRegex()).assignment(assignment(Partitions.of(has))).targetAssignment(assignment(target))
                .memberType(member.usesClassicProtocol() ? CLASSIC : CONSUMER).build();
    }

    /// Topics that are gone have no name and are left out.
    private Assignment assignment(Partitions partitions) {
        List<TopicPartitions> topics = new ArrayList<>(partitions.byTopic().size());
        partitions.byTopic().forEach((id, indices) -> {
            TopicImage topic = cluster.image().topics().byId(id);
            if (topic != null) topics.add(new TopicPartitions(id, topic.name(), indices));
        });
        return new Assignment(topics);
    }
}
