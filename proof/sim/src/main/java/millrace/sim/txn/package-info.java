/// Transactions on a whole simulated node: producers of both generations that write, commit, abort, give up, come too late and are replaced;
/// readers that see what is committed and what there is; and the laws T1 to T10 of `reliability.md` over what all of them were told.
///
/// Producers speak the wire format and keep their own rules, so that old clients (one epoch for many transactions) and new ones (an epoch for each)
/// work side by side. A request that is not answered in time is sent again over a new connection, and the old one is often left as it is: what lies
/// in it may still arrive.
///
///     TxnApplication ── begins, replaces ──▶ TxnProducer ── Line ──▶ the node ◀── TxnReader
///                                                │                                  │
///                                                └────────▶ TxnHistory ◀────────────┘ ──▶ TxnLaws
///
/// Now and then a transaction reads what others have committed in the partitions that it writes to: who reads from whom must go in no circle (T10).
///
/// Half of the applications consume, transform and produce: each transaction goes on in an input where the last committed one has stopped (T9).
///
/// Start reading at [TxnWorkload].
package millrace.sim.txn;
