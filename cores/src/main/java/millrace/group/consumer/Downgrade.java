package millrace.group.consumer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import millrace.group.command.GroupCommand.Protocol;
import millrace.group.migration.ClassicRoster;
import millrace.group.migration.EmbeddedProtocol;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.metadata.TopicsImage;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;

/// Makes a consumer group whose members all use the classic protocol a classic group again.
final class Downgrade {
    private Downgrade() {}

    /// Whether nobody is left who needs the consumer protocol, and somebody is left at all.
    static boolean isDue(ConsumerGroup group) {
        if (group.isEmpty()) return false;
        for (var member : group.metadata().values()) {
            if (member.classicMemberMetadata() == null) return false;
        }
        return true;
    }

    /// @param topics null when no command has brought any: then nobody is shown to have anything, and all join anew
    static ClassicRoster roster(ConsumerGroup group, TopicsImage topics) {
        List<ClassicRoster.Member> members = new ArrayList<>(group.memberCount());
        for (ConsumerMember member : group.members()) {
            var metadata = member.metadata();
            ClassicMemberMetadata classic = metadata.classicMemberMetadata();
            List<Protocol> protocols = classic.supportedProtocols().stream().map(each -> new Protocol(each.name(), each.metadata())).toList();
            ByteBuffer assignment = topics == null ? ByteBuffer.allocate(0)
                    : EmbeddedProtocol.assignmentBytes(member.current().assigned().partitions(), topics, protocols.getFirst().metadata());
            members.add(new ClassicRoster.Member(member.memberId(), metadata.instanceId(), metadata.clientId(), metadata.clientHost(), classic.sessionTimeoutMs(),
                    metadata.rebalanceTimeoutMs(), protocols, assignment));
        }
        // No member has been told of a later epoch, and those that are in this one are merely asked to join again.
        return new ClassicRoster(group.assignmentEpoch(), EmbeddedProtocol.TYPE, members);
    }
}
