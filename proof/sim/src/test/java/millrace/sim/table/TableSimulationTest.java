package millrace.sim.table;

import millrace.sim.Simulation;
import millrace.sim.World;
import org.junit.jupiter.api.Test;

/// A compacted table under crashes, power losses, failing and full disks.
class TableSimulationTest {
    @Simulation(seeds = 60)
    void aTableMeansTheSameHoweverOftenItIsCompacted(World world) {
        new TableWorkload(world, TableWorkload.draw(world), TableNode::new).run();
    }

    /// Found by this seed: recovery had made a transaction index anew, the recovery point moved behind it, and the power went before it was
    /// written; the next start did not look that far back, and aborted records were visible.
    @Test void aTransactionIndexMadeInRecoveryIsWrittenBeforeTheRecoveryPoint() {
        World world = World.of(4);
        new TableWorkload(world, TableWorkload.draw(world), TableNode::new).run();
    }
}
