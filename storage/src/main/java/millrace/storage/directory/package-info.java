/// A log directory: the owner of the fate of all logs on one device.
///
/// Why: a device fails as a whole, and a node restarts as a whole. So locking, identity, loading, checkpoints, the clean-shutdown marker
/// and the reaction to a failed device belong to the directory, and a partition only asks for its log.
///
///     open ─▶ lock ─▶ meta.properties ─▶ clean marker read and removed ─▶ logs loaded side by side, copies of their tails
///             given back ([millrace.storage.ahead]) ─▶ in use
///     closeCleanly ─▶ logs closed side by side ─▶ write-ahead files deleted ─▶ checkpoints ─▶ clean marker ─▶ unlocked
///     any LogDirFailure ─▶ offline: told once, no marker, nothing is tried again
///
/// Invariants:
/// - The clean marker is on the device only while every log's files are complete and nobody uses them: removed (and synced) before the first
///   log is opened, written after the last checkpoint.
/// - A recovery point on the device is never above the end of its log: it is raised after the syncs and lowered before a truncation.
/// - "Missing from my image" deletes nothing: a folder that the metadata does not know is set aside as `-stray` by an explicit call.
/// - A full disk is no failure: appends and creations are refused, checkpoints wait, retention goes on and makes room.
/// - A wall clock that jumps ahead deletes nothing ([RetentionClock]).
///
/// | file                               | written                                    |
/// |------------------------------------|--------------------------------------------|
/// | `.lock`                            | held while the process uses the directory  |
/// | `meta.properties`                  | once                                       |
/// | `recovery-point-offset-checkpoint` | each checkpoint tick, before a truncation  |
/// | `log-start-offset-checkpoint`      | each checkpoint tick                       |
/// | `replication-offset-checkpoint`    | each checkpoint tick (high watermarks)     |
/// | `cleaner-offset-checkpoint`        | each checkpoint tick, after each compaction, and where a log ends lower than it says |
/// | `millrace-ahead-0`, `-1`           | by the rounds of group commit; gone after a clean stop, `.kept` beside a damaged log; ours |
/// | `millrace-identity`                | at start and stop ([IdentityGeneration]); ours |
/// | `.kafka_cleanshutdown`             | last of all                                |
///
/// A log that moves here from another directory is first a copy in a `-future` folder, which counts for nothing: [LogDirectory#promoteFuture]
/// brings it to the device, gives it the log's name and writes the checkpoints, all before the other directory lets go of its own. One that a
/// stop has cut short is found at the next start and left to the broker, which knows whether the log itself is safe.
///
/// [LogDirectory] is the whole as others see it. [DirectoryOwner] says whose it is, [FoundLogs] opens what is there, [DirectoryCheckpoints] keeps the
/// files of the table, [FutureLogs] the copies, [DelayedDeletions] what is to go; [DirectoryFailure] ends it all.
///
/// Called by `millrace.broker.partition`. Start reading at [LogDirectory].
package millrace.storage.directory;
