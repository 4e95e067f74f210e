package millrace.replication;

import static millrace.replication.LeaderReplica.Durability.FSYNC;
import static millrace.replication.LeaderReplica.Durability.REPLICATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import millrace.common.BrokerId;
import millrace.core.BrokenInvariant;
import millrace.replication.LeaderReplica.Durability;
import millrace.replication.LeaderReplica.Effect;
import millrace.replication.LeaderReplica.Effect.AdvanceHighWatermark;
import millrace.replication.LeaderReplica.Input.Appended;
import millrace.replication.LeaderReplica.Input.Fetched;
import millrace.replication.LeaderReplica.Input.Reconfigured;
import millrace.replication.LeaderReplica.Input.Synced;
import org.junit.jupiter.api.Test;

class LeaderReplicaTest {
    private static final BrokerId B1 = new BrokerId(1);
    private static final BrokerId B2 = new BrokerId(2);
    private static final BrokerId B3 = new BrokerId(3);

    @Test void aLoneReplicatedLeaderAdvancesWithItsOwnAppends() {
        var leader = leader(REPLICATED, 1, B1);
        assertThat(leader.step(new Appended(15))).containsExactly(advance(15));
    }

    @Test void anFsyncingLeaderAdvancesOnlyWhenTheDeviceHasConfirmed() {
        var leader = leader(FSYNC, 1, B1);
        assertThat(leader.step(new Appended(15))).isEmpty();
        assertThat(leader.step(new Synced(12))).containsExactly(advance(12));
        assertThat(leader.step(new Synced(15))).containsExactly(advance(15));
    }

    @Test void highWatermarkWaitsForTheSlowestInSyncReplica() {
        var leader = leader(REPLICATED, 2, B1, B2, B3);
        leader.step(new Appended(20));
        assertThat(leader.step(new Fetched(B2, 20))).isEmpty();
        assertThat(leader.step(new Fetched(B3, 17))).containsExactly(advance(17));
    }

    @Test void highWatermarkRestsWhileTheIsrIsTooSmall() {
        var leader = leader(REPLICATED, 2, B1);
        assertThat(leader.hasEnoughInSyncReplicas()).isFalse();
        assertThat(leader.step(new Appended(20))).isEmpty();
        leader.step(new Fetched(B2, 20));
        assertThat(leader.step(new Reconfigured(List.of(B1, B2), 1, 2, REPLICATED))).containsExactly(advance(20));
    }

    @Test void aFollowerOutsideTheIsrHoldsNothingBack() {
        var leader = leader(REPLICATED, 1, B1, B2);
        leader.step(new Appended(20));
        assertThat(leader.step(new Reconfigured(List.of(B1), 1, 1, REPLICATED))).containsExactly(advance(20));
    }

    @Test void highWatermarkNeverGoesBackWhenAReplicaFetchesFromFurtherBehind() {
        var leader = leader(REPLICATED, 1, B1, B2);
        leader.step(new Appended(20));
        leader.step(new Fetched(B2, 20));
        assertThat(leader.step(new Fetched(B2, 11))).isEmpty();
        assertThat(leader.highWatermark()).isEqualTo(20);
    }

    @Test void aLogThatGoesBackUnderItsLeaderStopsIt() {
        var leader = leader(REPLICATED, 1, B1);
        assertThatThrownBy(() -> leader.step(new Appended(9))).isInstanceOf(BrokenInvariant.class).hasMessageContaining("logEndOffset=10");
    }

    private static LeaderReplica leader(Durability durability, int minInSyncReplicas, BrokerId... isr) {
        return new LeaderReplica(B1, 5, 0, List.of(isr), minInSyncReplicas, durability, 10, 10);
    }

    private static Effect advance(long offset) {
        return new AdvanceHighWatermark(offset);
    }
}
