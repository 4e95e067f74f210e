package millrace.group.classic;

import static millrace.core.Check.check;
import static millrace.group.classic.ClassicGroupState.COMPLETING_REBALANCE;
import static millrace.group.classic.ClassicGroupState.EMPTY;
import static millrace.group.classic.ClassicGroupState.PREPARING_REBALANCE;
import static millrace.group.classic.ClassicGroupState.STABLE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

import millrace.group.command.GroupAnswer.JoinedMember;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.Protocol;
import millrace.group.migration.ClassicRoster;
import millrace.protocol.ErrorCode;
import millrace.protocol.group.GroupMetadataValue;
import millrace.protocol.group.GroupMetadataValue.MemberMetadata;

/// One group with its members: what holds, and how to move it by one step. It answers nobody and sets no deadline; [Rebalance] does.
final class ClassicGroup {
    static final String CONSUMER_PROTOCOL_TYPE = "consumer";
    private static final long NO_TIMESTAMP = -1;

    private final String groupId;
    private ClassicGroupState state = EMPTY;
    private ClassicGroupState stateBefore = EMPTY;
    private long stateTimestampMs;
    private int generationId;
    /// Null while no member has said it.
    private String protocolType;
    /// Null while no generation with members is complete.
    private String protocolName;
    private String leaderId;
    /// In the order in which they joined.
    private final Map<String, ClassicMember> members = new LinkedHashMap<>();
    private final Map<String, String> memberIdByInstance = new LinkedHashMap<>();
    /// Ids that were given out and have not come back yet (KIP-394).
    private final Set<String> pendingMembers = new LinkedHashSet<>();
    /// Members of this generation that have not asked for their assignment yet.
    private final Set<String> pendingSync = new LinkedHashSet<>();
    /// Protocol ─▶ how many members know it.
    private final Map<String, Integer> supporters = new LinkedHashMap<>();
    private int membersAwaitingJoin;
    /// Null when it cannot be known: not a consumer group, or metadata that does not parse.
    private SortedSet<String> subscribedTopics;
    /// Monotonic time at which the initial rebalance is over, however many come.
    private long initialDelayEndsMs;
    /// Monotonic time at which a member was added last.
    private long lastAddedMs;

    private ClassicGroup(String groupId, long stateTimestampMs) {
        this.groupId = groupId;
        this.stateTimestampMs = stateTimestampMs;
    }

    static ClassicGroup empty(String groupId, long timestampMs) {
        return new ClassicGroup(groupId, timestampMs);
    }

    static ClassicGroup stored(String groupId, GroupMetadataValue stored) {
        var group = new ClassicGroup(groupId, stored.currentStateTimestamp());
        group.state = stored.members().isEmpty() ? EMPTY : STABLE;
        group.generationId = stored.generation();
        group.protocolType = stored.protocolType().isEmpty() ? null : stored.protocolType();
        group.protocolName = stored.protocol() == null && !stored.members().isEmpty() ? "" : stored.protocol();
        for (MemberMetadata member : stored.members()) group.restore(ClassicMember.stored(member, group.protocolName));
        group.leaderId = group.members.containsKey(stored.leader()) ? stored.leader() : group.anyMemberId();
        group.subscribedTopics = group.currentSubscriptions();
        return group;
    }

    /// A group that was one of the consumer protocol, in the generation that was its epoch.
    static ClassicGroup of(String groupId, ClassicRoster roster, long timestampMs) {
        var group = new ClassicGroup(groupId, timestampMs);
        group.state = STABLE;
        group.generationId = roster.generationId();
        group.protocolType = roster.protocolType();
        for (ClassicRoster.Member member : roster.members()) group.restore(ClassicMember.of(member));
        group.protocolName = group.electProtocol();
        group.leaderId = group.anyMemberId();
        group.subscribedTopics = group.currentSubscriptions();
        return group;
    }

    ClassicRoster roster() {
        return new ClassicRoster(generationId, protocolType, members.values().stream().map(ClassicMember::inRoster).toList());
    }

    /// Whatever a log says is taken up: of two members with one instance id, the later one.
    private void restore(ClassicMember member) {
        ClassicMember sameInstance = member.isStatic() ? memberOfInstance(member.groupInstanceId) : null;
        if (sameInstance != null) remove(sameInstance);
        if (!hasMember(member.memberId)) put(member);
    }

    /// What this generation is in the log.
    GroupMetadataValue toStored() {
        List<MemberMetadata> stored = new ArrayList<>(members.size());
        for (ClassicMember member : members.values()) {
            ByteBuffer metadata = member.metadata(protocolName);
            check(metadata != null, this);
            stored.add(new MemberMetadata(member.memberId, member.groupInstanceId, member.clientId, member.clientHost,
                    member.rebalanceTimeoutMs, member.sessionTimeoutMs, metadata, member.assignment));
        }
        return new GroupMetadataValue(protocolType == null ? "" : protocolType, generationId, protocolName, leaderId, stateTimestampMs, stored);
    }

    // ---- what holds ----

    String groupId() {
        return groupId;
    }

    ClassicGroupState state() {
        return state;
    }

    boolean isIn(ClassicGroupState asked) {
        return state == asked;
    }

    int generationId() {
        return generationId;
    }

    String protocolType() {
        return protocolType;
    }

    String protocolName() {
        return protocolName;
    }

    String leaderId() {
        return leaderId;
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leaderId);
    }

    /// @return wall time since when it is in its state; -1 when that was not stored
    long stateTimestampMs() {
        return stateTimestampMs;
    }

    Collection<ClassicMember> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    ClassicMember member(String memberId) {
        return members.get(memberId);
    }

    boolean hasMember(String memberId) {
        return members.containsKey(memberId);
    }

    /// @return null when that instance is no member
    ClassicMember memberOfInstance(String groupInstanceId) {
        String memberId = memberIdByInstance.get(groupInstanceId);
        return memberId == null ? null : members.get(memberId);
    }

    boolean isPending(String memberId) {
        return pendingMembers.contains(memberId);
    }

    Collection<String> pendingMembers() {
        return Collections.unmodifiableCollection(pendingMembers);
    }

    Collection<String> pendingSync() {
        return Collections.unmodifiableCollection(pendingSync);
    }

    int membersAwaitingJoin() {
        return membersAwaitingJoin;
    }

    /// @return the longest of the members', in milliseconds: how long a rebalance waits for them
    int rebalanceTimeoutMs() {
        int longest = 0;
        for (ClassicMember member : members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs);
        return longest;
    }

    boolean allMembersHaveJoined() {
        return membersAwaitingJoin == members.size() && pendingMembers.isEmpty();
    }

    boolean isInitialRebalance() {
        return state == PREPARING_REBALANCE && stateBefore == EMPTY;
    }

    /// Whether a member with these protocols fits: same type, and at least one protocol that all the others know too.
    boolean supports(String type, List<Protocol> protocols) {
        if (members.isEmpty()) return !type.isEmpty() && !protocols.isEmpty();
        if (!type.equals(protocolType)) return false;
        return protocols.stream().anyMatch(protocol -> supporters.getOrDefault(protocol.name(), 0) == members.size());
    }

    /// Each member votes for the one it likes best among those that all know; most votes win, of equals the one voted for first.
    String electProtocol() {
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (ClassicMember member : members.values()) {
            for (Protocol protocol : member.protocols) {
                if (supporters.get(protocol.name()) < members.size()) continue;
                votes.merge(protocol.name(), 1, Integer::sum);
                break;
            }
        }
        String winner = null;
        for (var vote : votes.entrySet()) {
            if (winner == null || vote.getValue() > votes.get(winner)) winner = vote.getKey();
        }
        check(winner != null, this);
        return winner;
    }

    /// Whether offsets of that topic are in use by members. A consumer group whose subscriptions cannot be read uses every topic.
    boolean isSubscribedTo(String topic) {
        if (subscribedTopics != null) return subscribedTopics.contains(topic);
        return !members.isEmpty() && CONSUMER_PROTOCOL_TYPE.equals(protocolType);
    }

    boolean subscriptionsAreKnown() {
        return subscribedTopics != null;
    }

    /// Is this who it says it is?
    /// @return `NONE`, `UNKNOWN_MEMBER_ID`, or `FENCED_INSTANCE_ID` when another member has taken over that instance
    ErrorCode identify(String memberId, String groupInstanceId) {
        if (groupInstanceId != null) {
            String holder = memberIdByInstance.get(groupInstanceId);
            if (holder == null) return ErrorCode.UNKNOWN_MEMBER_ID;
            if (!holder.equals(memberId)) return ErrorCode.FENCED_INSTANCE_ID;
        }
        return members.containsKey(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }

    /// @return everybody with the metadata for the chosen protocol: what a leader assigns from
    List<JoinedMember> membersForLeader() {
        List<JoinedMember> all = new ArrayList<>(members.size());
        for (ClassicMember member : members.values()) all.add(new JoinedMember(member.memberId, member.groupInstanceId, member.metadata(protocolName)));
        return all;
    }

    // ---- steps ----

    void moveTo(ClassicGroupState next, long timestampMs) {
        stateBefore = state;
        state = next;
        stateTimestampMs = timestampMs;
    }

    void add(ClassicMember member, String type, long nowMs) {
        if (members.isEmpty()) protocolType = type;
        check(type.equals(protocolType), this);
        lastAddedMs = nowMs;
        put(member);
        if (leaderId == null) leaderId = member.memberId;
        pendingMembers.remove(member.memberId);
    }

    private void put(ClassicMember member) {
        members.put(member.memberId, member);
        if (member.isStatic()) {
            String other = memberIdByInstance.put(member.groupInstanceId, member.memberId);
            check(other == null || other.equals(member.memberId), this);
        }
        countSupport(member, 1);
    }

    void update(ClassicMember member, JoinGroup join) {
        countSupport(member, -1);
        member.says(join);
        countSupport(member, 1);
    }

    private void countSupport(ClassicMember member, int difference) {
        Set<String> names = new LinkedHashSet<>();
        for (Protocol protocol : member.protocols) names.add(protocol.name());
        for (String name : names) supporters.merge(name, difference, (before, change) -> before + change == 0 ? null : before + change);
    }

    /// The member's question waits for the next generation.
    void awaitJoin(ClassicMember member, long token) {
        if (!member.awaitsJoin()) membersAwaitingJoin++;
        member.joinToken = token;
    }

    /// @return the token of the open question, which is closed now; [ClassicMember#NONE] when there was none
    long takeJoin(ClassicMember member) {
        long token = member.joinToken;
        if (member.awaitsJoin()) membersAwaitingJoin--;
        member.joinToken = ClassicMember.NONE;
        return token;
    }

    /// Forgets a member, whose questions have been answered before.
    void remove(ClassicMember member) {
        check(!member.awaitsJoin() && !member.awaitsSync() && !member.heartbeatIsKept(), this);
        members.remove(member.memberId);
        if (member.isStatic()) memberIdByInstance.remove(member.groupInstanceId, member.memberId);
        countSupport(member, -1);
        pendingSync.remove(member.memberId);
        if (isLeader(member.memberId)) leaderId = anyMemberId();
    }

    private String anyMemberId() {
        return members.isEmpty() ? null : members.keySet().iterator().next();
    }

    /// A static member came back without its id: it gets a new one and keeps what it has; the old id is nobody any more.
    ClassicMember rename(ClassicMember old, String newMemberId) {
        boolean wasLeader = isLeader(old.memberId);
        boolean wasPendingSync = pendingSync.contains(old.memberId);
        ClassicMember renamed = old.renamed(newMemberId);
        remove(old);
        put(renamed);
        if (wasLeader) leaderId = newMemberId;
        if (wasPendingSync) pendingSync.add(newMemberId);
        return renamed;
    }

    void addPending(String memberId) {
        pendingMembers.add(memberId);
    }

    void removePending(String memberId) {
        pendingMembers.remove(memberId);
    }

    void synced(String memberId) {
        pendingSync.remove(memberId);
    }

    /// The leader leads on when it has joined this time; else the first who has does.
    /// @return false when nobody has joined, so that nobody can lead
    boolean electJoinedLeader() {
        if (leaderId != null && members.get(leaderId).awaitsJoin()) return true;
        for (ClassicMember member : members.values()) {
            if (!member.awaitsJoin()) continue;
            leaderId = member.memberId;
            return true;
        }
        return false;
    }

    /// The joining is over.
    void beginGeneration(long timestampMs) {
        generationId = Math.addExact(generationId, 1);
        pendingSync.clear();
        protocolName = members.isEmpty() ? null : electProtocol();
        subscribedTopics = currentSubscriptions();
        for (ClassicMember member : members.values()) pendingSync.add(member.memberId);
        moveTo(members.isEmpty() ? EMPTY : COMPLETING_REBALANCE, timestampMs);
    }

    private SortedSet<String> currentSubscriptions() {
        if (!CONSUMER_PROTOCOL_TYPE.equals(protocolType)) return null;
        return Subscriptions.of(members.values(), protocolName);
    }

    /// The initial rebalance has begun; newcomers may put it off, but not beyond `endsMs`.
    void beginInitialDelay(long endsMs) {
        initialDelayEndsMs = endsMs;
    }

    /// @return when the initial rebalance is over unless somebody else comes: `delayMs` after who came last
    long initialDelayEndsMs(int delayMs) {
        return Math.min(lastAddedMs + delayMs, initialDelayEndsMs);
    }

    /// This group was read from the log because the last write failed. Members may have been told of generations that the log does not
    /// know: what they say in those is to fit nothing, so this one counts on from beyond them.
    void countOnAfter(int lastGenerationId) {
        if (lastGenerationId > generationId) generationId = Math.addExact(lastGenerationId, 1);
    }

    @Override public String toString() {
        return "group " + groupId + " " + state.text() + " generation " + generationId + " protocol " + protocolType + "/" + protocolName
                + " leader " + leaderId + " members " + members.values() + " awaiting join " + membersAwaitingJoin
                + " pending " + pendingMembers + " pending sync " + pendingSync + " protocols " + supporters;
    }
}
