/// The operating system, as far as Millrace needs it: time, event loops, blocking work, connections, disk, randomness.
///
/// Why: whatever decides or rests behind these interfaces runs on a simulated machine from one seed, with crashes, torn
/// writes, lost connections and jumping clocks, and runs unchanged on the real one.
///
/// Invariants: nothing here names a JDK type that would reach the operating system by itself ([java.nio.file.Path] is only
/// a name). Every callback runs on the loop that it was asked for on, never on the caller's stack unless said.
/// Bound by `millrace.bindings` (real) and `millrace.sim` (simulated). Start reading at [EventLoop] and [Disk].
package millrace.ports;
