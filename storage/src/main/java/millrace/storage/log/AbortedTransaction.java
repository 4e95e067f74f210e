package millrace.storage.log;

/// A transaction that was aborted, as the transaction index keeps it.
///
/// @param firstOffset      of its records in this partition
/// @param lastOffset       its ABORT marker's
/// @param lastStableOffset when the marker was written; it never falls from entry to entry
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
