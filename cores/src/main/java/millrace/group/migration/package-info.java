/// What the classic and the consumer protocol have to know of each other, so that a group changes from one to the other while its members
/// go on (KIP-848).
///
///     classic group                                          consumer group
///         │  the first member of the consumer protocol joins       │
///         ├──────────────── upgrade ──────────────────────────────▶│  classic members stay members: JoinGroup, SyncGroup, Heartbeat and
///         │                                                        │  LeaveGroup are answered from the consumer group (consumer.ClassicMembers)
///         │◀─────────────── downgrade ─────────────────────────────┤
///         │  the last member of the consumer protocol is gone
///
/// Why: a service is restarted process by process, so for a while both kinds of member are there, and back must be possible, too.
/// `group.consumer.migration.policy` says which of the two may happen.
///
/// A [ClassicRoster] is what crosses; [EmbeddedProtocol] reads and writes what consumers of the classic protocol tell each other through
/// the coordinator. Bytes of either kind: int16 version, then the schema ConsumerProtocolSubscription or ConsumerProtocolAssignment at
/// that version; a version from the future is read as far as it is known.
package millrace.group.migration;
