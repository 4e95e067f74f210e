/// The process: reads settings, chooses bindings, wires, starts, stops.
module millrace.app {
    requires millrace.bindings;
    requires millrace.broker;
    requires millrace.cli;
    requires millrace.logtool;
    requires millrace.metrics;
    requires millrace.quorum;
    requires millrace.vocabulary;
    requires java.management;
    requires org.slf4j;

    exports millrace.app;
    exports millrace.app.boot;
    exports millrace.app.jmx;
    exports millrace.app.logging;
}
