package millrace.storage.log;

import static millrace.storage.log.LogBench.EPOCH;
import static millrace.storage.log.LogBench.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import millrace.common.OffsetAndEpoch;
import millrace.common.Uuid;
import millrace.ports.FileRecords;
import millrace.protocol.ErrorCode;
import millrace.record.Codec;
import millrace.record.RecordBatch;
import millrace.record.TimestampType;
import org.junit.jupiter.api.Test;

class PartitionLogTest {
    private final LogBench bench = new LogBench();

    // ---- append ----

    /// Nobody may be waiting for a sync: descriptors, indexes and snapshots of rolled segments would pile up.
    @Test void aRollAsksForAFlush() {
        bench.with(LogConfig.builder().segmentBytes(1_000).build()).open().fill(9, 200);
        assertThat(bench.segmentOffsets()).hasSize(3);
        assertThat(bench.flushesWanted).isEqualTo(2);
        bench.log.roll();
        assertThat(bench.flushesWanted).isEqualTo(3);
    }

    @Test void anAppendGetsTheNextOffsetsAndTheLeadersEpochWhereItLies() {
        bench.open();
        bench.append("a", "b");
        ByteBuffer batch = batch(1_700_000_000_000L, "c");
        assertThat(bench.append(batch)).isEqualTo(new AppendResult.Appended(2, 2, -1, 0, 1_700_000_000_000L, batch.remaining()));
        assertThat(RecordBatch.at(batch, 0).baseOffset()).isEqualTo(2);
        assertThat(RecordBatch.at(batch, 0).partitionLeaderEpoch()).isEqualTo(EPOCH);
        assertThat(bench.content()).containsExactly("0:a", "1:b", "2:c");
        assertThat(bench.log.logEndOffset()).isEqualTo(3);
    }

    @Test void whatTheTopicForbidsIsRefusedAndChangesNothing() {
        bench.with(LogConfig.builder().maxMessageBytes(200).segmentBytes(150).build()).open();
        assertThat(bench.append("x".repeat(300))).isInstanceOfSatisfying(AppendResult.Refused.class, it -> assertThat(it.error()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE));
        assertThat(bench.append("x".repeat(100))).isInstanceOfSatisfying(AppendResult.Refused.class, it -> assertThat(it.error()).isEqualTo(ErrorCode.RECORD_LIST_TOO_LARGE));
        ByteBuffer torn = batch(0, "abc");
        torn.put(torn.limit() - 2, (byte) 7);
        assertThat(bench.append(torn)).isInstanceOfSatisfying(AppendResult.Refused.class, it -> assertThat(it.error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE));
        assertThat(bench.log.logEndOffset()).isZero();
        assertThat(bench.log.sizeInBytes()).isZero();
    }

    @Test void theLeadersTimeIsStampedWhereTheTopicAsksForIt() {
        bench.with(LogConfig.builder().timestampType(TimestampType.LOG_APPEND_TIME).build()).open();
        bench.clock.timestampMs = 5_000_000;
        assertThat(bench.append(batch(1, "a"))).isInstanceOfSatisfying(AppendResult.Appended.class, it -> {
            assertThat(it.logAppendTimeMs()).isEqualTo(5_000_000);
            assertThat(it.maxTimestamp()).isEqualTo(5_000_000);
        });
        assertThat(bench.content()).containsExactly("0:a");
    }

    @Test void aBatchIsRewrittenInTheTopicsCompression() {
        bench.with(LogConfig.builder().compression(Codec.GZIP).gzipLevel(6).build()).open();
        bench.append("hello ".repeat(100));
        assertThat(RecordBatch.at(bench.log.readBytes(0, 1 << 20, 1), 0).codec()).isEqualTo(Codec.GZIP);
        assertThat(bench.content()).containsExactly("0:" + "hello ".repeat(100));
    }

    @Test void aFollowerTakesBatchesAsTheyAreAndLeavesACutOneOut() {
        bench.open();
        var leader = new LogBench().open();
        leader.append("a", "b");
        leader.append("c");
        ByteBuffer both = leader.log.readBytes(0, 1 << 20, 3);
        ByteBuffer cut = both.slice(0, both.limit() - 3);
        assertThat(bench.log.appendAsFollower(cut)).isInstanceOfSatisfying(AppendResult.Appended.class, it -> assertThat(it.lastOffset()).isEqualTo(1));
        assertThat(bench.log.appendAsFollower(leader.log.readBytes(2, 1 << 20, 3))).isInstanceOf(AppendResult.Appended.class);
        assertThat(bench.content()).containsExactly("0:a", "1:b", "2:c");
        assertThat(bench.log.appendAsFollower(leader.log.readBytes(0, 1 << 20, 3)))
                .isInstanceOfSatisfying(AppendResult.Refused.class, it -> assertThat(it.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
        assertThat(bench.log.epochEndOffset(EPOCH)).isEqualTo(new OffsetAndEpoch(3, EPOCH));
    }

    @Test void aRaftLeaderAppendsSeveralBatchesAtOnce() {
        bench.open();
        ByteBuffer one = batch(1, "a", "b");
        ByteBuffer two = batch(2, "c");
        ByteBuffer both = ByteBuffer.allocate(one.remaining() + two.remaining()).put(one).put(two).flip();
        assertThat(bench.log.appendAsLeader(both, 9, AppendOrigin.RAFT_LEADER))
                .isEqualTo(new AppendResult.Appended(0, 2, -1, 0, 2, both.limit()));
        assertThat(bench.content()).containsExactly("0:a", "1:b", "2:c");
        assertThat(bench.log.epochAt(1)).isEqualTo(9);
    }

    // ---- read ----

    @Test void aReadBeginsWithTheBatchThatHoldsTheOffset() {
        bench.open().fill(300, 100);
        for (long offset : new long[] {0, 1, 57, 128, 299}) {
            ByteBuffer bytes = bench.log.readBytes(offset, 1, 300);
            assertThat(RecordBatch.at(bytes, 0).baseOffset()).isEqualTo(offset);
            assertThat(RecordBatch.at(bytes, 0).sizeInBytes()).isEqualTo(bytes.remaining());
        }
    }

    @Test void aReadIsARegionOfTheFileThatItsReceiverReleases() throws Exception {
        bench.open();
        bench.append("a");
        bench.append("b");
        assertThat(bench.log.read(1, 1000, 2, true)).isInstanceOfSatisfying(ReadResult.Read.class, read -> {
            var region = (FileRecords) read.records();
            assertThat(region.position()).isPositive();
            assertThat(region.sizeInBytes()).isEqualTo(read.firstBatchSize());
            bench.log.abandon();
            assertThat(bench.disk.openNow).isEqualTo(1);
            read.release();
            assertThat(bench.disk.openNow).isZero();
        });
    }

    @Test void aReadNeverGoesPastItsBound() {
        bench.open();
        bench.append("a", "b");
        bench.append("c", "d");
        bench.append("e");
        assertThat(offsets(bench.log.readBytes(0, 1 << 20, 4))).containsExactly(0, 2);
        assertThat(offsets(bench.log.readBytes(0, 1 << 20, 3))).containsExactly(0);
        assertThat(bench.log.readBytes(0, 1 << 20, 1).hasRemaining()).isFalse();
        assertThat(bench.log.readBytes(4, 1 << 20, 4).hasRemaining()).isFalse();
        assertThat(offsets(bench.log.readBytes(3, 1 << 20, 5))).containsExactly(2, 4);
    }

    private static int[] offsets(ByteBuffer bytes) {
        var offsets = IntStream.builder();
        for (RecordBatch batch : millrace.record.RecordBatches.of(bytes)) offsets.add((int) batch.baseOffset());
        return offsets.build().toArray();
    }

    @Test void theByteLimitYieldsToTheFirstBatchOnlyWhenAsked() {
        bench.open();
        bench.append("x".repeat(500));
        assertThat(bench.log.read(0, 10, 1, false)).isInstanceOfSatisfying(ReadResult.Read.class, read -> {
            assertThat(read.records().sizeInBytes()).isEqualTo(10);
            read.release();
        });
        assertThat(bench.log.read(0, 0, 1, false)).isEqualTo(LogReads.NOTHING);
        assertThat(bench.log.read(0, 0, 1, true)).isInstanceOfSatisfying(ReadResult.Read.class, read -> {
            assertThat(read.records().sizeInBytes()).isEqualTo(read.firstBatchSize()).isGreaterThan(500);
            read.release();
        });
    }

    @Test void offsetsOutsideTheLogAreToldWithItsEnds() {
        bench.open().fill(5, 10);
        bench.log.updateHighWatermark(5);
        bench.log.advanceLogStartOffset(2);
        assertThat(bench.log.read(1, 100, 5, true)).isEqualTo(new ReadResult.OutOfRange(2, 5));
        assertThat(bench.log.read(6, 100, 9, true)).isEqualTo(new ReadResult.OutOfRange(2, 5));
        assertThat(bench.log.read(5, 100, 9, true)).isEqualTo(LogReads.NOTHING);
    }

    // ---- roll ----

    @Test void aSegmentIsRolledByItsBytes() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open().fill(20, 200);
        assertThat(bench.segmentOffsets()).containsExactly(0L, 3L, 6L, 9L, 12L, 15L, 18L);
        assertThat(bench.content()).hasSize(20);
        assertThat(RecordBatch.at(bench.log.readBytes(8, 1, 20), 0).baseOffset()).isEqualTo(8);
    }

    @Test void aSegmentIsRolledByTheTimeOfItsRecords() {
        bench.with(LogConfig.builder().segmentMs(1000).build()).open();
        bench.append(batch(1_699_999_000_000L, "a"));
        bench.append(batch(1_699_999_001_000L, "b"));
        bench.append(batch(1_699_999_001_001L, "c"));
        assertThat(bench.segmentOffsets()).containsExactly(0L, 2L);
    }

    @Test void aSegmentIsRolledWhenItsIndexIsFull() {
        bench.with(LogConfig.builder().indexIntervalBytes(0).segmentIndexBytes(60).build()).open().fill(12, 50);
        assertThat(bench.segmentOffsets().size()).isGreaterThan(1);
        assertThat(bench.content()).hasSize(12);
    }

    @Test void aSegmentHoldsNoOffsetFurtherThanAnIntFromItsBase() {
        bench.open();
        bench.append("a");
        ByteBuffer far = batch(1, "b");
        RecordBatch.at(far, 0).assign(3L + Integer.MAX_VALUE, EPOCH);
        assertThat(bench.log.appendAsFollower(far)).isInstanceOf(AppendResult.Appended.class);
        assertThat(bench.segmentOffsets()).containsExactly(0L, 3L + Integer.MAX_VALUE);
        assertThat(bench.content()).containsExactly("0:a", (3L + Integer.MAX_VALUE) + ":b");
    }

    // ---- time ----

    @Test void aTimestampFindsTheFirstRecordThatIsAsLate() {
        bench.with(LogConfig.builder().segmentBytes(5000).build()).open();
        for (int i = 0; i < 200; i++) bench.append(batch(1_700_000_000_000L + i * 10, "v".repeat(100), "w"));
        assertThat(bench.log.segmentCount()).isGreaterThan(3);
        for (int i : new int[] {0, 1, 77, 150, 199})
            assertThat(bench.log.offsetForTimestamp(1_700_000_000_000L + i * 10 - 3)).contains(new TimestampOffset(1_700_000_000_000L + i * 10, i * 2, EPOCH));
        assertThat(bench.log.offsetForTimestamp(0)).contains(new TimestampOffset(1_700_000_000_000L, 0, EPOCH));
        assertThat(bench.log.offsetForTimestamp(1_800_000_000_000L)).isEmpty();
        bench.log.updateHighWatermark(400);
        bench.log.advanceLogStartOffset(7);
        assertThat(bench.log.offsetForTimestamp(0)).contains(new TimestampOffset(1_700_000_000_030L, 7, EPOCH));
    }

    @Test void theLargestTimestampIsFoundAlsoWhenTimeRunsBack() {
        bench.open();
        bench.append(batch(1_700_000_000_010L, "a"));
        bench.append(batch(1_700_000_000_090L, "b"));
        bench.append(batch(1_700_000_000_050L, "c"));
        assertThat(bench.log.maxTimestampOffset()).contains(new TimestampOffset(1_700_000_000_090L, 1, EPOCH));
        assertThat(bench.restartCleanly().log.maxTimestampOffset()).contains(new TimestampOffset(1_700_000_000_090L, 1, EPOCH));
    }

    // ---- retention ----

    @Test void whatIsAppendedWhileRetentionFlushesStays() {
        bench.with(LogConfig.builder().retentionMs(10_000).build()).open().append("old");
        bench.log.updateHighWatermark(1);
        bench.clock.advance(60_000);
        bench.disk.failingSyncs = path -> {
            if (bench.log.logEndOffset() == 1) bench.append("new");
            return false;
        };
        bench.log.retention(bench.clock.timestampMs());
        assertThat(bench.log.logEndOffset()).isEqualTo(2);
        assertThat(bench.content(1)).containsExactly("1:new");
    }

    @Test void segmentsOlderThanRetentionGoAndTheLogBeginsLater() {
        bench.with(LogConfig.builder().segmentBytes(1000).retentionMs(10_000).build()).open();
        for (int i = 0; i < 9; i++) {
            bench.append("x".repeat(200));
            bench.clock.advance(1_000);
        }
        bench.log.updateHighWatermark(9);
        assertThat(bench.log.retention(bench.clock.timestampMs())).isZero();
        bench.clock.advance(4_500);
        assertThat(bench.log.retention(bench.clock.timestampMs())).isEqualTo(1);
        assertThat(bench.log.logStartOffset()).isEqualTo(3);
        assertThat(bench.deleted).extracting(path -> path.getFileName().toString()).contains("00000000000000000000.log.deleted");
        assertThat(bench.content()).hasSize(6);
        bench.clock.advance(100_000);
        assertThat(bench.log.retention(bench.clock.timestampMs())).isEqualTo(2);
        assertThat(bench.log.logStartOffset()).isEqualTo(9);
        assertThat(bench.log.logEndOffset()).isEqualTo(9);
        assertThat(bench.append("next")).isInstanceOfSatisfying(AppendResult.Appended.class, it -> assertThat(it.firstOffset()).isEqualTo(9));
    }

    @Test void nothingAboveTheHighWatermarkGoes() {
        bench.with(LogConfig.builder().segmentBytes(1000).retentionMs(1).build()).open().fill(9, 200);
        bench.clock.advance(100_000);
        bench.log.updateHighWatermark(5);
        assertThat(bench.log.retention(bench.clock.timestampMs())).isEqualTo(1);
        assertThat(bench.log.logStartOffset()).isEqualTo(3);
    }

    @Test void theOldestSegmentsGoWhileTheRestIsLargeEnough() {
        bench.with(LogConfig.builder().segmentBytes(1000).retentionBytes(1600).retentionMs(-1).build()).open().fill(9, 200);
        bench.log.updateHighWatermark(9);
        assertThat(bench.log.retention(bench.clock.timestampMs())).isEqualTo(1);
        assertThat(bench.log.logStartOffset()).isEqualTo(3);
        assertThat(bench.log.retention(bench.clock.timestampMs())).isZero();
    }

    @Test void recordsDeletedByRequestTakeTheirSegmentsAlongWithTheNextRetention() {
        bench.with(LogConfig.builder().segmentBytes(1000).deletes(false).build()).open().fill(9, 200);
        bench.log.updateHighWatermark(9);
        assertThat(bench.log.advanceLogStartOffset(7)).isTrue();
        assertThat(bench.log.advanceLogStartOffset(7)).isFalse();
        assertThat(bench.log.retention(bench.clock.timestampMs())).isEqualTo(2);
        assertThat(bench.segmentOffsets()).containsExactly(6L);
        assertThat(bench.log.logStartOffset()).isEqualTo(7);
        assertThatThrownBy(() -> bench.log.advanceLogStartOffset(10)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test void aReaderKeepsItsFileWhileRetentionDeletesIt() {
        bench.with(LogConfig.builder().segmentBytes(1000).retentionMs(1).build()).open().fill(9, 200);
        bench.log.updateHighWatermark(9);
        var read = (ReadResult.Read) bench.log.read(0, 500, 9, true);
        bench.clock.advance(100_000);
        bench.log.retention(bench.clock.timestampMs());
        assertThat(((FileRecords) read.records()).file().retain()).isTrue();
        ((FileRecords) read.records()).file().release();
        read.release();
    }

    // ---- truncation ----

    @Test void aTruncationTakesBackTheBatchThatHoldsTheOffsetAndAllBehindIt() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open().fill(10, 200);
        bench.flush();
        assertThat(bench.log.truncateTo(4)).isTrue();
        assertThat(bench.log.logEndOffset()).isEqualTo(4);
        assertThat(bench.log.flushedOffset()).isEqualTo(4);
        assertThat(bench.loweredTo).containsExactly(3L);
        assertThat(bench.segmentOffsets()).containsExactly(0L, 3L);
        assertThat(bench.log.truncateTo(4)).isFalse();
        bench.append("new");
        assertThat(bench.content(3)).containsExactly("3:" + "x".repeat(200), "4:new");
        bench.flush();
        assertThat(bench.losePower(0).content(3)).containsExactly("3:" + "x".repeat(200), "4:new");
    }

    @Test void aTruncationWithinABatchTakesTheWholeBatch() {
        bench.open();
        bench.append("a");
        bench.append("b", "c", "d");
        bench.flush();
        assertThat(bench.log.truncateTo(2)).isTrue();
        assertThat(bench.log.logEndOffset()).isEqualTo(1);
        assertThat(bench.flush().kill().log.logEndOffset()).isEqualTo(1);
    }

    @Test void aLogMayBeEmptiedToBeginElsewhere() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open().fill(10, 200);
        bench.log.truncateFullyAndStartAt(500);
        assertThat(bench.log.logStartOffset()).isEqualTo(500);
        assertThat(bench.log.logEndOffset()).isEqualTo(500);
        assertThat(bench.log.highWatermark()).isEqualTo(500);
        assertThat(bench.log.latestEpoch()).isEqualTo(-1);
        bench.append("a");
        assertThat(bench.content()).containsExactly("500:a");
        bench.flush();
        assertThat(bench.losePower(0).content()).containsExactly("500:a");
    }

    // ---- epochs ----

    @Test void theEndOfAnEpochIsToldByTheNextOne() {
        bench.open();
        bench.log.appendAsLeader(batch(1, "a", "b"), 1, AppendOrigin.CLIENT);
        bench.log.assignLeaderEpoch(4, 2);
        bench.log.appendAsLeader(batch(1, "c"), 4, AppendOrigin.CLIENT);
        assertThat(bench.log.latestEpoch()).isEqualTo(4);
        assertThat(bench.log.epochEndOffset(0)).isEqualTo(new OffsetAndEpoch(0, 0));
        assertThat(bench.log.epochEndOffset(1)).isEqualTo(new OffsetAndEpoch(2, 1));
        assertThat(bench.log.epochEndOffset(3)).isEqualTo(new OffsetAndEpoch(2, 1));
        assertThat(bench.log.epochEndOffset(4)).isEqualTo(new OffsetAndEpoch(3, 4));
        assertThat(bench.log.epochEndOffset(5)).isEqualTo(new OffsetAndEpoch(-1, -1));
        assertThat(bench.log.epochAt(1)).isEqualTo(1);
        assertThat(bench.log.epochAt(2)).isEqualTo(4);
        assertThat(bench.restartCleanly().log.epochEndOffset(1)).isEqualTo(new OffsetAndEpoch(2, 1));
    }

    @Test void epochsOfTheFileAreKeptWhenRecoveryBeginsInTheMiddleOfOne() {
        bench.with(LogConfig.builder().indexIntervalBytes(1).build()).open();
        for (int epoch : new int[] {0, 2, 2, 2, 2, 4}) bench.log.appendAsLeader(batch(1, "x"), epoch, AppendOrigin.CLIENT);
        bench.flush();
        bench.log.abandon();
        bench.open(new LogStart(3, 0, 0, false));
        assertThat(bench.log.epochEndOffset(0)).isEqualTo(new OffsetAndEpoch(1, 0));
        assertThat(bench.log.epochEndOffset(2)).isEqualTo(new OffsetAndEpoch(5, 2));
        assertThat(bench.log.epochAt(0)).isZero();
    }

    @Test void batchesAreBelievedWhereTheEpochsFileSaysOtherwise() {
        bench.open();
        for (int epoch : new int[] {1, 3, 5}) bench.log.appendAsLeader(batch(1, "x"), epoch, AppendOrigin.CLIENT);
        bench.flush();
        bench.log.abandon();
        bench.disk.put(bench.folder.resolve("leader-epoch-checkpoint"), "0\n2\n1 0\n4 1\n".getBytes());
        bench.open(new LogStart(0, 0, 0, false));
        assertThat(bench.log.epochEndOffset(1)).isEqualTo(new OffsetAndEpoch(1, 1));
        assertThat(bench.log.epochEndOffset(3)).isEqualTo(new OffsetAndEpoch(2, 3));
        assertThat(bench.log.latestEpoch()).isEqualTo(5);
    }

    @Test void epochsAreMadeAgainFromTheBatchesWhenTheirFileWasNotWritten() {
        bench.open();
        bench.log.appendAsLeader(batch(1, "a", "b"), 1, AppendOrigin.CLIENT);
        bench.log.appendAsLeader(batch(1, "c"), 4, AppendOrigin.CLIENT);
        assertThat(bench.names()).doesNotContain(LeaderEpochs.FILE_NAME);
        assertThat(bench.kill().log.epochEndOffset(1)).isEqualTo(new OffsetAndEpoch(2, 1));
    }

    // ---- identity and life ----

    @Test void aFolderBelongsToOneTopicId() {
        var id = new Uuid(7, 8);
        bench.open();
        bench.log.assignTopicId(id);
        bench.log.assignTopicId(id);
        assertThatThrownBy(() -> bench.log.assignTopicId(new Uuid(1, 2))).isInstanceOf(IllegalStateException.class).hasMessageContaining(id.toString());
        assertThat(new String(bench.disk.content(bench.folder.resolve("partition.metadata")))).isEqualTo("version: 0\ntopic_id: " + id + "\n");
        assertThat(bench.kill().log.topicId()).isEqualTo(id);
        bench.log.flush(0);
        assertThat(bench.losePower(0).log.topicId()).isEqualTo(id);
    }

    @Test void aClosedLogIsOpenedWithoutReadingItsRecords() {
        bench.with(LogConfig.builder().segmentBytes(20_000).build()).open().fill(300, 200);
        bench.log.close();
        assertThat(bench.disk.openNow).isZero();
        int before = bench.disk.opens;
        bench.open(new LogStart(300, 0, 300, true));
        assertThat(bench.disk.opens - before).isLessThanOrEqualTo(5);
        assertThat(bench.log.logEndOffset()).isEqualTo(300);
        assertThat(bench.log.highWatermark()).isEqualTo(300);
        assertThat(bench.log.isDirty()).isFalse();
        assertThat(bench.content()).hasSize(300);
        assertThat(bench.events(LogEvent.SideFileRejected.class)).isEmpty();
    }

    @Test void aClosedLogRefusesAndDoesNotAnswerWithOffsets() {
        bench.open().fill(1, 10);
        bench.log.close();
        assertThat(bench.append("b")).isInstanceOfSatisfying(AppendResult.Refused.class, it -> assertThat(it.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        assertThatThrownBy(() -> bench.log.read(0, 1, 1, true)).isInstanceOf(LogClosed.class);
    }

    @Test void coldSegmentsAreClosedBeyondTheBoundAndOpenedAgain() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open().fill(60, 200);
        bench.flush();
        bench.log.close();
        bench.cache = new SegmentCache(3);
        try {
            bench.log = PartitionLog.open(new LogPlace(bench.disk, bench.clock, bench.folder, LogBench.ORDERS_0, bench.cache, bench), bench.config, new LogStart(60, 0, 0, true));
        } catch (DamagedLog e) {
            throw new AssertionError(e);
        }
        assertThat(bench.content()).hasSize(60);
        assertThat(bench.cache.openSegments()).isEqualTo(3);
        assertThat(bench.disk.openNow).isLessThanOrEqualTo(4);
        assertThat(bench.content()).hasSize(60);
    }
}
