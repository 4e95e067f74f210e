package millrace.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;

import millrace.common.OffsetAndEpoch;
import millrace.common.Uuid;
import millrace.controller.Chance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Three or five voters whose messages are late, lost and reordered, who crash and lose what was not synced. The logs are lists of
/// epochs; a fetch is one message each way. Checked all the time: K1 one leader per epoch, K2 logs agree up to the high watermark,
/// K3/K4 what was committed is in every later leader's log, K5 epochs and high watermarks never go back. At the end the
/// network heals and there must be a leader that commits.
class QuorumSimulationTest {
    private static final RaftSettings SETTINGS = new RaftSettings(1_000, 2_000, 9);

    /// One voter: its core, its log (the epoch of each record) and what of it is on the device.
    private final class Voter {
        private final ReplicaKey key;
        private RaftCore core;
        private final List<Integer> log = new ArrayList<>();
        private int synced;
        private ElectionState persisted = ElectionState.NONE;
        private int leader = -1;
        private int leaderEpoch;
        private long highWatermark;
        private int lastEpochSeen;

        Voter(int id) {
            key = new ReplicaKey(id, new Uuid(id, id));
        }

        void start() {
            core = new RaftCore(key, new RaftSettings(SETTINGS.electionTimeoutMs(), SETTINGS.fetchTimeoutMs(), chance.nextLong()));
            leader = -1;
            highWatermark = 0;
            step(new RaftInput.Started(persisted, voters, end()));
        }

        void crash() {
            while (log.size() > synced) log.removeLast();
            start();
        }

        OffsetAndEpoch end() {
            return new OffsetAndEpoch(log.size(), log.isEmpty() ? 0 : log.getLast());
        }

        void step(RaftInput input) {
            for (RaftEffect effect : core.step(input, nowMs)) carryOut(effect, null);
            assertThat(core.epoch()).isGreaterThanOrEqualTo(lastEpochSeen);
            lastEpochSeen = core.epoch();
        }

        void stepFor(RaftInput input, Voter from) {
            for (RaftEffect effect : core.step(input, nowMs)) carryOut(effect, from);
        }

        private void carryOut(RaftEffect effect, Voter asker) {
            switch (effect) {
                case RaftEffect.PersistElection(ElectionState state) -> persisted = state;
                case RaftEffect.SendVote(ReplicaKey to, int epoch, OffsetAndEpoch end, boolean preVote) -> send(() -> {
                    Voter other = byId.get(to.id());
                    lastPreVote = preVote;
                    other.stepFor(new RaftInput.VoteRequested(key, epoch, end, preVote), this);
                });
                case RaftEffect.AnswerVote(int epoch, int known, boolean granted) -> {
                    boolean preVote = lastPreVote;
                    send(() -> asker.step(new RaftInput.VoteAnswered(key, epoch, known, granted, preVote)));
                }
                case RaftEffect.SendBeginEpoch(ReplicaKey to, int epoch) -> send(() -> byId.get(to.id()).step(new RaftInput.LeaderAnnounced(key.id(), epoch)));
                case RaftEffect.SendEndEpoch _ -> { }
                case RaftEffect.BecomeLeader(int epoch, var _) -> lead(epoch);
                case RaftEffect.BecomeFollower(int to, int epoch) -> {
                    leader = to;
                    leaderEpoch = epoch;
                }
                case RaftEffect.BecomeLeaderless _ -> leader = -1;
                case RaftEffect.AdvanceHighWatermark(long offset) -> {
                    assertThat(offset).isGreaterThan(highWatermark).isLessThanOrEqualTo(log.size());
                    highWatermark = offset;
                    commit(offset);
                }
            }
        }

        private void lead(int epoch) {
            assertThat(leaders.putIfAbsent(epoch, key.id())).as("K1: epoch %d has two leaders", epoch).isNull();
            assertThat(log.size()).isGreaterThanOrEqualTo(committed.size());
            assertThat(log.subList(0, committed.size())).as("K3: leader of epoch %d lacks committed records", epoch).isEqualTo(committed);
            append(epoch);
        }

        private void append(int epoch) {
            log.add(epoch);
            step(new RaftInput.LogMoved(end()));
        }

        private void sync() {
            synced = log.size();
            step(new RaftInput.Flushed(synced));
        }

        /// K2, K4: whoever commits, commits the same.
        private void commit(long offset) {
            int known = (int) Math.min(offset, committed.size());
            assertThat(log.subList(0, known)).isEqualTo(committed.subList(0, known));
            while (committed.size() < offset) committed.add(log.get(committed.size()));
        }

        /// A follower syncs, then fetches: its offset says what it has on the device.
        private void fetch() {
            if (leader < 0) return;
            sync();
            Voter from = byId.get(leader);
            int epoch = leaderEpoch;
            OffsetAndEpoch mine = end();
            send(() -> from.answerFetch(this, epoch, mine));
        }

        private void answerFetch(Voter follower, int epoch, OffsetAndEpoch theirEnd) {
            if (!core.isLeader() || core.epoch() != epoch) {
                int known = core.epoch();
                int to = core.leader();
                if (known > epoch && to >= 0 && to != key.id()) send(() -> follower.step(new RaftInput.LeaderAnnounced(to, known)));
                return;
            }
            int agreed = agreed(theirEnd);
            if (agreed < theirEnd.offset()) {
                send(() -> follower.truncate(key.id(), epoch, theirEnd, agreed));
                return;
            }
            step(new RaftInput.Fetched(follower.key, theirEnd.offset()));
            List<Integer> more = List.copyOf(log.subList((int) theirEnd.offset(), log.size()));
            long known = core.highWatermark();
            send(() -> follower.take(key.id(), epoch, theirEnd, more, known));
        }

        /// The end of the last epoch, not beyond theirs, that both logs have.
        private int agreed(OffsetAndEpoch theirEnd) {
            if (theirEnd.offset() == 0) return 0;
            int end = 0;
            for (int i = 0; i < log.size(); i++) if (log.get(i) <= theirEnd.epoch()) end = i + 1;
            boolean sameEpoch = end > 0 && log.get(end - 1) == theirEnd.epoch();
            return sameEpoch ? (int) Math.min(end, theirEnd.offset()) : Math.min(end, (int) theirEnd.offset() - 1);
        }

        private void truncate(int from, int epoch, OffsetAndEpoch at, int offset) {
            if (core.epoch() != epoch || leader != from || !end().equals(at)) return;
            assertThat((long) offset).as("K4: a committed record would be cut").isGreaterThanOrEqualTo(highWatermark);
            while (log.size() > offset) log.removeLast();
            synced = Math.min(synced, offset);
            step(new RaftInput.LogMoved(end()));
        }

        private void take(int from, int epoch, OffsetAndEpoch at, List<Integer> more, long known) {
            if (core.epoch() != epoch || leader != from || !end().equals(at)) return;
            log.addAll(more);
            step(new RaftInput.LogMoved(end()));
            step(new RaftInput.FetchAnswered(from, epoch, known));
        }
    }

    private final TreeMap<Integer, Voter> byId = new TreeMap<>();
    private final TreeMap<Integer, Integer> leaders = new TreeMap<>();
    private final List<Integer> committed = new ArrayList<>();
    private final List<Runnable> inFlight = new ArrayList<>();
    private boolean lastPreVote;
    private VoterSet voters;
    private Chance chance;
    private long nowMs;
    private int lossPercent;

    private void send(Runnable message) {
        if (chance.nextInt(100) >= lossPercent) inFlight.add(message);
    }

    static List<Long> seeds() {
        return LongStream.range(0, 100).boxed().toList();
    }

    @ParameterizedTest @MethodSource("seeds")
    void electionsAreSafeUnderFaultsAndHealAfterwards(long seed) {
        chance = new Chance(seed);
        int size = seed % 2 == 0 ? 3 : 5;
        for (int id = 1; id <= size; id++) byId.put(id, new Voter(id));
        voters = VoterSet.of(byId.values().stream().map(voter -> new VoterSet.Voter(voter.key, List.of())).toList());
        for (Voter voter : byId.values()) voter.start();
        lossPercent = chance.nextInt(40);
        for (int step = 0; step < 4_000; step++) turn(chance.nextInt(200) == 0);
        lossPercent = 0;
        int before = committed.size();
        for (int step = 0; step < 4_000; step++) turn(false);
        assertThat(committed.size()).as("healed, yet nothing is committed; leaders %s, voters %s", leaders, byId.values().stream().map(voter -> "\n" + voter.core + " at " + nowMs).toList()).isGreaterThan(before);
    }

    private void turn(boolean mayCrash) {
        nowMs += chance.nextInt(30);
        var voter = byId.get(1 + chance.nextInt(byId.size()));
        if (mayCrash) voter.crash();
        switch (chance.nextInt(5)) {
            case 0 -> {
                if (nowMs >= voter.core.nextDeadlineMs()) voter.step(new RaftInput.Ticked());
            }
            case 1 -> voter.fetch();
            case 2 -> {
                if (voter.core.isLeader()) voter.append(voter.core.epoch());
            }
            case 3 -> voter.sync();
            default -> { }
        }
        for (int i = chance.nextInt(4); i > 0 && !inFlight.isEmpty(); i--) inFlight.remove(chance.nextInt(inFlight.size())).run();
        if (inFlight.size() > 200) inFlight.remove(0);
    }
}
