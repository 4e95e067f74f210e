/// What is decided: deterministic, without a clock, thread, file, socket or random source.
module millrace.cores {
    requires transitive millrace.vocabulary;
    requires transitive org.pcollections;
    requires hash4j;
    requires re2j;

    exports millrace.controller;
    exports millrace.core;
    exports millrace.group;
    exports millrace.group.command;
    exports millrace.group.stored;
    exports millrace.metadata;
    exports millrace.raft;
    exports millrace.replication;
    exports millrace.transaction;
}
