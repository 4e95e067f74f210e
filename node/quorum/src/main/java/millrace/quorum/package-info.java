/// The shell around the raft core and the controller core: one node of the metadata quorum.
///
/// Why: the cores decide, this writes. All turns are taken on one event loop; device syncs and files leave it (one serial worker),
/// and come back as inputs. One sync serves all that waits for it.
///
///     ControllerLink ─┐                    ┌─▶ controller.decide ─▶ batch ─▶ log append ─▶ controller.apply
///     ApiHandler ─────┴─▶ mailbox (bounded)┘                                    │
///                                                              sync (worker) ◀──┘
///                                                                  │ Flushed
///                                                 raft: high watermark moves ─▶ image published (feed), answers given
///
/// Invariants:
/// - a decision's records are one batch, or one metadata transaction where a batch would be too large, so it is seen whole or not at all;
/// - nothing is answered or published before the high watermark has passed it, and that never passes what is not on the device;
/// - a snapshot is written of a committed image, aside, synced, and then given its name;
/// - what was committed is never cut at start: log and snapshots are read whole, each batch against its CRC, and a node whose metadata is damaged
///   ends its start and says where ([CommittedMark]).
///
/// Files of `<metadata.log.dir>/__cluster_metadata-0`, all but one Apache Kafka's:
///
/// | file | content |
/// |---|---|
/// | `%020d.log` and indexes | record batches; each epoch begins with a LeaderChange control batch |
/// | `%020d-%010d.checkpoint` | snapshot by end offset and epoch: control batch (header, kraft version, voters), data batches, footer |
/// | `00000000000000000000-0000000000.checkpoint` | what the directory was formatted with: voters and feature levels |
/// | `quorum-state` | [millrace.raft.ElectionState] as JSON |
/// | `millrace-committed` | how far the log was committed about a second ago; ours ([CommittedMark]) |
///
/// A directory that has none of them is formatted as a quorum of this node alone.
///
/// Idle records: Kafka's leader writes a NoOp every `metadata.max.idle.interval.ms` so that others see it is alive. A quorum of one whose
/// only broker is in the same process has no others, so it writes none unless the setting was set, and an idle laptop's disk sleeps.
///
/// Sources: KIP-595, KIP-630, KIP-631, KIP-853, `spec/storage-formats.md` 3.1 and 3.2. Start reading at [QuorumNode].
package millrace.quorum;
