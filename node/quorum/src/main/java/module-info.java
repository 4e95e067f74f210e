/// The metadata quorum's side of a node: the raft log, the active controller, and the feed of what is committed.
module millrace.quorum {
    requires transitive millrace.feed;
    requires transitive millrace.cores;
    requires transitive millrace.storage;
    requires transitive millrace.wire;
    requires org.slf4j;
    requires tools.jackson.core;

    exports millrace.quorum;
}
