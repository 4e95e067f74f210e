/// The broker: serves clients from its partitions, follows the metadata feed, and reaches the controller by its address only.
module millrace.broker {
    requires transitive millrace.vocabulary;
    requires transitive millrace.ports;
    requires transitive millrace.cores;
    requires transitive millrace.storage;
    requires transitive millrace.wire;
    requires transitive millrace.feed;
    requires transitive millrace.coordination;
    requires org.slf4j;

    exports millrace.broker;
}
