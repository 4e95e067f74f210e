/// Topics: their creation, growth and end.
///
/// Invariants: a name has one topic at a time and its id is new each time; names that differ only in `.` and `_` exclude each other,
/// because metrics cannot tell them apart; partitions are numbered from 0 without gaps and never get fewer; a partition is born
/// with a leader.
///
/// Sources: KIP-4, KIP-195, KIP-516 (ids), KIP-525 (configs in the answer). Start reading at [Topics].
package millrace.controller.topics;
