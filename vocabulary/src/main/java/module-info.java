/// What things are called and how they look in bytes: ids, epochs, record batches, settings and the generated protocol.
module millrace.vocabulary {
    requires com.github.luben.zstd_jni;
    requires org.lz4.java;
    requires org.xerial.snappy;

    exports millrace.common;
    exports millrace.protocol;
    exports millrace.protocol.group;
    exports millrace.protocol.message;
    exports millrace.protocol.metadata;
    exports millrace.protocol.raft;
    exports millrace.protocol.share;
    exports millrace.protocol.storage;
    exports millrace.protocol.transaction;
    exports millrace.record;
    exports millrace.record.compression;
    exports millrace.settings;
}
