package millrace.sim.txn;

import java.util.function.UnaryOperator;
import millrace.sim.Simulation;
import millrace.sim.World;

/// Transactions of old and new clients at a whole node, under crashes, power losses, broken connections and requests that come too late.
class TxnSimulationTest {
    @Simulation(seeds = 50)
    void whatIsCommittedIsWholeAndWhatIsAbortedIsNeverSeen(World world) {
        new TxnWorkload(world, TxnWorkload.draw(world), UnaryOperator.identity()).run().check();
    }
}
