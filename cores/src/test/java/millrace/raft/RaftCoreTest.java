package millrace.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import millrace.common.OffsetAndEpoch;
import millrace.common.Uuid;
import org.junit.jupiter.api.Test;

class RaftCoreTest {
    private static final RaftSettings SETTINGS = new RaftSettings(1_000, 2_000, 5);

    private static ReplicaKey key(int id) {
        return new ReplicaKey(id, new Uuid(id, id));
    }

    private static VoterSet voters(int... ids) {
        VoterSet set = VoterSet.EMPTY;
        for (int id : ids) set = new VoterSet(set.voters().plus(id, new VoterSet.Voter(key(id), List.of())));
        return set;
    }

    private static OffsetAndEpoch end(long offset, int epoch) {
        return new OffsetAndEpoch(offset, epoch);
    }

    private static RaftCore started(int id, VoterSet voters, OffsetAndEpoch end) {
        var core = new RaftCore(key(id), SETTINGS);
        core.step(new RaftInput.Started(ElectionState.NONE, voters, end), 0);
        return core;
    }

    @Test void aQuorumOfOneLeadsAtOnceAndPersistsThatFirst() {
        var core = new RaftCore(key(1), SETTINGS);
        var effects = core.step(new RaftInput.Started(new ElectionState(4, 1, key(1)), voters(1), end(10, 4)), 0);
        assertThat(effects).containsExactly(new RaftEffect.PersistElection(new ElectionState(5, 1, key(1))), new RaftEffect.BecomeLeader(5, List.of(key(1))));
        assertThat(core.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test void theHighWatermarkFollowsTheDeviceAndPassesFirstARecordOfOnesOwnEpoch() {
        var core = started(1, voters(1), end(10, 4));
        assertThat(core.step(new RaftInput.Flushed(10), 0)).isEmpty();
        core.step(new RaftInput.LogMoved(end(11, 5)), 0);
        assertThat(core.highWatermark()).isZero();
        assertThat(core.step(new RaftInput.Flushed(11), 0)).containsExactly(new RaftEffect.AdvanceHighWatermark(11));
        core.step(new RaftInput.LogMoved(end(20, 5)), 0);
        assertThat(core.step(new RaftInput.Flushed(11), 0)).isEmpty();
    }

    @Test void aVoterAsksFirstAndBumpsItsEpochOnlyWhenItCouldWin() {
        var core = started(1, voters(1, 2, 3), end(10, 4));
        assertThat(core.step(new RaftInput.Ticked(), core.nextDeadlineMs())).containsExactly(
            new RaftEffect.SendVote(key(2), 4, end(10, 4), true), new RaftEffect.SendVote(key(3), 4, end(10, 4), true));
        assertThat(core.epoch()).isEqualTo(4);
        assertThat(core.step(new RaftInput.VoteAnswered(key(2), 4, -1, true, true), 1_000)).containsExactly(
            new RaftEffect.PersistElection(new ElectionState(5, -1, key(1))),
            new RaftEffect.SendVote(key(2), 5, end(10, 4), false), new RaftEffect.SendVote(key(3), 5, end(10, 4), false));
        assertThat(core.step(new RaftInput.VoteAnswered(key(3), 5, -1, true, false), 1_100)).containsExactly(
            new RaftEffect.PersistElection(new ElectionState(5, 1, key(1))), new RaftEffect.BecomeLeader(5, List.of(key(1), key(3))),
            new RaftEffect.SendBeginEpoch(key(2), 5), new RaftEffect.SendBeginEpoch(key(3), 5));
    }

    @Test void aVoteIsGivenOncePerEpochToALogAtLeastAsComplete() {
        var core = started(1, voters(1, 2, 3), end(10, 4));
        assertThat(core.step(new RaftInput.VoteRequested(key(2), 5, end(9, 4), false), 0)).contains(new RaftEffect.AnswerVote(5, -1, false));
        assertThat(core.step(new RaftInput.VoteRequested(key(2), 5, end(10, 4), false), 0))
            .containsExactly(new RaftEffect.PersistElection(new ElectionState(5, -1, key(2))), new RaftEffect.AnswerVote(5, -1, true));
        assertThat(core.step(new RaftInput.VoteRequested(key(2), 5, end(10, 4), false), 0)).containsExactly(new RaftEffect.AnswerVote(5, -1, true));
        assertThat(core.step(new RaftInput.VoteRequested(key(3), 5, end(99, 4), false), 0)).containsExactly(new RaftEffect.AnswerVote(5, -1, false));
        assertThat(core.step(new RaftInput.VoteRequested(key(3), 4, end(99, 4), false), 0)).containsExactly(new RaftEffect.AnswerVote(5, -1, false));
    }

    @Test void whoHearsFromALeaderDoesNotHelpToUnseatIt() {
        var core = started(1, voters(1, 2, 3), end(10, 4));
        core.step(new RaftInput.LeaderAnnounced(2, 5), 0);
        assertThat(core.step(new RaftInput.VoteRequested(key(3), 5, end(10, 4), true), 10)).as("so far a rumour").containsExactly(new RaftEffect.AnswerVote(5, 2, true));
        core.step(new RaftInput.FetchAnswered(2, 5, 8), 1_000);
        assertThat(core.step(new RaftInput.VoteRequested(key(3), 5, end(10, 4), true), 1_010)).containsExactly(new RaftEffect.AnswerVote(5, 2, false));
        assertThat(core.highWatermark()).isEqualTo(8);
        assertThat(core.step(new RaftInput.Ticked(), 2_999)).isEmpty();
        assertThat(core.step(new RaftInput.Ticked(), 3_000)).hasSize(2).allMatch(effect -> effect instanceof RaftEffect.SendVote vote && vote.preVote());
    }

    @Test void aMajorityOfVotersCommitsAndObserversDoNotCount() {
        var core = leading();
        core.step(new RaftInput.LogMoved(end(20, 5)), 0);
        core.step(new RaftInput.Flushed(20), 0);
        assertThat(core.step(new RaftInput.Fetched(key(9), 20), 10)).isEmpty();
        assertThat(core.step(new RaftInput.Fetched(key(2), 15), 10)).containsExactly(new RaftEffect.AdvanceHighWatermark(15));
        assertThat(core.step(new RaftInput.Fetched(key(3), 17), 10)).containsExactly(new RaftEffect.AdvanceHighWatermark(17));
        assertThat(core.step(new RaftInput.Fetched(new ReplicaKey(2, new Uuid(66, 66)), 20), 10)).as("another disk is another replica").isEmpty();
        assertThat(core.replicas()).hasSize(4);
    }

    private static RaftCore leading() {
        var core = started(1, voters(1, 2, 3), end(10, 4));
        core.step(new RaftInput.Ticked(), core.nextDeadlineMs());
        core.step(new RaftInput.VoteAnswered(key(2), 4, -1, true, true), 0);
        core.step(new RaftInput.VoteAnswered(key(2), 5, -1, true, false), 0);
        assertThat(core.isLeader()).isTrue();
        return core;
    }

    @Test void aLeaderThatTheMajorityDoesNotFetchFromGivesUp() {
        var core = leading();
        core.step(new RaftInput.Fetched(key(2), 10), 2_000);
        assertThat(core.step(new RaftInput.Ticked(), 3_000)).isEmpty();
        assertThat(core.step(new RaftInput.Ticked(), 5_000)).containsExactly(new RaftEffect.BecomeLeaderless(5));
        assertThat(core.isLeader()).isFalse();
    }

    @Test void aHigherEpochEndsALeadership() {
        var core = leading();
        assertThat(core.step(new RaftInput.VoteRequested(key(3), 7, end(9, 4), false), 0)).containsExactly(
            new RaftEffect.PersistElection(new ElectionState(7, -1, null)), new RaftEffect.BecomeLeaderless(7), new RaftEffect.AnswerVote(7, -1, false));
    }

    @Test void aLeaderThatStopsNamesItsSuccessors() {
        var core = leading();
        core.step(new RaftInput.Fetched(key(3), 10), 0);
        assertThat(core.step(new RaftInput.Stopping(), 0)).startsWith(new RaftEffect.SendEndEpoch(key(3), 5, List.of(key(3), key(2))));
        var other = started(2, voters(1, 2, 3), end(10, 4));
        other.step(new RaftInput.LeaderAnnounced(1, 5), 0);
        assertThat(other.step(new RaftInput.LeaderResigned(1, 5, true), 0)).anyMatch(effect -> effect instanceof RaftEffect.SendVote vote && vote.epoch() == 6);
    }

    @Test void anObserverNeverAsksForVotes() {
        var core = started(9, voters(1, 2, 3), end(0, 0));
        for (int i = 0; i < 10; i++) assertThat(core.step(new RaftInput.Ticked(), core.nextDeadlineMs())).noneMatch(effect -> effect instanceof RaftEffect.SendVote);
    }
}
