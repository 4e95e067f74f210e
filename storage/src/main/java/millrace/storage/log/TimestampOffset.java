package millrace.storage.log;

/// @param timestampMs a record's timestamp
/// @param leaderEpoch of the batch that holds it, -1 when unknown
public record TimestampOffset(long timestampMs, long offset, int leaderEpoch) {}
