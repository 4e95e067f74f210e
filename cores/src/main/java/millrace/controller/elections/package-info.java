/// Who leads a partition, and who is in sync with it.
///
/// Why one package: fencing, shutting down, unregistering, an ISR proposal and an operator's election all end in the same
/// question, which [PartitionChange] answers: given the ISR to be and who may lead, what is the one record that says the difference.
///
/// Invariants: the leader is in the ISR or there is none; without the ELR feature the last ISR member stays in the ISR even when it
/// is gone, because it alone is known to hold everything committed; a leader outside ISR and ELR is only ever elected where
/// `unclean.leader.election.enable` or an operator says so, and then it starts recovering.
///
/// Sources: KIP-497, KIP-704 (recovery state), KIP-841, KIP-903, KIP-966. Start reading at [Elections].
package millrace.controller.elections;
