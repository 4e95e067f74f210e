package millrace.coordination;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import millrace.core.CoordinatorCore.Reply;
import millrace.record.Codec;
import millrace.record.RecordBatchBuilder;

/// What has been decided and applied, and waits for company before it is appended: records, and the replies that wait with them. Bounded by [#MOST_BYTES] of
/// records and by the requests in flight.
final class GatheredBatch<Answer> implements AutoCloseable {
    /// More is not much cheaper for each, and the topic would have to be unusual to refuse so much.
    static final int MOST_BYTES = 16 << 10;

    /// A decision's changes, encoded.
    record Records(List<ByteBuffer> keys, List<ByteBuffer> values, int bytes) {
        static <Change> Records of(ChangeFormat<Change> format, List<Change> changes) {
            List<ByteBuffer> keys = new ArrayList<>(changes.size());
            List<ByteBuffer> values = new ArrayList<>(changes.size());
            int bytes = 0;
            for (Change change : changes) {
                ByteBuffer key = format.key(change);
                ByteBuffer value = format.value(change);
                keys.add(key);
                values.add(value);
                bytes += key.remaining() + (value == null ? 0 : value.remaining());
            }
            return new Records(keys, values, bytes);
        }

        void appendTo(RecordBatchBuilder batch, long timestampMs) {
            for (int i = 0; i < keys.size(); i++) batch.append(timestampMs, keys.get(i), values.get(i));
        }
    }

    private final RecordBatchBuilder batch;
    private final List<Reply<Answer>> replies = new ArrayList<>();
    private final long beganMs;
    private long dueMs = Long.MAX_VALUE;
    private int bytes;

    GatheredBatch(Codec codec, long nowMs) {
        this.batch = new RecordBatchBuilder().codec(codec);
        this.beganMs = nowMs;
    }

    /// @return of its records, as they were decided
    int bytes() {
        return bytes;
    }

    void add(Records records, long timestampMs) {
        records.appendTo(batch, timestampMs);
        bytes += records.bytes();
    }

    /// @param mayWaitUntilMs for these; the most impatient ones count
    void add(List<Reply<Answer>> waiting, long mayWaitUntilMs) {
        replies.addAll(waiting);
        dueMs = Math.min(dueMs, mayWaitUntilMs);
    }

    long dueMs() {
        return dueMs;
    }

    long beganMs() {
        return beganMs;
    }

    List<Reply<Answer>> replies() {
        return replies;
    }

    ByteBuffer build() {
        return batch.build();
    }

    @Override public void close() {
        batch.close();
    }
}
