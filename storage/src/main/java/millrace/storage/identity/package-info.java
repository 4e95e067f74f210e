/// What a segment's batches are said to be, kept beside the segment: the side checksum over what Kafka's batch CRC leaves out.
///
/// Why: a batch's CRC covers neither its base offset, its length nor its leader epoch, and nothing in it says whose batch it is. A flipped bit
/// in those sixteen bytes, a sector that the device wrote or read in the wrong place, a write that it lost: each passes as a good batch of
/// this partition. So every append links the batch into a chain, and a reader compares the chain with the file before a byte is served.
///
///     seed ──(topic id, partition, segment)──▶ chain ──batch──▶ chain ──batch──▶ chain ──▶ ...
///                                                │  every 64 KiB or at the stop: a span is closed, its chain value is a claim
///     closed ──synced──▶ written to `.identity` with the indexes ──▶ read after a restart ──▶ compared before serving, by the scrubber, in recovery
///
/// A link takes in base offset, length, leader epoch and the CRC field, so that all 61 bytes of header and, through the CRC, every record are
/// claimed. It is a bijection of each input while the others stay, so no single changed field goes unnoticed; several changes together go
/// unnoticed once in 2^64. It guards against devices, not against people.
///
/// The file `<base offset>.identity` (Kafka ignores it, and whatever deletes a segment deletes it too):
///
/// | at | bytes | field                                                                                   |
/// |----|-------|-----------------------------------------------------------------------------------------|
/// |  0 |   4   | `MRID`                                                                                  |
/// |  4 |   2   | version, 1                                                                              |
/// |  6 |   8   | generation of the log directory: claims of an older one are void                        |
/// | 14 |  16   | topic id, zero where it was not known                                                   |
/// | 30 |   4   | partition                                                                               |
/// | 34 |   8   | base offset of the segment                                                              |
/// | 42 |   4   | CRC-32C of the bytes before                                                             |
/// | 46 |       | a span each 21 bytes: kind 1, position of its end 4, its last offset less the base 4,   |
/// |    |       | chain value at its end 8, CRC-32C of these 17 bytes and of the span's number 4          |
///
/// Kinds: 1 checked; 2 unchecked (there before the chain began: only the batches' own CRCs speak for it); 3 damaged when the chain was made.
/// Behind the last span, 4 closed: the segment had been rolled or cleaned and was on the device up to here. It repeats the last span's end,
/// offset and chain value. Without it nobody could tell an end from one that a power loss has torn back to the last sync, and so not whether
/// a gap in front of the next segment is compaction's or a loss. It goes before a segment is appended to again.
///
/// Invariants:
/// - A claim never speaks of a byte that is not on the device: a span is written only below what has been synced.
/// - A claim is never made from bytes that were not seen good: they came from the writer, or passed CRC and order when they were read.
/// - A damaged side file costs the claims from the damage on, and never a record: what it does not claim is unchecked.
/// - Claims are a function of batches: made on append and made again by recovery, they are equal.
///
/// Sources: PAR (Alagappan et al., FAST 2018), `reliability.md` D11 and scenarios 24, 25. Called by `millrace.storage.log`. Start reading at
/// [IdentityChain].
package millrace.storage.identity;
