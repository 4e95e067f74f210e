package millrace.storage.log;

/// One producer id as the log knows it (DescribeProducers).
///
/// @param currentTransactionFirstOffset -1 without an open transaction
public record ProducerView(long producerId, short producerEpoch, int lastSequence, long lastTimestampMs, int coordinatorEpoch, long currentTransactionFirstOffset) {}
