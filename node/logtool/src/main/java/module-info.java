/// The files of a log directory, shown, checked and put right without a node.
module millrace.logtool {
    requires transitive millrace.storage;
    requires info.picocli;
    requires tools.jackson.core;

    exports millrace.logtool;

    opens millrace.logtool to info.picocli;
}
