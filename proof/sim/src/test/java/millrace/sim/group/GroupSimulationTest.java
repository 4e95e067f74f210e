package millrace.sim.group;

import millrace.sim.Simulation;
import millrace.sim.World;

/// Classic groups under churn, hanging members, coordinator crashes and jumping clocks.
class GroupSimulationTest {
    @Simulation(seeds = 100)
    void everyPartitionHasOneOwnerAndNoCommitIsLost(World world) {
        new GroupWorkload(world, GroupWorkload.draw(world), CoreNode::new).run().check();
    }

    @Simulation(seeds = 50)
    void theSameOverARealLogOnAFailingDisk(World world) {
        new GroupWorkload(world, GroupWorkload.drawWithDisk(world), ShellNode::new).run().check();
    }

    @Simulation(seeds = 40)
    void classicAndConsumerGroupsOfAWholeNodeOverTheWire(World world) {
        new GroupWorkload(world, GroupWorkload.drawWithNetwork(world), WireNode::new, true).run().check();
    }
}
