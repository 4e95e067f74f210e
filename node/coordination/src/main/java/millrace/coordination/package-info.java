/// Runs coordinators: each is a core that decides ([millrace.core.CoordinatorCore]), and a partition of a topic that remembers.
///
/// Why here: a group's state must survive its coordinator, so it is a log like any other; and the coordinator is wherever the leader of
/// that log's partition is. Electing a leader is electing a coordinator; there is no second mechanism.
///
///     request ─▶ handler (api) ─▶ GroupCoordinators ─▶ CoordinatorShell ─▶ core.decide ─▶ changes
///                                   which partition     one turn at a time                   │ one batch
///     answer ◀─ Pending ◀── once committed (and durable) ◀── CoordinatorPartition.append ◀───┘ then core.apply
///
/// States of a shell:
///
///                 the whole log is applied
///     Loading ───────────────────────────────▶ Active ─────┐
///       ▲ │ ▲                                     │        │ this broker leads no more, or the device fails
///       │ │ └── something unforeseen ─────────────┘        ▼
///       │ │ it cannot be read                         Resigned, from every state, for good
///       │ ▼
///       Failed, for a pause that grows
///
/// What nobody goes on sooner for, or everything where the settings say so ([Linger]), is applied at once and appended a moment later, with what came meanwhile, as
/// one batch ([GatheredBatch]). What depends on it waits with it. A coordinator that goes takes it along, and when it is refused the log is read again.
///
/// Invariants:
/// - a reply is given out only when all that was appended before it is committed: so no client ever sees what a failover can take back;
/// - the shell is the only writer: a batch that does not land where the last one ended means that somebody else led meanwhile, and
///   everything is read again;
/// - every command is answered exactly once, at the latest when the coordinator resigns.
///
/// Threads: a shell is guarded by a short lock, under which a core decides and a batch goes to the page cache. Loading reads the disk
/// and runs on [millrace.ports.Workers]; the lock is taken at its end only.
package millrace.coordination;
