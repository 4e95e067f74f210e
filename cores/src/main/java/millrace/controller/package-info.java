/// The active controller's decisions: from requests and deadlines to metadata records.
///
/// Why: whatever the cluster agrees on is a record before it is a fact. A command is decided against the newest image (committed
/// or not), the decision's records are appended as one unit and applied, and the answer is given out once they are committed. A
/// controller that loses its leadership forgets what was not committed by going back to the committed image.
///
///     request ──▶ ControllerCommand ──▶ ControllerCore.decide ──▶ records ──▶ raft log ──▶ committed ──▶ answer
///                                             ▲                     │
///                                             └──── apply ◀─────────┘
///
/// What is not in records, and so is forgotten by a new leader: when a broker was last heard and how far it has read
/// ([millrace.controller.brokers.BrokerSessions]). A new leader takes every unfenced broker for heard just now.
///
/// Invariants:
/// - broker epochs are the offsets of RegisterBroker records: unique and growing (K8); a topic id is never given twice;
/// - two live incarnations of one broker id are never both accepted (K8);
/// - a partition's leader is always one of its ISR, or there is none; an ISR is never emptied unless the ELR feature is on;
/// - chance comes only from the seed in the command, so the same log of commands gives the same records.
///
/// Sources: KIP-500, KIP-631, KIP-841 (fenced replicas and ISR), KIP-903 (broker epochs in AlterPartition), KIP-966 (ELR),
/// KIP-858 (directories). Start reading at [ControllerCore].
package millrace.controller;
