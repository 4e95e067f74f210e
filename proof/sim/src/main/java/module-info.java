/// The simulator: a world from one seed on which the real classes of Millrace run, with clocks, disks and networks that fail.
module millrace.sim {
    requires transitive millrace.ports;
    requires transitive millrace.broker;
    requires transitive millrace.coordination;
    requires transitive millrace.cores;
    requires transitive millrace.quorum;
    requires transitive millrace.storage;
    exports millrace.sim;
    exports millrace.sim.disk;
    exports millrace.sim.group;
    exports millrace.sim.log;
    exports millrace.sim.net;
    exports millrace.sim.table;
    exports millrace.sim.txn;
}
