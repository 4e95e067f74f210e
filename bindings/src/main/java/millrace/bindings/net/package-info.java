/// Sockets, on Netty: native epoll on Linux, the JDK's selectors elsewhere. The only package that knows Netty.
///
/// Why: an event loop that handles inline was measured at a quarter of the CPU of a hand-off to a pool; Netty brings it with
/// pooled memory, TLS and native transports, and is well kept.
///
/// Invariants: each connection belongs to one loop for its whole life; its driver is called on that loop only, and `onClosed`
/// last. Bytes are lent to the driver from a pooled buffer. File regions go to the socket by sendfile when they are large and
/// through memory when they are small, and are released either way. What peers do (resets, half an answer taken) is quiet.
///
/// The pipeline of a connection has one handler, [NettyLink]. An `SslHandler` has its place before it; file regions then have
/// to go through memory.
///
/// Start reading at [NettyNet] and [NettyLink].
package millrace.bindings.net;
