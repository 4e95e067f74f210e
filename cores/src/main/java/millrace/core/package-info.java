/// What every core shares: the shape of a replicated state machine, and the check that stops it before a wrong byte leaves.
///
/// A core is told what happened and what time it is; it reads no clock, starts no thread, opens no file. What must outlive the
/// node is decided as changes ([ReplicatedCore#decide]), written to a log by the shell around the core, and moves the state only
/// through [ReplicatedCore#apply], which a reload of that log calls alike.
package millrace.core;
