package millrace.group;

import java.util.LinkedHashMap;

/// Keeps a heartbeat that a member of a consumer group has given up with its connection from being taken for a new one.
///
/// Why: a member that hears nothing closes its connection and joins over a new one; the first copy may still lie in the old connection's buffers. It
/// says that the member has nothing. Read when the member has been given partitions since then, it makes them free while the member reads from
/// them, and they are given to another (`GroupExplorationTest` has the story). Nothing in it tells that it is late; the connection does, as for
/// transactions ([millrace.transaction.ConnectionFence]): a member uses one at a time and never goes back to an older one.
///
/// The refusal is the end of the older connection, so that no client can be kept out for good.
public final class MemberFence {
    private record Member(String groupId, String memberId) {}

    private final int maxMembers;
    /// The one that was heard of longest ago first.
    private final LinkedHashMap<Member, Long> newest = new LinkedHashMap<>(16, 0.75f, true);

    /// @param maxMembers whoever was silent longest is forgotten beyond that many, and is then not protected
    public MemberFence(int maxMembers) {
        this.maxMembers = maxMembers;
    }

    /// A heartbeat has come over that connection.
    /// @param connection numbers grow in the order in which connections were opened
    /// @return false when its member has gone on to a newer one
    public boolean admits(String groupId, String memberId, long connection) {
        long latest = newest.merge(new Member(groupId, memberId), connection, Math::max);
        if (newest.size() > maxMembers) newest.pollFirstEntry();
        return connection >= latest;
    }
}
