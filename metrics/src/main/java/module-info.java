/// What is counted and how fast it goes, under Kafka's names; who looks at it is `app`'s business.
module millrace.metrics {
    requires transitive millrace.ports;

    exports millrace.metrics;
}
