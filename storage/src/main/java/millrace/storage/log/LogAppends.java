package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import millrace.protocol.ErrorCode;
import millrace.record.BatchValidation;
import millrace.record.ControlRecord;
import millrace.record.CorruptRecord;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;

/// How batches get into a log.
///
///     validate ──▶ [ producer ok? ─▶ offsets ─▶ roll? ─▶ one write ─▶ index, epochs, producers ─▶ publish end ]
///      (no lock)                              (the log's lock)
///
/// Invariant: the end is published after the bytes and all that follows from them; what was refused has left nothing behind.
final class LogAppends {
    private final LogState state;
    private final LogPlace place;
    private final SegmentRoll roll;
    private boolean diskWasFull;                                     // guarded by the lock

    LogAppends(LogState state, SegmentRoll roll) {
        this.state = state;
        this.place = state.place;
        this.roll = roll;
    }

    // ---- as leader ----

    AppendResult asLeader(ByteBuffer batches, int leaderEpoch, AppendOrigin origin, short transactionVersion) {
        if (origin == AppendOrigin.RAFT_LEADER) return asRaftLeader(batches, leaderEpoch);
        BatchValidation.Rules rules = state.rules();
        BatchValidation.Outcome outcome = origin == AppendOrigin.CLIENT
                ? BatchValidation.fromClient(batches, rules, place.clock().timestampMs())
                : BatchValidation.fromCoordinator(batches, rules, place.clock().timestampMs());
        return switch (outcome) {
            case BatchValidation.Outcome.Refused refused   -> refused(refused);
            case BatchValidation.Outcome.Accepted accepted -> append(accepted, leaderEpoch, origin, transactionVersion);
        };
    }

    private static AppendResult refused(BatchValidation.Outcome.Refused refused) {
        var errors = new ArrayList<AppendResult.RecordError>(refused.recordErrors().size());
        for (BatchValidation.RecordError each : refused.recordErrors()) errors.add(new AppendResult.RecordError(each.batchIndex(), each.message()));
        return new AppendResult.Refused(refused.error(), refused.message(), errors);
    }

    private AppendResult append(BatchValidation.Outcome.Accepted accepted, int leaderEpoch, AppendOrigin origin, short transactionVersion) {
        RecordBatch batch = accepted.batch();
        int bytes = batch.sizeInBytes();
        int segmentBytes = state.config().segmentBytes();
        if (bytes > segmentBytes)
            return refused(ErrorCode.RECORD_LIST_TOO_LARGE, "the record batch has " + bytes + " bytes, segment.bytes of " + state.topicPartition() + " is " + segmentBytes);
        state.lock.lock();
        try {
            long firstOffset = state.end().offset();
            AppendResult refused = refusedByState();
            if (refused == null) refused = state.producers.check(batch, origin, firstOffset, transactionVersion, state.logStartOffset());
            if (refused != null) return refused;
            batch.assign(firstOffset, leaderEpoch);
            refused = write(batch.bytes(), firstOffset, batch.lastOffset(), accepted.maxTimestamp());
            if (refused != null) {
                state.producers.refusedForSpace(batch);
                return refused;
            }
            note(batch);
            state.endIs(batch.nextOffset());
            return new AppendResult.Appended(firstOffset, batch.lastOffset(), accepted.logAppendTimeMs(), state.logStartOffset(), accepted.maxTimestamp(), bytes);
        } finally {
            state.lock.unlock();
        }
    }

    private AppendResult asRaftLeader(ByteBuffer batches, int leaderEpoch) {
        state.lock.lock();
        try {
            AppendResult refused = refusedByState();
            if (refused != null) return refused;
            long next = state.end().offset();
            for (RecordBatch batch : RecordBatches.of(batches)) {
                batch.assign(next, leaderEpoch);
                next = batch.nextOffset();
            }
            return writeAll(batches, state.end().offset());
        } finally {
            state.lock.unlock();
        }
    }

    // ---- as follower ----

    AppendResult asFollower(ByteBuffer batches) {
        try {
            for (RecordBatch batch : RecordBatches.of(batches)) {
                if (!batch.crcMatches()) return refused(ErrorCode.CORRUPT_MESSAGE, "the CRC of the leader's batch at offset " + batch.baseOffset() + " does not match its bytes; it is fetched again");
            }
        } catch (CorruptRecord corrupt) {
            return refused(corrupt.error(), corrupt.getMessage());
        }
        state.lock.lock();
        try {
            AppendResult refused = refusedByState();
            return refused != null ? refused : writeAll(batches, -1);
        } finally {
            state.lock.unlock();
        }
    }

    /// @param firstOffset where the batches must begin; -1 for at the log's end or behind it
    private AppendResult writeAll(ByteBuffer batches, long firstOffset) {
        long next = state.end().offset();
        long first = -1;
        long last = -1;
        long maxTimestamp = RecordBatch.NO_TIMESTAMP;
        int bytes = 0;
        for (RecordBatch batch : RecordBatches.of(batches)) {
            if (batch.baseOffset() < next || firstOffset >= 0 && first < 0 && batch.baseOffset() != firstOffset)
                return refused(ErrorCode.OFFSET_OUT_OF_RANGE, "a batch with offsets from " + batch.baseOffset() + " on cannot follow offset " + (next - 1) + " in " + state.topicPartition());
            if (first < 0) first = batch.baseOffset();
            last = batch.lastOffset();
            next = last + 1;
            maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
            bytes += batch.sizeInBytes();
        }
        if (bytes == 0) return refused(ErrorCode.INVALID_RECORD, "there is no whole record batch to append to " + state.topicPartition());
        AppendResult refused = write(batches.slice(batches.position(), bytes), first, last, maxTimestamp);
        if (refused != null) return refused;
        for (RecordBatch batch : RecordBatches.of(batches)) note(batch);
        state.endIs(next);
        return new AppendResult.Appended(first, last, RecordBatch.NO_TIMESTAMP, state.logStartOffset(), maxTimestamp, bytes);
    }

    // ---- under the lock ----

    /// @return null when the log may be appended to
    private AppendResult refusedByState() {
        return state.isUsable() ? null : refused(ErrorCode.NOT_LEADER_OR_FOLLOWER, "the log of " + state.topicPartition() + " is closed here; ask the metadata for its leader");
    }

    private static AppendResult refused(ErrorCode error, String message) {
        return new AppendResult.Refused(error, message, List.of());
    }

    /// Rolls where needed and writes. The segment does not count the bytes yet.
    /// @return null when they are written, else why it did not happen
    private AppendResult write(ByteBuffer batches, long firstOffset, long lastOffset, long maxTimestamp) {
        int bytes = batches.remaining();
        try {
            if (roll.isDue(bytes, lastOffset, maxTimestamp)) roll.at(firstOffset);
            LogSegment last = state.end().segment();
            try {
                last.write(batches);
            } catch (IOException e) {
                if (!state.isDiskFull(e, bytes)) throw e;
                last.unwrite();
                return refusedForSpace();
            }
        } catch (IOException e) {
            if (state.isDiskFull(e, bytes)) return refusedForSpace();
            throw state.failed(e, state.end().segment().logFile(), "append " + bytes + " bytes at offset " + firstOffset);
        }
        diskWasFull = false;
        return null;
    }

    private AppendResult refusedForSpace() {
        if (!diskWasFull) place.host().onEvent(new LogEvent.DiskFull(state.topicPartition(), place.directory()));
        diskWasFull = true;
        return refused(ErrorCode.KAFKA_STORAGE_ERROR, "no space is left on the device of " + place.directory() + "; free some, then appends succeed again without a restart");
    }

    /// A batch is in the file: everything that follows from it.
    private void note(RecordBatch batch) {
        LogSegment last = state.end().segment();
        try {
            last.appended(batch, state.config().indexIntervalBytes());
            LeaderEpochs epochs = state.epochs();
            if (batch.partitionLeaderEpoch() != epochs.latest()) state.epochsAre(epochs.with(batch.partitionLeaderEpoch(), batch.baseOffset()));
            if (batch.hasProducerId()) noteProducer(last, batch);
        } catch (IOException e) {
            throw state.failed(e, last.logFile(), "read back the end of the segment");
        }
        state.looseEnds.appended(batch.sizeInBytes());
    }

    private void noteProducer(LogSegment segment, RecordBatch batch) throws IOException {
        if (!batch.isControl()) {
            state.producers.appendedData(batch.producerId(), batch.producerEpoch(), batch.baseSequence(), batch.lastOffsetDelta(), batch.baseOffset(), batch.maxTimestamp(), batch.isTransactional());
        } else if (Batches.controlRecord(batch) instanceof ControlRecord.EndTransaction marker) {
            AbortedTransaction aborted = state.producers.appendedMarker(batch.producerId(), batch.producerEpoch(), marker.commit(), marker.coordinatorEpoch(), batch.baseOffset(), batch.maxTimestamp());
            if (aborted != null) segment.addAborted(aborted);
        }
    }
}
