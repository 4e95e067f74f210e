/// The life of a broker, from its registration to the end of its session.
///
///     register ──▶ FENCED ──caught up──▶ UNFENCED ──wants to shut down──▶ CONTROLLED SHUTDOWN ──leads nothing──▶ may stop (FENCED)
///                    ▲  ◀──session ran out, or wants to be fenced──┘                │
///                    └───────────────────────session ran out───────────────────────┘
///
/// Invariants: an epoch belongs to one incarnation and grows with each; a second incarnation is accepted only when the first is known
/// to be dead (its session ran out, it is shutting down, or it lived in the controller's own process); a broker that lacks the
/// metadata of its own registration is not unfenced.
///
/// Sources: KIP-631, KIP-841, KIP-858 (directories), KIP-966 (unclean stops), `spec/protocol.md` 8.1. Start reading at [Brokers].
package millrace.controller.brokers;
