/// How records rest: the log engine, written against the Disk port.
module millrace.storage {
    requires transitive millrace.vocabulary;
    requires transitive millrace.ports;
    requires tools.jackson.core;

    exports millrace.storage.cleaner;
    exports millrace.storage.directory;
    exports millrace.storage.file;
    exports millrace.storage.log;
    exports millrace.storage.sync;
}
