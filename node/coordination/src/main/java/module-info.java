/// Coordinators: how group cores live on a partition of their topic and answer clients.
module millrace.coordination {
    requires transitive millrace.vocabulary;
    requires transitive millrace.ports;
    requires transitive millrace.cores;
    requires transitive millrace.storage;
    requires transitive millrace.wire;
    requires org.slf4j;

    exports millrace.coordination;
}
