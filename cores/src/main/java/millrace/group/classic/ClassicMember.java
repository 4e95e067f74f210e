package millrace.group.classic;

import java.nio.ByteBuffer;
import java.util.List;

import millrace.group.command.GroupAnswer.Bytes;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.Protocol;
import millrace.group.migration.ClassicRoster;
import millrace.protocol.group.GroupMetadataValue.MemberMetadata;

/// One member of a classic group: what it said when it joined, what it was given, and which of its questions is still open.
final class ClassicMember {
    /// The token of a question that is not open.
    static final long NONE = -1;

    final String memberId;
    final String groupInstanceId;
    final String clientId;
    final String clientHost;
    int rebalanceTimeoutMs;
    int sessionTimeoutMs;
    List<Protocol> protocols;
    ByteBuffer assignment = Bytes.EMPTY;
    /// Whether it has never been answered, so that it cannot heartbeat and its wait has to end some day.
    boolean isNew;
    long joinToken = NONE;
    long syncToken = NONE;
    long heartbeatToken = NONE;
    /// Whether a connection of it broke while a heartbeat was kept without an answer.
    boolean cannotWait;

    private ClassicMember(String memberId, String groupInstanceId, String clientId, String clientHost) {
        this.memberId = memberId;
        this.groupInstanceId = groupInstanceId;
        this.clientId = clientId;
        this.clientHost = clientHost;
    }

    static ClassicMember joining(JoinGroup join, String memberId) {
        var member = new ClassicMember(memberId, join.groupInstanceId(), join.clientId(), join.clientHost());
        member.isNew = true;
        member.says(join);
        return member;
    }

    static ClassicMember stored(MemberMetadata stored, String protocolName) {
        var member = new ClassicMember(stored.memberId(), stored.groupInstanceId(), stored.clientId(), stored.clientHost());
        member.sessionTimeoutMs = stored.sessionTimeout();
        // Before KIP-62 there was one time-out for both.
        member.rebalanceTimeoutMs = stored.rebalanceTimeout() >= 0 ? stored.rebalanceTimeout() : stored.sessionTimeout();
        member.protocols = List.of(new Protocol(protocolName, stored.subscription()));
        member.assignment = stored.assignment();
        return member;
    }

    static ClassicMember of(ClassicRoster.Member other) {
        var member = new ClassicMember(other.memberId(), other.groupInstanceId(), other.clientId(), other.clientHost());
        member.rebalanceTimeoutMs = other.rebalanceTimeoutMs();
        member.sessionTimeoutMs = other.sessionTimeoutMs();
        member.protocols = other.protocols();
        member.assignment = other.assignment();
        return member;
    }

    ClassicRoster.Member inRoster() {
        return new ClassicRoster.Member(memberId, groupInstanceId, clientId, clientHost, sessionTimeoutMs, rebalanceTimeoutMs, protocols, assignment);
    }

    /// The same static member under a new id: what it was given stays its own.
    ClassicMember renamed(String newMemberId) {
        var member = new ClassicMember(newMemberId, groupInstanceId, clientId, clientHost);
        member.rebalanceTimeoutMs = rebalanceTimeoutMs;
        member.sessionTimeoutMs = sessionTimeoutMs;
        member.protocols = protocols;
        member.assignment = assignment;
        return member;
    }

    void says(JoinGroup join) {
        rebalanceTimeoutMs = join.rebalanceTimeoutMs();
        sessionTimeoutMs = join.sessionTimeoutMs();
        protocols = join.protocols();
    }

    boolean isStatic() {
        return groupInstanceId != null;
    }

    boolean awaitsJoin() {
        return joinToken != NONE;
    }

    boolean awaitsSync() {
        return syncToken != NONE;
    }

    boolean heartbeatIsKept() {
        return heartbeatToken != NONE;
    }

    boolean saidTheSame(List<Protocol> newProtocols) {
        return protocols.equals(newProtocols);
    }

    /// @return the metadata for `protocolName`; null when this member does not know that protocol
    ByteBuffer metadata(String protocolName) {
        for (Protocol protocol : protocols) {
            if (protocol.name().equals(protocolName)) return protocol.metadata();
        }
        return null;
    }

    boolean supports(String protocolName) {
        return metadata(protocolName) != null;
    }

    @Override public String toString() {
        return memberId + (isStatic() ? " (instance " + groupInstanceId + ")" : "") + (isNew ? " new" : "")
                + (awaitsJoin() ? " joining" : "") + (awaitsSync() ? " syncing" : "")
                + (heartbeatIsKept() ? " kept" : "");
    }
}
