package millrace.sim.log;

import millrace.sim.Simulation;
import millrace.sim.World;

/// The log engine under crashes, power losses, failing and full disks.
class LogSimulationTest {
    @Simulation(seeds = 100)
    void acknowledgedRecordsSurviveInOrderAndOnce(World world) {
        new LogWorkload(world, LogWorkload.draw(world), LogNode::new).run().check();
    }

    @Simulation(seeds = 50)
    void aDamagedCopyIsNeverServedAsIfItWereWhole(World world) {
        new LogWorkload(world, LogWorkload.drawWithDamage(world), LogNode::new).run().check();
    }
}
