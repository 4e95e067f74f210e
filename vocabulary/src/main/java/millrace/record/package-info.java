/// Records and the batches they travel in: Kafka's format 2, read where it lies.
///
/// Why a package of its own below everything: producers' bytes become the log's bytes become the consumers' bytes, and nobody on
/// the way should have to build objects. A [RecordBatch][millrace.record.RecordBatch] is a view of a header; the leader writes offset and
/// epoch into it, before the part that the checksum covers, and the records behind it are looked at only where a rule asks for it.
///
///     request frame ─▶ RecordBatches ─▶ BatchValidation ─▶ assign(offset, epoch) ─▶ segment file ─▶ fetch answer
///                                           │ walks with RecordCursor.advance(): no object per record
///                                           └ rebuilds with RecordBatchBuilder: only where codec or offsets must change
///
/// Invariants: no length, count or number read from a batch leads to an allocation or a loop that the bytes present do not justify; what
/// a batch decompresses to is bounded by [DecodeLimits][millrace.record.DecodeLimits]; whatever is wrong surfaces as
/// [CorruptRecord][millrace.record.CorruptRecord] and as nothing else.
///
/// Bytes: the header's table is at [RecordBatch][millrace.record.RecordBatch], a record's line at [RecordCursor][millrace.record.RecordCursor],
/// control records at [ControlRecords][millrace.record.ControlRecords]. Formats 0 and 1 are recognised and refused.
/// Sources: KIP-32, KIP-82, KIP-98, KIP-110, KIP-390, KIP-534; behaviour compared with kafka-clients in the tests.
package millrace.record;
