package millrace.group.migration;

import java.nio.ByteBuffer;
import java.util.List;

import millrace.group.command.GroupCommand.Protocol;

/// A group with its members, as it crosses from one protocol to the other.
///
/// @param generationId or group epoch: the same count goes on
public record ClassicRoster(int generationId, String protocolType, List<Member> members) {
    public ClassicRoster {
        members = List.copyOf(members);
    }

    /// @param groupInstanceId null for a dynamic member
    /// @param protocols by preference
    /// @param assignment what it has, in the embedded protocol; empty for nothing
    public record Member(String memberId, String groupInstanceId, String clientId, String clientHost, int sessionTimeoutMs, int rebalanceTimeoutMs,
                         List<Protocol> protocols, ByteBuffer assignment) {}
}
