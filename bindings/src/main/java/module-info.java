/// The only code that touches the operating system: sockets, files, time.
module millrace.bindings {
    requires transitive millrace.ports;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.handler;
    requires io.netty.transport.epoll.linux.x86_64;
    requires org.slf4j;
}
