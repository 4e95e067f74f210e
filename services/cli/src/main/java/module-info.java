/// The command line: topics, records and groups of any Kafka, through the public protocol.
module millrace.cli {
    requires transitive info.picocli;
    requires kafka.clients;
    requires tools.jackson.databind;

    exports millrace.cli;

    opens millrace.cli to info.picocli;
}
