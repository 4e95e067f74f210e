package millrace.record;

import java.nio.ByteBuffer;
import java.util.List;

/// One record as it was read.
///
/// The buffers of an uncompressed batch are views of the batch and live as long as its bytes do; those of a compressed batch are
/// the record's own.
///
/// @param timestamp in milliseconds, [RecordBatch#NO_TIMESTAMP] when there is none; the batch's when it was stamped by the leader
/// @param sequence  [RecordBatch#NO_SEQUENCE] without an idempotent producer
/// @param key       null when there is none
/// @param value     null is a tombstone
public record Record(long offset, long timestamp, int sequence, ByteBuffer key, ByteBuffer value, List<Header> headers) {
    public boolean hasKey() {
        return key != null;
    }

    public boolean hasValue() {
        return value != null;
    }
}
