package millrace.storage.log;

/// What a producer did last in a log.
///
/// @param lastDataOffset of its last record in its present epoch, -1 when a marker began that
public record LastRecord(long lastDataOffset, short producerEpoch) {}
