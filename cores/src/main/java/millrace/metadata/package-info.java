/// The cluster's metadata as one immutable value, made by folding the records of `__cluster_metadata-0`.
///
/// Why: controller and brokers speak of the same facts at the same offset. An image never changes; applying a record gives the
/// next image, which shares all but the path it touched (persistent maps), so old images stay readable by whoever holds them,
/// and "what has changed" is the comparison of two values.
///
///     log:      record ──▶ record ──▶ record ──▶ ...
///                  │          │          │
///     EMPTY ──▶ apply ───▶ apply ───▶ apply ──▶ image at offset o  ◀── toRecords() of a snapshot at o, folded alike
///
/// Invariants:
/// - the fold of all records up to o equals the fold of a snapshot at o (`image.toRecords()` folded gives `image`);
/// - records of features that this node does not act on (ACLs, SCRAM, quotas, tokens) are kept, so that no snapshot loses them;
/// - a record that cannot apply (a partition of a topic that is not there) is a broken invariant, never skipped;
/// - the records of a metadata transaction become visible together or not at all ([ImageFold]).
///
/// Bytes of a record's value in the log ([MetadataFrame]): unsigned varint frame version (1), unsigned varint record key,
/// unsigned varint record version, then the record. Which version is written is decided by the metadata version ([MetadataVersion]).
///
/// Sources: KIP-500, KIP-631, KIP-866 (transactions), the schemas in kafka-metadata 4.4.0. Start reading at [MetadataImage].
package millrace.metadata;
