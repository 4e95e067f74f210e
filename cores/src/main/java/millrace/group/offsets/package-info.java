/// What is decided about committed offsets, whatever kind of group they belong to: commit, fetch, delete, and growing old.
///
/// Whether a member may commit is the group's own question, asked before; here are the limits on what is committed, the answers to
/// what is read, and KIP-211's rule of age, by [ExpiryRule]:
///
///     group without members        all offsets, `offsets.retention.minutes` after it became so
///     stable group of consumers    offsets of topics that nobody in it reads, that long after they were committed
///     no membership at all         each offset that long after it was committed
///     any other                    none
///
/// A client of versions 2 to 4 that named a retention of its own is obeyed to the millisecond instead.
/// One departure from Apache Kafka: an offset that is committed into a group which is already empty (an administrator resets it) counts
/// from that commit; Kafka counts from when the group became empty and may forget it at its next look.
///
/// Offsets that wait for the end of a transaction are never deleted by age, and a fetch that requires stable offsets is told so (G6).
package millrace.group.offsets;
