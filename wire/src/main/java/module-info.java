/// How bytes become requests: both ends of a connection.
module millrace.wire {
    requires transitive millrace.vocabulary;
    requires transitive millrace.ports;
    requires transitive millrace.metrics;
    requires org.slf4j;

    exports millrace.wire;
}
