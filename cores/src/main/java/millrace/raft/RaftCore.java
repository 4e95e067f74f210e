package millrace.raft;

import static millrace.core.Check.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.common.OffsetAndEpoch;

/// One node's part in the quorum. See the package for the states.
public final class RaftCore {
    private static final List<RaftEffect> NOTHING = List.of();
    private static final long NEVER = Long.MAX_VALUE;

    /// How far a replica has come, as its leader knows.
    /// @param fetchedMs when it last fetched, monotonic milliseconds
    /// @param caughtUpMs when it last had everything that the leader had
    public record Progress(ReplicaKey replica, long endOffset, long fetchedMs, long caughtUpMs) {}

    private sealed interface Role {
        record Unattached() implements Role {}

        /// @param heard the leader has answered a fetch: it is more than a rumour
        record Follower(int leader, boolean heard) implements Role {}

        /// @param granted voters' ids, this node's among them
        record Prospective(TreeSet<Integer> granted) implements Role {}

        record Candidate(TreeSet<Integer> granted) implements Role {}

        /// @param startOffset of this epoch: where the LeaderChange record is
        record Leader(long startOffset, long sinceMs, TreeMap<ReplicaKey, Progress> replicas) implements Role {}
    }

    private final ReplicaKey self;
    private final RaftSettings settings;
    private VoterSet voters = VoterSet.EMPTY;
    private ElectionState election = ElectionState.NONE;
    private OffsetAndEpoch logEnd = new OffsetAndEpoch(0, 0);
    private long flushedEnd;
    private long highWatermark;
    private Role role = new Role.Unattached();
    private long deadlineMs = NEVER;
    private int polls;

    public RaftCore(ReplicaKey self, RaftSettings settings) {
        this.self = self;
        this.settings = settings;
    }

    public List<RaftEffect> step(RaftInput input, long nowMs) {
        return switch (input) {
            case RaftInput.Fetched(ReplicaKey replica, long endOffset) -> fetched(replica, endOffset, nowMs);
            case RaftInput.LogMoved(OffsetAndEpoch end) -> logMoved(end, nowMs);
            case RaftInput.Flushed(long endOffset) -> flushed(endOffset);
            case RaftInput.FetchAnswered answered -> fetchAnswered(answered, nowMs);
            case RaftInput.Ticked() -> nowMs >= deadlineMs ? timedOut(nowMs) : NOTHING;
            case RaftInput.VoteRequested request -> voteRequested(request, nowMs);
            case RaftInput.VoteAnswered answer -> voteAnswered(answer, nowMs);
            case RaftInput.LeaderAnnounced(int leader, int epoch) -> leaderAnnounced(leader, epoch, nowMs);
            case RaftInput.LeaderResigned resigned -> leaderResigned(resigned, nowMs);
            case RaftInput.VotersChanged(VoterSet changed) -> votersChanged(changed, nowMs);
            case RaftInput.Started started -> started(started, nowMs);
            case RaftInput.Stopping() -> stopping(nowMs);
        };
    }

    private List<RaftEffect> started(RaftInput.Started started, long nowMs) {
        election = started.election();
        voters = started.voters();
        logEnd = started.logEnd();
        // A log may be ahead of a lost quorum-state file; an epoch that has records was certainly reached.
        if (logEnd.epoch() > election.epoch()) election = new ElectionState(logEnd.epoch(), ElectionState.NO_LEADER, null);
        if (voters.isOnly(self)) return startElection(nowMs);
        // What it led before it stopped it does not lead any more: it has forgotten who fetched what.
        return leaderless(nowMs);
    }

    private List<RaftEffect> timedOut(long nowMs) {
        return switch (role) {
            case Role.Unattached() -> isVoter() ? startPoll(nowMs) : rest(nowMs);
            case Role.Follower _ -> isVoter() ? startPoll(nowMs) : leaderless(nowMs);
            case Role.Prospective _, Role.Candidate _ -> startPoll(nowMs);
            case Role.Leader leader -> checkQuorum(leader, nowMs);
        };
    }

    private List<RaftEffect> rest(long nowMs) {
        deadlineMs = nowMs + settings.fetchTimeoutMs();
        return NOTHING;
    }

    /// Asks whether an election could be won, which disturbs nobody if not.
    private List<RaftEffect> startPoll(long nowMs) {
        if (voters.isOnly(self)) return startElection(nowMs);
        role = new Role.Prospective(new TreeSet<>(List.of(self.id())));
        deadlineMs = nowMs + electionTimeoutMs();
        return askVoters(true);
    }

    private List<RaftEffect> startElection(long nowMs) {
        int epoch = election.epoch() + 1;
        role = new Role.Candidate(new TreeSet<>(List.of(self.id())));
        deadlineMs = nowMs + electionTimeoutMs();
        if (voters.isOnly(self)) return lead(epoch, nowMs);
        election = new ElectionState(epoch, ElectionState.NO_LEADER, self);
        var effects = new ArrayList<RaftEffect>();
        effects.add(new RaftEffect.PersistElection(election));
        effects.addAll(askVoters(false));
        return effects;
    }

    private List<RaftEffect> askVoters(boolean preVote) {
        var effects = new ArrayList<RaftEffect>();
        for (ReplicaKey other : otherVoters()) effects.add(new RaftEffect.SendVote(other, election.epoch(), logEnd, preVote));
        return effects;
    }

    private List<RaftEffect> voteRequested(RaftInput.VoteRequested request, long nowMs) {
        var effects = new ArrayList<RaftEffect>();
        if (request.epoch() > election.epoch()) effects.addAll(enter(request.epoch(), nowMs));
        boolean grant = request.epoch() == election.epoch() && isUpToDate(request.logEnd()) && (request.preVote() ? wouldVote() : mayVoteFor(request.candidate()));
        if (grant && !request.preVote()) {
            if (!request.candidate().equals(election.votedFor())) {
                election = new ElectionState(election.epoch(), ElectionState.NO_LEADER, request.candidate());
                effects.add(new RaftEffect.PersistElection(election));
            }
            role = new Role.Unattached();
            deadlineMs = nowMs + electionTimeoutMs();
        }
        effects.add(new RaftEffect.AnswerVote(election.epoch(), election.leader(), grant));
        return effects;
    }

    private boolean isUpToDate(OffsetAndEpoch candidateEnd) {
        return candidateEnd.compareTo(logEnd) >= 0;
    }

    /// Whoever hears from a leader would not unseat it. To have been told of one is not enough: otherwise voters that name a dead
    /// leader to each other would keep it in office for ever.
    private boolean wouldVote() {
        return switch (role) {
            case Role.Leader _ -> false;
            case Role.Follower(int leader, boolean heard) -> !heard;
            case Role.Unattached _, Role.Prospective _, Role.Candidate _ -> true;
        };
    }

    private boolean mayVoteFor(ReplicaKey candidate) {
        if (election.leader() != ElectionState.NO_LEADER) return false;
        return election.votedFor() == null ? !(role instanceof Role.Candidate) : election.votedFor().equals(candidate);
    }

    private List<RaftEffect> voteAnswered(RaftInput.VoteAnswered answer, long nowMs) {
        if (answer.epoch() > election.epoch()) return enter(answer.epoch(), nowMs);
        if (answer.epoch() < election.epoch() || !voters.contains(answer.voter())) return NOTHING;
        if (answer.leader() != ElectionState.NO_LEADER && election.leader() == ElectionState.NO_LEADER) return leaderAnnounced(answer.leader(), answer.epoch(), nowMs);
        return switch (role) {
            case Role.Prospective(var granted) when answer.preVote() && answer.granted() -> {
                granted.add(answer.voter().id());
                yield isMajority(granted) ? startElection(nowMs) : NOTHING;
            }
            case Role.Candidate(var granted) when !answer.preVote() && answer.granted() -> {
                granted.add(answer.voter().id());
                yield isMajority(granted) ? lead(election.epoch(), nowMs) : NOTHING;
            }
            default -> NOTHING;
        };
    }

    private boolean isMajority(TreeSet<Integer> granted) {
        return granted.stream().filter(voters.voters()::containsKey).count() >= voters.majority();
    }

    private List<RaftEffect> lead(int epoch, long nowMs) {
        check(role instanceof Role.Candidate candidate && isMajority(candidate.granted()), this);
        check(epoch > logEnd.epoch(), this);
        List<ReplicaKey> granting = ((Role.Candidate) role).granted().stream().map(id -> voters.voters().get(id).key()).toList();
        election = new ElectionState(epoch, self.id(), self);
        role = new Role.Leader(logEnd.offset(), nowMs, new TreeMap<>());
        deadlineMs = voters.isOnly(self) ? NEVER : nowMs + checkQuorumMs();
        var effects = new ArrayList<RaftEffect>();
        effects.add(new RaftEffect.PersistElection(election));
        effects.add(new RaftEffect.BecomeLeader(epoch, granting));
        for (ReplicaKey other : otherVoters()) effects.add(new RaftEffect.SendBeginEpoch(other, epoch));
        return effects;
    }

    private List<RaftEffect> fetched(ReplicaKey replica, long endOffset, long nowMs) {
        if (!(role instanceof Role.Leader leader)) return NOTHING;
        Progress before = leader.replicas.get(replica);
        long caughtUpMs = endOffset >= logEnd.offset() ? nowMs : before == null ? -1 : before.caughtUpMs();
        leader.replicas.put(replica, new Progress(replica, endOffset, nowMs, caughtUpMs));
        if (!isVoter(replica)) forgetSilentObservers(leader, nowMs);
        return advance(leader);
    }

    /// Observers come and go without saying so; the list of them stays as long as those who still fetch.
    private void forgetSilentObservers(Role.Leader leader, long nowMs) {
        leader.replicas.values().removeIf(progress -> !isVoter(progress.replica()) && nowMs - progress.fetchedMs() > 300_000);
    }

    private List<RaftEffect> logMoved(OffsetAndEpoch end, long nowMs) {
        boolean grows = end.offset() >= logEnd.offset();
        check(!(role instanceof Role.Leader) || grows && end.epoch() == election.epoch(), this);
        logEnd = end;
        flushedEnd = Math.min(flushedEnd, end.offset());
        return NOTHING;
    }

    private List<RaftEffect> flushed(long endOffset) {
        check(endOffset <= logEnd.offset(), this);
        flushedEnd = Math.max(flushedEnd, endOffset);
        return role instanceof Role.Leader leader ? advance(leader) : NOTHING;
    }

    private List<RaftEffect> advance(Role.Leader leader) {
        var ends = new ArrayList<Long>();
        for (VoterSet.Voter voter : voters.voters().values()) ends.add(endOf(voter.key(), leader));
        ends.sort(Comparator.reverseOrder());
        long majorityHas = ends.get(voters.majority() - 1);
        // Records of earlier epochs are committed by a record of one's own, never by counting them alone (Raft, 5.4.2).
        if (majorityHas <= leader.startOffset() || majorityHas <= highWatermark) return NOTHING;
        check(majorityHas <= logEnd.offset(), this);
        highWatermark = majorityHas;
        return List.of(new RaftEffect.AdvanceHighWatermark(highWatermark));
    }

    private long endOf(ReplicaKey voter, Role.Leader leader) {
        if (voter.id() == self.id()) return flushedEnd;
        long end = 0;
        for (Progress progress : leader.replicas().values())
            if (progress.replica().id() == voter.id() && voters.contains(progress.replica())) end = Math.max(end, progress.endOffset());
        return end;
    }

    private List<RaftEffect> fetchAnswered(RaftInput.FetchAnswered answer, long nowMs) {
        if (answer.epoch() > election.epoch()) return leaderAnnounced(answer.leader(), answer.epoch(), nowMs);
        if (answer.epoch() < election.epoch() || answer.leader() != election.leader()) return NOTHING;
        if (role instanceof Role.Candidate || role instanceof Role.Leader) return NOTHING;
        var effects = new ArrayList<RaftEffect>();
        if (role instanceof Role.Unattached) effects.add(new RaftEffect.BecomeFollower(answer.leader(), answer.epoch()));
        role = new Role.Follower(answer.leader(), true);
        deadlineMs = nowMs + settings.fetchTimeoutMs();
        long known = Math.min(answer.highWatermark(), logEnd.offset());
        if (known > highWatermark) {
            highWatermark = known;
            effects.add(new RaftEffect.AdvanceHighWatermark(known));
        }
        return effects;
    }

    private List<RaftEffect> leaderAnnounced(int leader, int epoch, long nowMs) {
        if (epoch < election.epoch() || leader == self.id()) return NOTHING;
        if (epoch == election.epoch() && election.leader() == leader && role instanceof Role.Follower) return NOTHING;
        check(epoch > election.epoch() || !(role instanceof Role.Leader), this);
        check(epoch > election.epoch() || election.leader() == ElectionState.NO_LEADER || election.leader() == leader, this);
        election = new ElectionState(epoch, leader, epoch == election.epoch() ? election.votedFor() : null);
        role = new Role.Follower(leader, false);
        deadlineMs = nowMs + settings.fetchTimeoutMs();
        return List.of(new RaftEffect.PersistElection(election), new RaftEffect.BecomeFollower(leader, epoch));
    }

    private List<RaftEffect> leaderResigned(RaftInput.LeaderResigned resigned, long nowMs) {
        if (resigned.epoch() < election.epoch()) return NOTHING;
        var effects = new ArrayList<RaftEffect>();
        if (resigned.epoch() > election.epoch()) effects.addAll(enter(resigned.epoch(), nowMs));
        else if (role instanceof Role.Follower) effects.addAll(leaderless(nowMs));
        if (resigned.preferred() && isVoter() && role instanceof Role.Unattached) effects.addAll(startElection(nowMs));
        return effects;
    }

    /// A higher epoch exists, its leader is not known.
    private List<RaftEffect> enter(int epoch, long nowMs) {
        check(epoch > election.epoch(), this);
        election = new ElectionState(epoch, ElectionState.NO_LEADER, null);
        role = new Role.Unattached();
        deadlineMs = nowMs + electionTimeoutMs();
        return List.of(new RaftEffect.PersistElection(election), new RaftEffect.BecomeLeaderless(epoch));
    }

    private List<RaftEffect> leaderless(long nowMs) {
        role = new Role.Unattached();
        deadlineMs = nowMs + electionTimeoutMs();
        return List.of(new RaftEffect.BecomeLeaderless(election.epoch()));
    }

    /// A leader whom the majority does not hear must not be believed, least of all by itself.
    private List<RaftEffect> checkQuorum(Role.Leader leader, long nowMs) {
        long heard = voters.voters().values().stream()
            .filter(voter -> voter.key().id() == self.id() || nowMs - heardMs(voter.key(), leader) < checkQuorumMs()).count();
        deadlineMs = nowMs + checkQuorumMs() / 3;
        return heard >= voters.majority() ? NOTHING : leaderless(nowMs);
    }

    private static long heardMs(ReplicaKey voter, Role.Leader leader) {
        return leader.replicas().values().stream().filter(progress -> progress.replica().id() == voter.id()).mapToLong(Progress::fetchedMs).max()
            .orElse(leader.sinceMs());
    }

    private List<RaftEffect> votersChanged(VoterSet changed, long nowMs) {
        voters = changed;
        if (role instanceof Role.Leader leader) {
            deadlineMs = voters.isOnly(self) ? NEVER : Math.min(deadlineMs, nowMs + checkQuorumMs());
            return advance(leader);
        }
        return NOTHING;
    }

    private List<RaftEffect> stopping(long nowMs) {
        if (!(role instanceof Role.Leader leader)) return NOTHING;
        List<ReplicaKey> preferred = otherVoters().stream().sorted(Comparator.comparingLong((ReplicaKey voter) -> endOf(voter, leader)).reversed()).toList();
        var effects = new ArrayList<RaftEffect>();
        for (ReplicaKey other : preferred) effects.add(new RaftEffect.SendEndEpoch(other, election.epoch(), preferred));
        effects.addAll(leaderless(nowMs));
        deadlineMs = NEVER;
        return effects;
    }

    private List<ReplicaKey> otherVoters() {
        return voters.voters().values().stream().map(VoterSet.Voter::key).filter(voter -> voter.id() != self.id()).toList();
    }

    private boolean isVoter() {
        return isVoter(self);
    }

    private boolean isVoter(ReplicaKey replica) {
        return voters.contains(replica);
    }

    private long checkQuorumMs() {
        return settings.fetchTimeoutMs() * 3L / 2;
    }

    /// Between the time-out and twice as long, different for each node and each poll, so that two rarely collide twice.
    private long electionTimeoutMs() {
        long mixed = (settings.seed() + self.id() * 0x9E3779B97F4A7C15L + ++polls * 0xD1B54A32D192ED03L) * 0xBF58476D1CE4E5B9L;
        return settings.electionTimeoutMs() + Long.remainderUnsigned(mixed ^ (mixed >>> 29), settings.electionTimeoutMs());
    }

    /// When [RaftInput.Ticked] is wanted, monotonic milliseconds; [Long#MAX_VALUE] for never.
    public long nextDeadlineMs() {
        return deadlineMs;
    }

    public int epoch() {
        return election.epoch();
    }

    /// @return node id of the leader, [ElectionState#NO_LEADER] when not known
    public int leader() {
        return election.leader();
    }

    public boolean isLeader() {
        return role instanceof Role.Leader;
    }

    /// Everything below is committed; 0 until that is known.
    public long highWatermark() {
        return highWatermark;
    }

    public OffsetAndEpoch logEnd() {
        return logEnd;
    }

    public VoterSet voters() {
        return voters;
    }

    /// The replicas that fetch from this leader; empty when it does not lead.
    public List<Progress> replicas() {
        return role instanceof Role.Leader leader ? List.copyOf(leader.replicas().values()) : List.of();
    }

    @Override public String toString() {
        return "RaftCore[" + self + ", " + role + ", " + election + ", voters " + voters.voters().keySet() + ", log end " + logEnd
            + ", flushed " + flushedEnd + ", high watermark " + highWatermark + ", deadline " + deadlineMs + "]";
    }
}
