package millrace.coordination;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import millrace.common.TopicPartition;
import millrace.protocol.ErrorCode;
import millrace.record.RecordBatch;
import millrace.storage.log.AppendResult;
import millrace.wire.Condition;
import millrace.wire.Signal;

/// A partition in memory. Appends succeed and are committed at once, until a test says otherwise.
final class FakePartition implements CoordinatorPartition {
    private final TopicPartition name;
    private final Signal moved = new Signal();
    final List<ByteBuffer> batches = new ArrayList<>();
    int leaderEpoch = 1;
    boolean lost;
    long endOffset;
    long highWatermark;
    boolean commitsAtOnce = true;
    /// How often it was asked for.
    int syncs;
    ErrorCode refuses;
    /// Before a batch is appended; throws as the test wishes.
    Runnable appending = () -> { };
    long guard;
    long refusedGuard = -1;

    FakePartition(int partition) {
        this(OffsetsTopic.NAME, partition);
    }

    FakePartition(String topic, int partition) {
        this.name = new TopicPartition(topic, partition);
    }

    @Override public TopicPartition topicPartition() {
        return name;
    }

    @Override public int leaderEpoch() {
        return leaderEpoch;
    }

    @Override public AppendResult append(ByteBuffer batch) {
        appending.run();
        if (refuses != null) return new AppendResult.Refused(refuses, "as the test wishes", List.of());
        RecordBatch view = RecordBatch.at(batch, batch.position());
        view.assign(endOffset, leaderEpoch);
        batches.add(ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip());
        long first = endOffset;
        endOffset += view.recordCount();
        if (commitsAtOnce) commit();
        return new AppendResult.Appended(first, endOffset - 1, -1, 0, view.maxTimestamp(), view.sizeInBytes());
    }

    @Override public long guardFor(long producerId, short producerEpoch, boolean ownEpochs) {
        return guard;
    }

    @Override public AppendResult appendInTransaction(ByteBuffer batch, long guard) {
        return guard == refusedGuard ? new AppendResult.Refused(ErrorCode.INVALID_TXN_STATE, "the guard has fallen", List.of()) : append(batch);
    }

    @Override public AppendResult appendMarker(ByteBuffer marker, short transactionVersion) {
        return append(marker);
    }

    void commit() {
        highWatermark = endOffset;
        moved.raise();
    }

    void lose() {
        lost = true;
        moved.raise();
    }

    @Override public void sync() {
        syncs++;
    }

    @Override public Condition committed(long lastOffset) {
        int epoch = leaderEpoch;
        return Condition.on(List.of(moved), () -> highWatermark > lastOffset || lost || leaderEpoch != epoch);
    }

    @Override public boolean lost() {
        return lost;
    }

    @Override public long logStartOffset() {
        return 0;
    }

    @Override public long logEndOffset() {
        return endOffset;
    }

    @Override public ByteBuffer readBytes(long startOffset, int maxBytes) {
        int size = 0;
        List<ByteBuffer> read = new ArrayList<>();
        for (ByteBuffer batch : batches) {
            if (RecordBatch.at(batch, 0).nextOffset() <= startOffset) continue;
            if (!read.isEmpty() && size + batch.remaining() > maxBytes) break;
            read.add(batch.duplicate());
            size += batch.remaining();
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        for (ByteBuffer batch : read) bytes.put(batch);
        return bytes.flip();
    }
}
