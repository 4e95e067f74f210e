/// Where blocking work runs on the real machine.
///
/// Why: an event loop must never wait for a device. What may wait is plain code on a thread of its own: a virtual one for a
/// task, a platform one for a long-lived owner, since a sync holds its carrier for as long as the device takes.
///
/// Start reading at [JdkWorkers].
package millrace.bindings.threads;
