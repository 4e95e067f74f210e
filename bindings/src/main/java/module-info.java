/// The only code that touches the operating system: sockets, files, time.
module millrace.bindings {
    requires transitive millrace.ports;
    requires transitive millrace.metrics;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.epoll.linux.x86_64;     // the native library's jar: only what is required is looked into
    requires jdk.unsupported;                           // has the JDK's word for O_DIRECT
    requires org.slf4j;

    exports millrace.bindings.disk;
    exports millrace.bindings.net;
    exports millrace.bindings.threads;
    exports millrace.bindings.time;
}
