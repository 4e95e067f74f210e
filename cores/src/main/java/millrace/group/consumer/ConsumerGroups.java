package millrace.group.consumer;

import static millrace.protocol.ErrorCode.GROUP_ID_NOT_FOUND;
import static millrace.protocol.ErrorCode.ILLEGAL_GENERATION;
import static millrace.protocol.ErrorCode.MEMBER_ID_REQUIRED;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.REBALANCE_IN_PROGRESS;
import static millrace.protocol.ErrorCode.STALE_MEMBER_EPOCH;
import static millrace.protocol.ErrorCode.UNKNOWN_MEMBER_ID;
import static millrace.protocol.ErrorCode.UNSUPPORTED_VERSION;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import millrace.core.Deadlines;
import millrace.group.classic.ClassicGroups;
import millrace.group.command.ConsumerSettings;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.ConsumerGroupDescribed;
import millrace.group.command.GroupAnswer.ConsumerHeard;
import millrace.group.command.GroupAnswer.HeartbeatHeard;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.Left;
import millrace.group.command.GroupAnswer.LeftMember;
import millrace.group.command.GroupAnswer.ListedGroup;
import millrace.group.command.GroupAnswer.Synced;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.command.GroupCommand.FetchOffsets;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.LeaveGroup;
import millrace.group.command.GroupCommand.Leaving;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.group.command.GroupSettings;
import millrace.group.command.Turn;
import millrace.group.migration.ClassicRoster;
import millrace.group.migration.EmbeddedProtocol;
import millrace.group.offsets.ExpiryRule;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.CurrentAssignment;
import millrace.group.stored.MemberState;
import millrace.group.stored.StoredGroups;
import millrace.metadata.MetadataImage;
import millrace.protocol.ErrorCode;

/// All consumer groups of one partition. What they are is in [StoredGroups]; here is what dies with the coordinator (deadlines, and which
/// metadata was looked at), and one method for each command or question that the offsets have.
public final class ConsumerGroups {
    public static final String TYPE = "consumer";

    private final ConsumerSettings settings;
    private final int maxClassicSize;
    private final StoredGroups stored;
    private final ClassicGroups classic;
    private final Deadlines<Timer> deadlines = new Deadlines<>();
    private final Map<String, Watched> watched = new TreeMap<>();
    /// The newest metadata that a command has brought; null before the first.
    private MetadataImage newestImage;

    /// @param stored what the log says; it is only read here
    /// @param classic takes over groups that go back to the classic protocol, and hands over those that come from it
    public ConsumerGroups(GroupSettings settings, StoredGroups stored, ClassicGroups classic) {
        this.settings = settings.consumer();
        this.maxClassicSize = settings.maxGroupSize();
        this.stored = stored;
        this.classic = classic;
    }

    // ---- membership ----

    public void heartbeat(ConsumerHeartbeat heartbeat, Turn turn) {
        newestImage = heartbeat.image();
        turn.reply(heartbeat.token(), hear(heartbeat, turn));
    }

    private ConsumerHeard hear(ConsumerHeartbeat heartbeat, Turn turn) {
        Refused malformed = Admission.form(heartbeat, settings);
        if (malformed != null) return refused(malformed);
        ConsumerGroup group = stored.consumer(heartbeat.groupId());
        if (group == null && heartbeat.memberEpoch() != Admission.JOIN) return refused(new Refused(GROUP_ID_NOT_FOUND, "There is no consumer group " + heartbeat.groupId() + "."));
        if (heartbeat.memberEpoch() < Admission.JOIN) return leave(heartbeat, group, turn);
        var draft = new Draft(heartbeat.groupId(), group == null ? ConsumerGroup.NONE : group);
        ClassicRoster roster = group == null ? classic.roster(heartbeat.groupId()) : null;
        if (roster != null) {
            Upgrade.Plan plan = Upgrade.plan(heartbeat.groupId(), roster, heartbeat.image(), settings);
            if (plan.refused() != null) return refused(plan.refused());
            plan.upgrade().draft(draft);
        }
        Refused refused = Admission.member(draft.group(), heartbeat, settings);
        if (refused != null) return refused(refused);
        if (group == null && classic.has(heartbeat.groupId())) leaveClassicBehind(draft, turn);
        return hear(heartbeat, draft, turn);
    }

    /// Its tombstone comes before all that makes it a consumer group: of the two kinds, the log never says both at once.
    private void leaveClassicBehind(Draft draft, Turn turn) {
        classic.handOver(draft.groupId(), turn);
        for (ConsumerMember member : draft.group().members())
            deadlines.set(new Timer.Session(draft.groupId(), member.memberId()), turn.nowMs() + sessionTimeoutMs(member, settings.times()));
        if (!draft.group().isEmpty()) turn.note("classic group " + draft.groupId() + " of " + draft.group().memberCount() + " members becomes a consumer group");
    }

    private ConsumerHeard hear(ConsumerHeartbeat heartbeat, Draft draft, Turn turn) {
        ConsumerGroup before = draft.group();
        String memberId = heartbeat.memberId().isEmpty() ? heartbeat.newMemberId().toString() : heartbeat.memberId();
        ConsumerMember after = hear(Heartbeating.step(heartbeat, memberId, before), draft, turn);
        draft.decide(turn);
        ConsumerHeard heard = heard(heartbeat, before.member(memberId), after, Pace.nextBeatMs(heartbeat, after, draft.group(), turn.timestampMs()));
        if (heard.assigned() == null && !isAwaited(before.member(memberId), after, before, draft.group())) turn.letWait();
        return heard;
    }

    /// Most heartbeats say only that the member is still there, and once in each epoch that it takes that up.
    /// @return whether somebody waits for what it brings: the member for partitions, others for what it gives up, all for a new target
    private static boolean isAwaited(ConsumerMember before, ConsumerMember after, ConsumerGroup groupBefore, ConsumerGroup group) {
        boolean rests = before != null && before.current().state() == MemberState.STABLE && after.current().state() == MemberState.STABLE;
        return !rests || group.groupEpoch() != groupBefore.groupEpoch() || group.assignmentEpoch() != groupBefore.assignmentEpoch();
    }

    private ConsumerMember hear(Step step, Draft draft, Turn turn) {
        ConsumerGroup before = draft.group();
        ConsumerMember holder = step.instanceId() == null ? null : before.memberOfInstance(step.instanceId());
        if (holder != null && !holder.memberId().equals(step.memberId())) forgetDeadlinesOf(holder, draft.groupId());
        ConsumerMember after = new Heartbeating(settings, draft, watched(draft.groupId()), memberId -> heardMs(draft.groupId(), memberId), turn).hear(step);
        setDeadlines(draft, before.member(step.memberId()), after, step.times(), turn);
        return after;
    }

    /// Members of the classic protocol may have longer sessions than the others; that one of them is taken for more recent does no harm.
    private long heardMs(String groupId, String memberId) {
        return deadlines.of(new Timer.Session(groupId, memberId));
    }

    private Watched watched(String groupId) {
        return watched.computeIfAbsent(groupId, _ -> new Watched());
    }

    private void setDeadlines(Draft draft, ConsumerMember before, ConsumerMember after, ConsumerTimes times, Turn turn) {
        deadlines.set(new Timer.Session(draft.groupId(), after.memberId()), turn.nowMs() + sessionTimeoutMs(after, times));
        boolean moved = before == null || !before.current().equals(after.current());
        // Members of the classic protocol have the time to join again for it, and say by that what they still have.
        if (after.usesClassicProtocol() || !Heartbeating.mustGiveUp(after.current())) deadlines.clear(new Timer.Revocation(draft.groupId(), after.memberId()));
        else if (moved) deadlines.set(new Timer.Revocation(draft.groupId(), after.memberId()), turn.nowMs() + after.metadata().rebalanceTimeoutMs());
    }

    private static int sessionTimeoutMs(ConsumerMember member, ConsumerTimes times) {
        return member.usesClassicProtocol() ? member.metadata().classicMemberMetadata().sessionTimeoutMs() : times.sessionTimeoutMs();
    }

    /// The assignment goes with the answer when it has changed, and to a member that has told all about itself: it may have lost what it knew.
    private static ConsumerHeard heard(ConsumerHeartbeat heartbeat, ConsumerMember before, ConsumerMember after, int nextBeatMs) {
        boolean toldAll = heartbeat.rebalanceTimeoutMs() != -1 && (heartbeat.topics() != null || heartbeat.expression() != null) && heartbeat.owned() != null;
        boolean changed = before == null || !before.current().assigned().partitions().equals(after.current().assigned().partitions());
        boolean withAssignment = heartbeat.memberEpoch() == Admission.JOIN || toldAll || changed;
        return new ConsumerHeard(NONE, null, after.memberId(), after.memberEpoch(), nextBeatMs,
                withAssignment ? after.current().assigned().partitions() : null);
    }

    private static ConsumerHeard refused(Refused refused) {
        return ConsumerHeard.refused(refused.error(), refused.message());
    }

    // ---- going ----

    private ConsumerHeard leave(ConsumerHeartbeat heartbeat, ConsumerGroup group, Turn turn) {
        ConsumerMember member = heartbeat.instanceId() == null ? group.member(heartbeat.memberId()) : group.memberOfInstance(heartbeat.instanceId());
        Refused stranger = heartbeat.instanceId() == null ? Admission.stranger(member, heartbeat.memberId())
                : Admission.stranger(member, heartbeat.memberId(), heartbeat.instanceId());
        if (stranger != null) return refused(stranger);
        var draft = new Draft(heartbeat.groupId(), group);
        if (heartbeat.memberEpoch() == Admission.LEAVE_FOR_NOW) {
            draft.current(member.memberId(), Heartbeating.leftForNow(member.current()));
            deadlines.clear(new Timer.Revocation(heartbeat.groupId(), member.memberId()));
        } else {
            remove(draft, List.of(member));
        }
        decide(draft, turn);
        return new ConsumerHeard(NONE, null, member.memberId(), heartbeat.memberEpoch(), 0, null);
    }

    /// Whoever is left is to get what the member had, so the group epoch moves; with nobody left there is nothing to assign in it.
    private void remove(Draft draft, List<ConsumerMember> members) {
        for (ConsumerMember member : members) {
            draft.removeMember(member.memberId());
            forgetDeadlinesOf(member, draft.groupId());
        }
        Expressions.forgetUnused(draft);
        ConsumerGroup left = draft.group();
        long topicHash = newestImage == null ? left.metadataHash() : watched(draft.groupId()).topicHash(left.subscribedTopics(), newestImage);
        draft.groupEpoch(Math.addExact(left.groupEpoch(), 1), topicHash);
        if (left.isEmpty()) draft.targetEpoch(draft.group().groupEpoch(), 0);
    }

    /// It stands, and when nobody is left in the group who needs the consumer protocol, it goes back to the classic one.
    private boolean decide(Draft draft, Turn turn) {
        boolean goesBack = settings.migration().mayDowngrade() && Downgrade.isDue(draft.group()) && draft.group().memberCount() <= maxClassicSize;
        if (!goesBack) {
            draft.decide(turn);
            return false;
        }
        ClassicRoster roster = Downgrade.roster(draft.group(), newestImage == null ? null : newestImage.topics());
        turn.note("consumer group " + draft.groupId() + " of " + draft.group().memberCount() + " members becomes a classic group");
        for (ConsumerMember member : draft.group().members()) forgetDeadlinesOf(member, draft.groupId());
        watched.remove(draft.groupId());
        draft.removeGroup();
        draft.decide(turn);
        classic.takeOver(draft.groupId(), roster, turn);
        return true;
    }

    private void forgetDeadlinesOf(ConsumerMember member, String groupId) {
        if (member == null) return;
        deadlines.clear(new Timer.Rejoin(groupId, member.memberId()));
        deadlines.clear(new Timer.Sync(groupId, member.memberId()));
        deadlines.clear(new Timer.Session(groupId, member.memberId()));
        deadlines.clear(new Timer.Revocation(groupId, member.memberId()));
    }

    // ---- what time brings ----

    /// @return when [#tick] has something to do; [Long#MAX_VALUE] for never
    public long nextDeadlineMs() {
        return deadlines.next();
    }

    /// Lets one deadline pass that is due.
    /// @return false when none was
    public boolean tick(Turn turn) {
        Timer due = deadlines.poll(turn.nowMs());
        if (due == null) return false;
        ConsumerGroup group = stored.consumer(due.groupId());
        ConsumerMember member = group == null ? null : group.member(due.memberId());
        if (member == null) return true;
        switch (due) {
            case Timer.Rejoin _     -> putOut(due.groupId(), group, member, "did not join again within its rebalance time-out", turn);
            case Timer.Sync _       -> putOut(due.groupId(), group, member, "did not ask for its assignment within its rebalance time-out", turn);
            case Timer.Session _    -> putOut(due.groupId(), group, member, "was not heard of for its session time-out", turn);
            case Timer.Revocation _ -> {
                if (Heartbeating.mustGiveUp(member.current())) putOut(due.groupId(), group, member, "did not give up its partitions within its rebalance time-out", turn);
            }
        }
        return true;
    }

    private void putOut(String groupId, ConsumerGroup group, ConsumerMember member, String why, Turn turn) {
        turn.note("consumer group " + groupId + " puts out member " + member.memberId() + ", which " + why);
        var draft = new Draft(groupId, group);
        remove(draft, List.of(member));
        decide(draft, turn);
    }

    // ---- members of the classic protocol ----

    public void join(JoinGroup join, Turn turn) {
        newestImage = join.image();
        ConsumerGroup group = stored.consumer(join.groupId());
        ErrorCode error = ClassicMembers.admitJoin(group, join, settings);
        String memberId = join.memberId().isEmpty() ? join.newMemberId().toString() : join.memberId();
        if (error != NONE) turn.reply(join.token(), Joined.refused(error, error == MEMBER_ID_REQUIRED ? memberId : join.memberId()));
        else join(join, memberId, new Draft(join.groupId(), group), turn);
    }

    private void join(JoinGroup join, String memberId, Draft draft, Turn turn) {
        ConsumerMember member = hear(Heartbeating.step(join, memberId, ClassicMembers.subscription(join), draft.group()), draft, turn);
        if (decide(draft, turn)) {
            classic.join(join.as(memberId), turn);
            return;
        }
        deadlines.clear(new Timer.Rejoin(join.groupId(), memberId));
        deadlines.set(new Timer.Sync(join.groupId(), memberId), turn.nowMs() + join.rebalanceTimeoutMs());
        turn.reply(join.token(), new Joined(NONE, member.memberEpoch(), EmbeddedProtocol.TYPE, ClassicMembers.protocolOf(member), "", false, memberId, List.of()));
    }

    public void sync(SyncGroup sync, Turn turn) {
        ConsumerGroup group = stored.consumer(sync.groupId());
        ErrorCode error = ClassicMembers.identify(group, sync.memberId(), sync.groupInstanceId(), sync.generationId());
        ConsumerMember member = error == NONE ? group.member(sync.memberId()) : null;
        if (error == NONE) error = ClassicMembers.admitSync(group, member, sync);
        if (error == REBALANCE_IN_PROGRESS) awaitRejoin(sync.groupId(), member, turn);
        if (error != NONE) {
            turn.reply(sync.token(), Synced.refused(error));
            return;
        }
        deadlines.clear(new Timer.Sync(sync.groupId(), member.memberId()));
        deadlines.set(new Timer.Session(sync.groupId(), member.memberId()), turn.nowMs() + sessionTimeoutMs(member, settings.times()));
        ByteBuffer metadata = member.metadata().classicMemberMetadata().supportedProtocols().getFirst().metadata();
        ByteBuffer assignment = EmbeddedProtocol.assignmentBytes(member.current().assigned().partitions(), sync.image().topics(), metadata);
        turn.reply(sync.token(), new Synced(NONE, sync.protocolType(), sync.protocolName(), assignment));
    }

    private void awaitRejoin(String groupId, ConsumerMember member, Turn turn) {
        var rejoin = new Timer.Rejoin(groupId, member.memberId());
        if (!deadlines.has(rejoin)) deadlines.set(rejoin, turn.nowMs() + member.metadata().rebalanceTimeoutMs());
    }

    public void heartbeat(Heartbeat heartbeat, Turn turn) {
        ConsumerGroup group = stored.consumer(heartbeat.groupId());
        ErrorCode error = ClassicMembers.identify(group, heartbeat.memberId(), heartbeat.groupInstanceId(), heartbeat.generationId());
        if (error == NONE) {
            ConsumerMember member = group.member(heartbeat.memberId());
            deadlines.set(new Timer.Session(heartbeat.groupId(), member.memberId()), turn.nowMs() + sessionTimeoutMs(member, settings.times()));
            if (ClassicMembers.mustJoinAgain(group, member)) {
                awaitRejoin(heartbeat.groupId(), member, turn);
                error = REBALANCE_IN_PROGRESS;
            }
        }
        turn.reply(heartbeat.token(), new HeartbeatHeard(error));
    }

    /// By a member of the classic protocol, or by an administrator who takes out members of either.
    public void leave(LeaveGroup leave, Turn turn) {
        ConsumerGroup group = stored.consumer(leave.groupId());
        List<LeftMember> left = new ArrayList<>();
        SortedMap<String, ConsumerMember> leaving = new TreeMap<>();
        for (Leaving each : leave.members()) {
            ConsumerMember member = ClassicMembers.leaving(group, each.memberId(), each.groupInstanceId());
            ErrorCode error = ClassicMembers.admitLeave(member, each.memberId(), each.groupInstanceId());
            if (error == NONE) leaving.put(member.memberId(), member);
            left.add(new LeftMember(each.memberId(), each.groupInstanceId(), error));
        }
        if (!leaving.isEmpty()) {
            var draft = new Draft(leave.groupId(), group);
            remove(draft, List.copyOf(leaving.values()));
            decide(draft, turn);
        }
        turn.reply(leave.token(), new Left(NONE, left));
    }

    // ---- offsets ----

    /// May this commit? As in Kafka 4.4 an older epoch of a member is good for the partitions that it has had since then (KIP-1251).
    public ErrorCode admitCommit(CommitOffsets commit) {
        ConsumerGroup group = stored.consumer(commit.groupId());
        ConsumerMember member = group.member(commit.memberId());
        boolean tooOld = member != null && !member.usesClassicProtocol() && !commit.memberEpochAware();
        return tooOld ? UNSUPPORTED_VERSION : admitCommit(commit, group);
    }

    /// A producer that says nothing of its member commits for nobody in particular; one that does is checked as its member would be, and is
    /// told of a stale epoch in words that its version knows.
    public ErrorCode admitCommitInTransaction(CommitOffsets commit) {
        boolean withoutMembership = commit.generationId() == -1 && commit.memberId().isEmpty() && commit.groupInstanceId() == null;
        if (withoutMembership) return NONE;
        ErrorCode error = admitCommit(commit, stored.consumer(commit.groupId()));
        return error == STALE_MEMBER_EPOCH && !commit.memberEpochAware() ? ILLEGAL_GENERATION : error;
    }

    private static ErrorCode admitCommit(CommitOffsets commit, ConsumerGroup group) {
        if (commit.generationId() < 0 && group.isEmpty()) return NONE;
        ConsumerMember member = group.member(commit.memberId());
        if (member == null) return UNKNOWN_MEMBER_ID;
        if (commit.generationId() == member.memberEpoch()) return NONE;
        boolean hasHadAll = commit.generationId() < member.memberEpoch() && hasHadAll(commit, member.current());
        return hasHadAll ? NONE : member.usesClassicProtocol() ? ILLEGAL_GENERATION : STALE_MEMBER_EPOCH;
    }

    private static boolean hasHadAll(CommitOffsets commit, CurrentAssignment current) {
        for (OffsetToCommit offset : commit.offsets()) {
            Integer since = current.epochOf(offset.topicId(), offset.partition());
            if (since == null || commit.generationId() < since) return false;
        }
        return true;
    }

    public ErrorCode admitFetch(FetchOffsets fetch) {
        if (fetch.memberId() == null && fetch.memberEpoch() < 0) return NONE;
        ConsumerMember member = fetch.memberId() == null ? null : stored.consumer(fetch.groupId()).member(fetch.memberId());
        if (member == null) return UNKNOWN_MEMBER_ID;
        if (fetch.memberEpoch() == member.memberEpoch()) return NONE;
        return member.usesClassicProtocol() ? ILLEGAL_GENERATION : STALE_MEMBER_EPOCH;
    }

    /// How the offsets of that group grow old: those of topics that somebody subscribes to do not.
    public ExpiryRule expiryOf(String groupId) {
        return new ExpiryRule.SinceCommit(stored.consumer(groupId).subscribedTopics()::contains);
    }

    // ---- administration ----

    public GroupAnswer describe(String groupId) {
        ConsumerGroup group = stored.consumer(groupId);
        if (group == null) return new ConsumerGroupDescribed(GROUP_ID_NOT_FOUND, groupId, "", 0, 0, "", List.of(), Map.of());
        return new ConsumerGroupDescribed(NONE, groupId, ConsumerGroupState.of(group).text(), group.groupEpoch(), group.assignmentEpoch(),
                Targets.preferredAssignor(group, settings.assignors().getFirst()), group.members(), group.targets());
    }

    public static ListedGroup listed(String groupId, ConsumerGroup group) {
        return new ListedGroup(groupId, TYPE, ConsumerGroupState.of(group).text(), TYPE);
    }

    /// The group is no more.
    public void delete(String groupId, Turn turn) {
        ConsumerGroup group = stored.consumer(groupId);
        for (ConsumerMember member : group.members()) forgetDeadlinesOf(member, groupId);
        watched.remove(groupId);
        var draft = new Draft(groupId, group);
        draft.removeGroup();
        draft.decide(turn);
    }

    // ---- from the log ----

    /// The log has been read. Everybody has a session to be heard in, and whoever was told to give something up has as long as it says.
    public void restore(String groupId, Turn turn) {
        ConsumerGroup group = stored.consumer(groupId);
        watched.remove(groupId);
        if (group == null) return;
        for (ConsumerMember member : group.members()) {
            var session = new Timer.Session(groupId, member.memberId());
            var revocation = new Timer.Revocation(groupId, member.memberId());
            if (!deadlines.has(session)) deadlines.set(session, turn.nowMs() + sessionTimeoutMs(member, settings.times()));
            if (!member.usesClassicProtocol() && Heartbeating.mustGiveUp(member.current()) && !deadlines.has(revocation)) deadlines.set(revocation, turn.nowMs() + member.metadata().rebalanceTimeoutMs());
        }
    }
}
