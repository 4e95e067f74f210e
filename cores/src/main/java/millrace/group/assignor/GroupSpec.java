package millrace.group.assignor;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

import millrace.common.Uuid;
import millrace.group.stored.Partitions;

/// What an assignor needs to know of a group.
///
/// @param members of equals, the earlier ones get what there is more of
/// @param partitionCounts how many partitions each topic has; every subscribed topic is in it
public record GroupSpec(List<MemberSpec> members, SortedMap<Uuid, Integer> partitionCounts) {
    public GroupSpec {
        members = List.copyOf(members);
    }

    /// @param instanceId null for a dynamic member
    /// @param rackId null when it does not say
    /// @param topics that it subscribes to and that exist
    /// @param assigned what the last target gave it
    public record MemberSpec(String memberId, String instanceId, String rackId, SortedSet<Uuid> topics, Partitions assigned) {}

    /// Whether all members subscribe to the same topics.
    boolean isHomogeneous() {
        for (MemberSpec member : members) {
            if (!member.topics().equals(members.getFirst().topics())) return false;
        }
        return true;
    }
}
