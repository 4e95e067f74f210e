package millrace.sim.log;

import millrace.sim.Simulation;
import millrace.sim.World;

/// The log engine, alone and in a whole node, under crashes, power losses, failing and full disks, and broken connections.
class LogSimulationTest {
    @Simulation(seeds = 100)
    void acknowledgedRecordsSurviveInOrderAndOnce(World world) {
        new LogWorkload(world, LogWorkload.draw(world), LogNode::new).run().check();
    }

    @Simulation(seeds = 50)
    void aDamagedCopyIsNeverServedAsIfItWereWhole(World world) {
        new LogWorkload(world, LogWorkload.drawWithDamage(world), LogNode::new).run().check();
    }

    @Simulation(seeds = 50)
    void aWholeNodeKeepsItsPromisesOverTheWire(World world) {
        new LogWorkload(world, LogWorkload.drawWithNetwork(world), WholeNode::new).run().check();
    }
}
