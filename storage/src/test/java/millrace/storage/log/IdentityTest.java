package millrace.storage.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import millrace.common.Uuid;
import millrace.ports.FileRecords;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import org.junit.jupiter.api.Test;

/// What is served is what was written here, or it is refused (`reliability.md` D11, scenarios 24 and 25).
class IdentityTest {
    private static final Uuid ORDERS = new Uuid(0x1234, 0x5678);
    private final LogBench bench = new LogBench();

    private LogBench written(int batches) {
        bench.with(LogConfig.builder().segmentBytes(1_000_000).indexIntervalBytes(100).build()).open();
        bench.log.assignTopicId(ORDERS);
        for (int i = 0; i < batches; i++) bench.append("value-" + i);
        bench.log.close();
        return bench;
    }

    private static LogStart stoppedAt(long offset) {
        return new LogStart(offset, 0, offset, true);
    }

    private static LogStart killedAt(long offset) {
        return new LogStart(offset, 0, offset, false);
    }

    private static List<String> values(int batches) {
        return IntStream.range(0, batches).mapToObj(i -> i + ":value-" + i).toList();
    }

    private byte[] content(String suffix) {
        return bench.disk.content(bench.file(0, suffix));
    }

    private void put(String suffix, byte[] bytes) {
        bench.disk.put(bench.file(0, suffix), bytes);
    }

    /// What readers get, offset by offset; null for what is refused.
    private List<String> served(LogStart start) {
        try {
            bench.log = bench.tryOpen(start);
        } catch (DamagedLog closed) {
            return List.of();
        }
        var found = new ArrayList<String>();
        for (long offset = 0; offset < bench.log.logEndOffset(); offset++) {
            try {
                found.add(bench.content(offset).getFirst());
            } catch (CorruptSegment refused) {
                found.add(null);
            }
        }
        bench.log.abandon();
        return found;
    }

    private static void assertNothingWrong(List<String> served, int batches, String what) {
        for (int i = 0; i < served.size(); i++) if (served.get(i) != null) assertThat(served.get(i)).as(what).isEqualTo(i + ":value-" + i);
        assertThat(served.size()).as(what).isLessThanOrEqualTo(batches);
    }

    /// What one read gives.
    private List<String> before(long from) {
        var found = new ArrayList<String>();
        for (RecordBatch batch : RecordBatches.of(bench.log.readBytes(from, 1 << 20, bench.log.logEndOffset()))) found.add(batch.baseOffset() + ":");
        return found;
    }

    // ---- exhaustive, on a small segment ----

    @Test void everyFlippedByteOfTheLogIsRefused() {
        byte[] log = written(6).disk.content(bench.file(0, ".log"));
        for (LogStart start : List.of(stoppedAt(6), killedAt(6))) {
            for (int at = 0; at < log.length; at++) {
                byte[] flipped = log.clone();
                flipped[at] ^= (byte) (1 << at % 8);
                put(".log", flipped);
                List<String> served = served(start);
                assertNothingWrong(served, 6, "byte " + at + ", " + start);
                assertThat(served).as("byte " + at + " of the log").isNotEqualTo(values(6));
                assertThat(content(".log")).as("the file stays as it is").isEqualTo(flipped);
            }
        }
    }

    @Test void everyLengthThatTheLogIsCutToIsRefused() {
        byte[] log = written(6).disk.content(bench.file(0, ".log"));
        for (LogStart start : List.of(stoppedAt(6), killedAt(6))) {
            for (int length = 0; length < log.length; length++) {
                put(".log", Arrays.copyOf(log, length));
                List<String> served = served(start);
                assertNothingWrong(served, 6, "length " + length);
                assertThat(served).as("length " + length).isNotEqualTo(values(6)).satisfies(it -> assertThat(it.isEmpty() || it.size() == 6).isTrue());
            }
        }
    }

    @Test void everyFlippedByteAndEveryLengthOfTheSideFilesIsHarmless() {
        written(40);
        byte[] log = content(".log");
        for (String suffix : List.of(".identity", ".index", ".timeindex")) {
            byte[] side = content(suffix);
            for (int at = 0; at < side.length; at++) {
                byte[] flipped = side.clone();
                flipped[at] ^= (byte) (1 << at % 8);
                put(suffix, flipped);
                assertThat(served(stoppedAt(40))).as(suffix + ", byte " + at).isEqualTo(values(40));
                put(suffix, Arrays.copyOf(side, at));
                assertThat(served(killedAt(40))).as(suffix + " cut to " + at).isEqualTo(values(40));
            }
            put(suffix, side);
        }
        assertThat(content(".log")).isEqualTo(log);
    }

    // ---- what the batch CRC does not cover ----

    @Test void aBatchOfAnotherPartitionIsNotServed() {
        byte[] log = written(6).disk.content(bench.file(0, ".log"));
        var other = new LogBench().open();
        other.log.assignTopicId(new Uuid(9, 9));
        for (int i = 0; i < 6; i++) other.append("wrong-" + i);
        other.log.close();
        put(".log", other.disk.content(other.file(0, ".log")));
        assertThat(content(".log")).hasSameSizeAs(log);
        assertThat(served(stoppedAt(6))).hasSize(6).containsOnlyNulls();
    }

    /// Nobody can tell where such a log ends, so it stays closed.
    @Test void bothFilesOfAnotherPartitionAreNotServed() {
        written(6);
        var other = new LogBench().open();
        other.log.assignTopicId(new Uuid(9, 9));
        for (int i = 0; i < 6; i++) other.append("wrong-" + i);
        other.log.close();
        put(".log", other.disk.content(other.file(0, ".log")));
        put(".identity", other.disk.content(other.file(0, ".identity")));
        assertThatThrownBy(() -> bench.tryOpen(stoppedAt(6))).isInstanceOf(DamagedLog.class).hasMessageContaining(ORDERS.toString()).hasMessageContaining(new Uuid(9, 9).toString());
    }

    @Test void claimsOfAnOlderGenerationAreVoid() {
        written(3);
        bench.generation = 8;
        bench.disk.put(bench.file(0, ".log"), new byte[0]);
        for (int i = 0; i < 2; i++) bench.open(LogStart.CLEAN).log.abandon();
        assertThat(bench.events(LogEvent.DamageFound.class)).isEmpty();
    }

    // ---- damage below the mark: quarantined, the rest goes on ----

    private static int positionOf(byte[] log, int batch) {
        int position = 0;
        for (int i = 0; i < batch; i++) position += ByteBuffer.wrap(log).getInt(position + 8) + RecordBatch.LOG_OVERHEAD;
        return position;
    }

    private LogBench threeSpans() {
        bench.with(LogConfig.builder().segmentBytes(10_000_000).build()).open();
        bench.log.assignTopicId(ORDERS);
        for (int i = 0; i < 9; i++) bench.append(i + "-" + "x".repeat(30_000));
        return bench;
    }

    @Test void aDamagedStretchIsRefusedAndTheRestGoesOn() {
        threeSpans().log.close();
        byte[] log = content(".log");
        log[positionOf(log, 4) + 100] ^= 1;
        put(".log", log);
        bench.open(stoppedAt(9));
        assertThat(before(0)).hasSize(3);
        assertThatThrownBy(() -> bench.content(4)).isInstanceOf(CorruptSegment.class).hasMessageContaining("00000000000000000000.log").hasMessageContaining("offset 4");
        assertThat(bench.content(6)).hasSize(3);
        bench.append("more");
        assertThat(bench.content(9)).containsExactly("9:more");
        assertThat(bench.events(LogEvent.DamageFound.class)).singleElement().satisfies(found -> {
            assertThat(found.position()).isEqualTo(positionOf(log, 4));
            assertThat(found.text()).contains("orders-0", "00000000000000000000.log", "position " + positionOf(log, 4), "Offsets 3 to 5", "CORRUPT_MESSAGE");
        });
        assertThat(bench.cache.damagedSpans()).isEqualTo(1);
        bench.restartCleanly();
        assertThatThrownBy(() -> bench.content(4)).isInstanceOf(CorruptSegment.class);
        assertThat(bench.content(6)).hasSize(4);
        assertThat(content(".log")).startsWith(log);
    }

    @Test void aReadUpToADamagedStretchEndsBeforeIt() {
        threeSpans().log.close();
        byte[] log = content(".log");
        log[positionOf(log, 4) + 100] ^= 1;
        put(".log", log);
        bench.open(stoppedAt(9));
        var read = (ReadResult.Read) bench.log.read(0, 1 << 20, 9, true);
        assertThat(((FileRecords) read.records()).sizeInBytes()).isEqualTo(positionOf(log, 3));
        read.release();
    }

    @Test void recoveryStepsOverDamageBelowTheMark() {
        threeSpans().flush();
        bench.log.abandon();
        byte[] log = content(".log");
        for (int at : List.of(2, 9, 100)) {                                     // base offset, length, records
            bench.disk.delete(bench.file(0, ".identity"));
            byte[] damaged = log.clone();
            damaged[positionOf(log, 4) + at] ^= 1;
            put(".log", damaged);
            bench.events.clear();
            bench.open(killedAt(9));
            assertThat(bench.log.logEndOffset()).isEqualTo(9);
            assertThat(before(0)).hasSize(4);
            assertThatThrownBy(() -> bench.content(4)).isInstanceOf(CorruptSegment.class);
            assertThat(bench.content(5)).hasSize(4);
            assertThat(bench.events(LogEvent.DamageFound.class)).isNotEmpty();
            assertThat(content(".log")).isEqualTo(damaged);
            bench.log.abandon();
        }
    }

    @Test void damagePastTheMarkIsATornTail() {
        threeSpans().flush();
        bench.append("torn");
        bench.log.abandon();
        byte[] log = content(".log");
        log[log.length - 1] ^= 1;
        put(".log", log);
        bench.open(killedAt(9));
        assertThat(bench.log.logEndOffset()).isEqualTo(9);
        assertThat(bench.events(LogEvent.TornTailCut.class)).hasSize(1);
        assertThat(bench.events(LogEvent.DamageFound.class)).isEmpty();
    }

    /// Three segments of three batches: 0 to 2, 3 to 5, 6 to 8.
    private void threeSegments() {
        bench.with(LogConfig.builder().segmentBytes(100_000).build()).open();
        bench.log.assignTopicId(ORDERS);
        for (int i = 0; i < 9; i++) bench.append(i + "-" + "x".repeat(30_000));
        bench.log.close();
    }

    @Test void anEmptiedOrLostSegmentIsRefusedAndNotPassedOver() {
        threeSegments();
        for (long lost : List.of(0L, 3L)) {
            byte[] log = bench.disk.content(bench.file(lost, ".log"));
            for (boolean deleted : List.of(false, true)) {
                for (LogStart start : List.of(stoppedAt(9), killedAt(9))) {
                    if (deleted) bench.disk.delete(bench.file(lost, ".log"));
                    else bench.disk.put(bench.file(lost, ".log"), new byte[0]);
                    bench.open(start);
                    assertThatThrownBy(() -> bench.content(lost)).isInstanceOf(CorruptSegment.class).hasMessageContaining(bench.file(lost, ".log").toString());
                    assertThatThrownBy(() -> bench.content(lost + 2)).isInstanceOf(CorruptSegment.class);
                    assertThat(bench.content(lost + 3)).as("what lies behind it").isNotEmpty();
                    assertThat(bench.log.logStartOffset()).isZero();
                    bench.log.abandon();
                    bench.disk.put(bench.file(lost, ".log"), log);
                }
            }
        }
        bench.open(stoppedAt(9));
        assertThat(bench.content()).as("what reads right again is served again").hasSize(9);
    }

    @Test void aSegmentThatACrashHasHalfTakenAwayIsNotTakenForALostOne() throws IOException {
        threeSegments();
        for (String suffix : LogSegment.LEAVING) {
            Path file = bench.file(0, suffix);
            if (bench.disk.exists(file)) bench.disk.rename(file, file.resolveSibling(file.getFileName() + ".deleted"));
            bench.open(killedAt(9));
            assertThat(bench.content(bench.log.logStartOffset())).isNotEmpty();
            bench.log.abandon();
        }
        assertThat(bench.log.logStartOffset()).isEqualTo(3);
        assertThat(bench.events(LogEvent.DamageFound.class)).isEmpty();
    }

    @Test void anIdentityBelowTheLogStartIsLeftBySomebodyWhoTookTheSegmentAway() {
        threeSegments();
        bench.disk.delete(bench.file(0, ".log"));
        bench.open(new LogStart(9, 3, 9, true));
        assertThat(bench.log.logStartOffset()).isEqualTo(3);
        assertThat(bench.content(3)).isNotEmpty();
        assertThat(bench.disk.exists(bench.file(0, ".identity"))).isFalse();
    }

    @Test void aLostLastSegmentClosesTheLog() {
        threeSegments();
        bench.disk.delete(bench.file(6, ".log"));
        for (LogStart start : List.of(stoppedAt(9), killedAt(9), killedAt(0)))
            assertThatThrownBy(() -> bench.tryOpen(start)).isInstanceOf(DamagedLog.class).hasMessageContaining("00000000000000000006.log");
    }

    // ---- whose log it is ----

    private final Path ownerFile = bench.folder.resolve("partition.metadata");

    @Test void aLostOrTornTopicIdIsTakenFromTheIdentities() {
        written(6);
        byte[] owner = bench.disk.content(ownerFile);
        for (int length = -1; length < owner.length - 1; length++) {
            if (length < 0) bench.disk.delete(ownerFile);
            else bench.disk.put(ownerFile, Arrays.copyOf(owner, length));
            for (LogStart start : List.of(stoppedAt(6), killedAt(6))) {
                assertThat(served(start)).isEqualTo(values(6));
                assertThat(bench.log.topicId()).as("of " + length + " bytes").isEqualTo(ORDERS);
                assertThat(bench.disk.content(ownerFile)).isEqualTo(owner);
            }
        }
    }

    /// Whether the file is wrong or the segments lie in the wrong folder nobody can tell, so the log is not set aside as another topic's.
    @Test void aWrongTopicIdIsRefusedWhereTheBatchesProveAnother() {
        written(6);
        byte[] owner = bench.disk.content(ownerFile);
        int refused = 0;
        for (int at = 0; at < owner.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = owner.clone();
                flipped[at] ^= (byte) (1 << bit);
                bench.disk.put(ownerFile, flipped);
                boolean readsAsOurs = PartitionMetadata.parse(new String(flipped, UTF_8)).equals(ORDERS), isAnId = !PartitionMetadata.parse(new String(flipped, UTF_8)).equals(Uuid.ZERO);
                if (isAnId && !readsAsOurs) {
                    assertThatThrownBy(() -> bench.tryOpen(stoppedAt(6))).isInstanceOf(DamagedLog.class).hasMessageContaining("partition.metadata").hasMessageContaining(ORDERS.toString());
                    refused++;
                } else {
                    assertThat(served(stoppedAt(6))).as("byte " + at + " bit " + bit).isEqualTo(values(6));
                    assertThat(bench.log.topicId()).isEqualTo(ORDERS);
                }
            }
        }
        assertThat(refused).isGreaterThan(40);
    }

    @Test void anIdentityOfAnotherTopicProvesNothing() {
        written(6);
        byte[] identity = content(".identity"), owner = bench.disk.content(ownerFile);
        var another = new IdentityTest();
        another.bench.with(LogConfig.DEFAULTS).open().log.assignTopicId(new Uuid(9, 9));
        for (int i = 0; i < 6; i++) another.bench.append("other-" + i);
        another.bench.log.close();
        put(".identity", another.content(".identity"));
        assertThat(served(stoppedAt(6))).as("it stays closed").isEmpty();
        assertThat(bench.disk.content(ownerFile)).isEqualTo(owner);
        put(".identity", identity);
        assertThat(served(stoppedAt(6))).isEqualTo(values(6));
    }

    @Test void damageIsFoundWhileTheLogIsOpen() {
        threeSpans();
        assertThat(bench.content()).hasSize(9);
        byte[] log = content(".log");
        log[5] ^= 1;                                                             // a base offset: every CRC still matches
        put(".log", log);
        bench.clock.advance(2 * SegmentCache.DEFAULT_BELIEVED_FOR_MS);
        assertThatThrownBy(() -> bench.content(0)).isInstanceOf(CorruptSegment.class);
        assertThat(bench.content(3)).hasSize(6);
        log[5] ^= 1;
        put(".log", log);
        assertThat(bench.content()).as("what reads right again is served again").hasSize(9);
    }

    // ---- the side file follows the segment ----

    @Test void truncationRollAndRetentionKeepTheClaimsRight() {
        bench.with(LogConfig.builder().segmentBytes(200_000).retentionBytes(400_000).fileDeleteDelayMs(0).build()).open();
        bench.log.assignTopicId(ORDERS);
        for (int i = 0; i < 30; i++) bench.append(i + "-" + "x".repeat(30_000));
        bench.flush();
        bench.log.truncateTo(22);
        for (int i = 22; i < 26; i++) bench.append(i + "-again-" + "y".repeat(30_000));
        bench.flush();
        bench.log.updateHighWatermark(26);
        bench.log.retention(bench.clock.timestampMs());
        long start = bench.log.logStartOffset();
        bench.restartCleanly();
        bench.cache.believeFor(0);
        assertThat(bench.content()).hasSize((int) (26 - start));
        assertThat(bench.events(LogEvent.DamageFound.class)).isEmpty();
        assertThat(bench.names().stream().filter(name -> name.endsWith(".identity")).count()).isEqualTo(bench.segmentOffsets().size());
    }

    @Test void claimsNeverSpeakOfWhatIsNotOnTheDevice() {
        threeSpans();
        assertThat(bench.names()).noneMatch(name -> name.endsWith(".identity"));
        bench.losePower(0);
        assertThat(bench.log.logEndOffset()).isZero();
        assertThat(bench.events(LogEvent.DamageFound.class)).isEmpty();
    }

    @Test void whatHasNoClaimsIsServedByItsCrcAlone() {
        byte[] log = written(6).disk.content(bench.file(0, ".log"));
        bench.disk.delete(bench.file(0, ".identity"));
        bench.open(stoppedAt(6));
        assertThat(bench.content()).isEqualTo(values(6));
        bench.append("value-6");
        bench.restartCleanly();
        assertThat(bench.content()).isEqualTo(values(7));
        bench.log.abandon();
        log[positionOf(log, 2) + 65] ^= 1;
        byte[] now = content(".log");
        System.arraycopy(log, 0, now, 0, log.length);
        put(".log", now);
        bench.open(stoppedAt(7));
        assertThat(before(0)).hasSize(2);
        assertThatThrownBy(() -> bench.content(2)).isInstanceOf(CorruptSegment.class);
    }


    // ---- scrubbing ----

    /// Three segments of three spans each and an open one.
    private LogBench coldSegments() {
        bench.with(LogConfig.builder().segmentBytes(200_000).indexIntervalBytes(1_000).build()).open();
        bench.log.assignTopicId(ORDERS);
        for (int i = 0; i < 19; i++) bench.append(i + "-" + "x".repeat(30_000));
        bench.flush();
        return bench;
    }

    private long scrub(long baseOffset) {
        SegmentScrub scrub = bench.log.scrub(baseOffset);
        long bytes = 0;
        while (!scrub.isDone()) bytes += scrub.step(10_000);
        return bytes;
    }

    @Test void aScrubReadsAColdSegmentWholeAndFindsWhatRotted() {
        coldSegments();
        assertThat(bench.log.nextColdSegment(-1)).isZero();
        assertThat(scrub(0)).isEqualTo(content(".log").length);
        assertThat(bench.events(LogEvent.DamageFound.class)).isEmpty();
        byte[] log = content(".log");
        log[positionOf(log, 1) + 12] ^= 1;                                       // a leader epoch
        put(".log", log);
        scrub(0);
        scrub(0);
        assertThat(bench.events(LogEvent.DamageFound.class)).as("told once").singleElement().satisfies(it -> assertThat(it.firstOffset()).isZero());
        assertThat(bench.log.scrub(bench.segmentOffsets().getLast())).as("the last segment is not cold").isNull();
    }

    @Test void aScrubMakesTheIdentityOfWhatKafkaWrote() {
        coldSegments().log.close();
        byte[] whole = content(".identity");
        bench.disk.delete(bench.file(0, ".identity"));
        bench.open(stoppedAt(19));
        scrub(0);
        assertThat(content(".identity")).isEqualTo(whole);
        bench.restartCleanly();
        byte[] log = content(".log");
        log[5] ^= 1;
        put(".log", log);
        assertThatThrownBy(() -> bench.content(0)).isInstanceOf(CorruptSegment.class);
    }

    @Test void whatIsDamagedBeforeItHasAnIdentityIsRefusedFromThenOn() {
        coldSegments().log.close();
        bench.disk.delete(bench.file(0, ".identity"));
        byte[] log = content(".log");
        log[positionOf(log, 1) + 100] ^= 1;
        byte[] whole = content(".log");
        put(".log", log);
        bench.open(stoppedAt(19));
        scrub(0);
        assertThat(bench.events(LogEvent.DamageFound.class)).singleElement().satisfies(it -> assertThat(it.position()).isEqualTo(positionOf(log, 1)));
        bench.restartCleanly();
        assertThat(before(0)).containsExactly("0:");
        assertThatThrownBy(() -> bench.content(1)).isInstanceOf(CorruptSegment.class);
        assertThat(bench.content(2)).hasSize(17);
        put(".log", whole);
        assertThat(bench.content()).as("the file was restored").hasSize(19);
    }

    @Test void anIdentityIsMadeOnlyOfWhatIsOnTheDevice() {
        written(6);
        bench.disk.delete(bench.file(0, ".identity"));
        bench.open(stoppedAt(6));
        bench.append("value-6");
        bench.log.roll();
        bench.append("value-7");
        scrub(0);
        assertThat(bench.names()).doesNotContain("00000000000000000000.identity");
        bench.flush();
        scrub(0);
        bench.restartCleanly();
        byte[] log = content(".log");
        log[5] ^= 1;
        put(".log", log);
        assertThatThrownBy(() -> bench.content(0)).isInstanceOf(CorruptSegment.class);
    }

    @Test void aScrubWithoutRoomForTheIdentityIsNoFailure() {
        coldSegments().log.close();
        bench.disk.delete(bench.file(0, ".identity"));
        bench.open(stoppedAt(19));
        bench.disk.usableBytes = 0;
        scrub(0);
        assertThat(bench.names()).doesNotContain("00000000000000000000.identity");
        bench.disk.usableBytes = 1 << 30;
        scrub(0);
        assertThat(bench.names()).contains("00000000000000000000.identity");
    }

    /// The file under its name is that of the segment that has taken its place.
    @Test void claimsThatAreLoadedForASegmentThatHasLeftTheLogAreNotHeldAgainstIt() throws Exception {
        written(3);
        var segment = LogSegment.existing(new LogPlace(bench.disk, bench.clock, bench.folder, LogBench.ORDERS_0, bench.cache, bench), 0, content(".log").length);
        segment.leave();
        assertThat(segment.identity().isSuperseded()).isTrue();
    }

    @Test void aScrubThrowsAWrongIndexAway() {
        coldSegments().log.close();
        byte[] index = content(".index");
        byte[] wrong = index.clone();
        wrong[7] ^= 1;
        put(".index", wrong);
        bench.open(stoppedAt(19));
        scrub(0);
        assertThat(bench.content()).hasSize(19);
        assertThat(content(".index")).isNotEqualTo(wrong);
    }
}
