/// One data directory, opened in turn by Apache Kafka and by Millrace.
///
/// Why: "the log directory is Kafka's, byte for byte" is a promise that lets an operator come and go. It is shown by doing it: each
/// writes what it can, stops or is killed, and the other tells the same facts and goes on.
///
///     Apache Kafka ── writes ── Facts ── stops ──▶ Millrace ── the same Facts ── writes ── Facts ── killed ──▶ Apache Kafka ── the same Facts ...
///
/// [Facts] are what a client can see: records one by one, offsets by every question, epochs, groups and their offsets, settings; and
/// what only Apache Kafka shows yet (quotas, credentials, finalized features), which must come back to it untouched.
/// A [Ledger] is one producer that lives through all of it and must end with every number once and in order; a [LivingMember] of a group of
/// each protocol reads along without being assigned anew; a [HandedTransaction] is begun at one broker and ended at the next.
/// At the end Apache's own DumpLogSegments looks at every file ([DumpedLogs]).
///
/// Start reading at [InterchangeTest].
package millrace.compat.interchange;
