/// Transactions: which producer owns a transactional id, which partitions its transaction has reached, and how it ended, for all
/// transactional ids of one partition of `__transaction_state`.
///
/// Why: a transaction's records lie in many logs, and all of them must come to count, or none. So one log says how it ended before any of
/// the others hears of it: a transaction that is prepared ends so, whatever breaks, because every coordinator after this one reads it and
/// sends the markers again.
///
///                    InitProducerId                                                        (tombstone)
///     (none) ─────────────▶ Empty ◀──────────────── InitProducerId ───────────┐                ▲ silent for transactional.id.expiration.ms
///                             │ partitions added                              │                │
///                             ▼              EndTxn(commit)                   │                │
///                          Ongoing ──────────────────────────▶ PrepareCommit ─┼▶ CompleteCommit┤
///                             │  EndTxn(abort), time-out,          markers    │                │
///                             └──InitProducerId of another───▶ PrepareAbort ──┴▶ CompleteAbort ┘
///                                                                  written          │ partitions added: Ongoing again
///
/// Invariants:
/// - a producer id and epoch belong to one owner for ever: an epoch never goes back, and the last one (32767) is only used to fence; a
///   producer whose epochs are used up gets another id;
/// - a transaction has one outcome: no way leads from `PrepareCommit` to an abort, or back;
/// - what one outcome's markers complete is that transaction: each decision has a time that no other decision of the transactional id has;
/// - partitions are remembered before a record may be written to them ([TransactionCommand.AddPartitions] is answered when committed);
/// - with transaction version 2 every transaction ends in an epoch of its own, so that a request which belongs to an earlier one is told from
///   one that belongs to this one (KIP-890).
///
/// Bytes of one record ([TransactionBytes]), in the schemas of Apache Kafka's transaction coordinator:
///
///     key     int16 record type 0 │ transactional id
///     value   int16 version       │ body      0 for transaction.version 0, 1 (tagged fields) from transaction.version 1 on; absent: a tombstone
///
/// The epoch before the last, by which a repeated request is recognized, is not written; after a reload nobody is recognized by it. That is
/// Kafka's format, and costs a producer one needless error after a failover.
///
/// [ConnectionFence] stands beside the core: it keeps requests of old clients, whose epochs do not change from transaction to transaction,
/// from reaching a later transaction over a connection that has been given up.
///
/// Sources: KIP-98, KIP-360, KIP-588, KIP-664, KIP-890, KIP-1228; `reliability.md` scenarios 38 to 48. Start reading at [TransactionCore].
package millrace.transaction;
