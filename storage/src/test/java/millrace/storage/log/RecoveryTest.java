package millrace.storage.log;

import static millrace.storage.log.LogBench.batch;
import static millrace.storage.log.LogBench.idempotent;
import static millrace.storage.log.LogBench.marker;
import static millrace.storage.log.LogBench.transactional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import millrace.protocol.ErrorCode;
import millrace.record.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTest {
    private final LogBench bench = new LogBench();

    @Test void whatWasFlushedSurvivesThePowerAndTheRestDoesNot() {
        bench.open();
        bench.append("a");
        bench.append("b");
        bench.flush();
        bench.append("c");
        assertThat(bench.log.flushedOffset()).isEqualTo(2);
        bench.losePower(0);
        assertThat(bench.content()).containsExactly("0:a", "1:b");
        assertThat(bench.log.logEndOffset()).isEqualTo(2);
    }

    @ParameterizedTest @ValueSource(ints = {1, 11, 12, 40, 61, 70, 75})
    void aTornTailIsCutAndToldAndNothingElse(int tornBytes) {
        bench.open();
        bench.append("a");
        bench.flush();
        bench.append("bbbbbbbbbbbbbbbb");
        bench.losePower(tornBytes);
        assertThat(bench.content()).containsExactly("0:a");
        assertThat(bench.events(LogEvent.TornTailCut.class)).singleElement().satisfies(cut -> assertThat(cut.bytes()).isEqualTo(tornBytes));
        bench.append("c");
        bench.flush();
        assertThat(bench.losePower(0).content()).containsExactly("0:a", "1:c");
    }

    @Test void aSegmentBehindAHoleIsPartOfTheTornTail() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open().fill(5, 200);
        bench.log.abandon();
        byte[] first = bench.disk.content(bench.file(0, ".log"));
        bench.disk.put(bench.file(0, ".log"), Arrays.copyOf(first, first.length / 3 * 2));
        bench.open(LogStart.UNKNOWN);
        assertThat(bench.log.logEndOffset()).isEqualTo(2);
        assertThat(bench.segmentOffsets()).containsExactly(0L);
        bench.append("a");
        assertThat(bench.content(2)).containsExactly("2:a");
    }

    /// The power loss takes the segment back to its last sync, which is where its claims end as well; the next one happened to be written back.
    @Test void aHoleBehindTheLastSyncIsTornAlsoWhereTheClaimsReachToIt() {
        bench.open();
        bench.append("a");
        bench.append("b");
        bench.restartCleanly();
        byte[] synced = bench.disk.content(bench.file(0, ".log"));
        assertThat(bench.names()).contains("00000000000000000000.identity");
        bench.append("c");
        bench.log.roll();
        bench.append("d");
        bench.log.abandon();
        bench.disk.put(bench.file(0, ".log"), synced);
        bench.open(new LogStart(2, 0, 0, false));
        assertThat(bench.segmentOffsets()).containsExactly(0L);
        assertThat(bench.log.logEndOffset()).isEqualTo(2);
        bench.append("e");
        assertThat(bench.content()).containsExactly("0:a", "1:b", "2:e");
    }

    /// A follower of a compacted topic is sent what is left, and may begin a segment behind what is gone.
    @Test void aGapBehindASegmentThatWasRolledAndSyncedIsCompactions() {
        for (boolean flushed : new boolean[] {true, false}) {
            var follower = new LogBench().with(LogConfig.builder().segmentBytes(100).build()).open();
            follower.append("a");
            ByteBuffer later = batch(1_700_000_000_000L, "far");
            RecordBatch.at(later, 0).assign(7, LogBench.EPOCH);
            assertThat(follower.log.appendAsFollower(later)).isInstanceOf(AppendResult.Appended.class);
            assertThat(follower.segmentOffsets()).containsExactly(0L, 7L);
            if (flushed) follower.flush();
            follower.log.abandon();
            follower.open(LogStart.UNKNOWN);
            assertThat(follower.content()).isEqualTo(flushed ? List.of("0:a", "7:far") : List.of("0:a"));
        }
    }

    @Test void theRecoveredTailIsOnTheDeviceBeforeItIsServed() {
        bench.open();
        bench.append("a");
        bench.flush();
        bench.append("b");
        bench.kill();
        assertThat(bench.content()).containsExactly("0:a", "1:b");
        assertThat(bench.log.flushedOffset()).isEqualTo(2);
        assertThat(bench.losePower(0).content()).containsExactly("0:a", "1:b");
    }

    @Test void aLogThatEndsBelowItsDurableMarkStaysClosedAndUntouched() {
        bench.open();
        bench.append("a");
        bench.append("b");
        bench.flush();
        bench.log.abandon();
        Path file = bench.file(0, ".log");
        byte[] whole = bench.disk.content(file);
        byte[] damaged = whole.clone();
        damaged[damaged.length - 1] ^= 1;
        bench.disk.put(file, damaged);
        assertThatThrownBy(() -> bench.tryOpen(new LogStart(2, 0, 0, false))).isInstanceOf(DamagedLog.class).hasMessageContaining("orders-0").hasMessageContaining("ends at offset 1");
        assertThat(bench.disk.content(file)).isEqualTo(damaged);
        bench.disk.put(file, Arrays.copyOf(whole, 10));
        assertThatThrownBy(() -> bench.tryOpen(new LogStart(2, 0, 0, false))).isInstanceOf(DamagedLog.class);
        assertThatThrownBy(() -> bench.tryOpen(new LogStart(2, 0, 0, true))).isInstanceOf(DamagedLog.class);
        bench.disk.put(file, whole);
        assertThat(bench.open(new LogStart(2, 0, 0, false)).content()).containsExactly("0:a", "1:b");
    }

    @Test void recoveryReadsOnlyTheTail() {
        bench.with(LogConfig.builder().segmentBytes(50_000).build()).open().fill(1000, 200);
        bench.flush();
        bench.append("tail");
        bench.kill();
        assertThat(bench.log.logEndOffset()).isEqualTo(1001);
        assertThat(bench.events(LogEvent.Recovered.class)).last().satisfies(it -> assertThat(it.bytes()).isLessThan(50_000));
        assertThat(bench.content()).hasSize(1001);
    }

    @Test void indexesComeOutTheSameAsWhenTheyWereMade() {
        LogConfig config = LogConfig.builder().segmentBytes(30_000).indexIntervalBytes(1000).build();
        bench.with(config).open();
        for (int i = 0; i < 500; i++) bench.append(batch(1_700_000_000_000L + (i * 7919) % 1000, "x".repeat(i % 300)));
        var live = new LogBench().with(config).open();
        for (int i = 0; i < 500; i++) live.append(batch(1_700_000_000_000L + (i * 7919) % 1000, "x".repeat(i % 300)));
        live.log.close();
        bench.log.abandon();
        for (String name : bench.names()) if (name.endsWith("index")) bench.disk.delete(bench.folder.resolve(name));
        bench.open(LogStart.UNKNOWN);
        bench.log.close();
        for (String name : live.names())
            if (name.endsWith("index")) assertThat(bench.disk.content(bench.folder.resolve(name))).as(name).isEqualTo(live.disk.content(live.folder.resolve(name)));
    }

    @Test void aMissingOrBrokenIndexOfAColdSegmentIsMadeAnew() {
        bench.with(LogConfig.builder().segmentBytes(30_000).build()).open().fill(600, 200);
        bench.log.close();
        byte[] index = bench.disk.content(bench.file(0, ".index"));
        byte[] times = bench.disk.content(bench.file(0, ".timeindex"));
        bench.disk.put(bench.file(0, ".index"), new byte[] {9, 9, 9, 9, 9, 9, 9, 9});
        bench.disk.delete(bench.file(0, ".timeindex"));
        bench.open(new LogStart(600, 0, 600, true));
        assertThat(bench.content()).hasSize(600);
        assertThat(bench.events(LogEvent.SideFileRejected.class)).hasSize(1);
        assertThat(bench.disk.content(bench.file(0, ".index"))).isEqualTo(index);
        assertThat(bench.disk.content(bench.file(0, ".timeindex"))).isEqualTo(times);
    }

    @Test void zeroesThatKafkasPreallocationLeftBehindAreNoEntries() {
        bench.open().fill(200, 200);
        bench.log.close();
        for (String suffix : new String[] {".index", ".timeindex"}) {
            byte[] content = bench.disk.content(bench.file(0, suffix));
            bench.disk.put(bench.file(0, suffix), Arrays.copyOf(content, 12 * 8 * 1000));
        }
        bench.open(new LogStart(200, 0, 200, true));
        assertThat(bench.content()).hasSize(200);
        assertThat(bench.events(LogEvent.SideFileRejected.class)).isEmpty();
        bench.append("more");
        bench.log.close();
        assertThat(bench.disk.content(bench.file(0, ".index")).length).isLessThan(1000);
    }

    @Test void leftoversOfDeletionsAndUnfinishedWritesAreSwept() {
        bench.open().fill(3, 10);
        bench.log.close();
        for (String name : new String[] {"00000000000000000000.log.deleted", "00000000000000000007.timeindex", "00000000000000000007.log.cleaned",
                "leader-epoch-checkpoint.tmp", "00000000000000000003.snapshot.tmp"}) bench.disk.put(bench.folder.resolve(name), new byte[3]);
        bench.disk.put(bench.folder.resolve("quorum-state"), new byte[3]);
        bench.open(new LogStart(3, 0, 0, true));
        assertThat(bench.names()).containsExactly("00000000000000000000.identity", "00000000000000000000.index", "00000000000000000000.log", "00000000000000000000.timeindex",
                "00000000000000000003.snapshot", "leader-epoch-checkpoint", "quorum-state");
    }

    @Test void aCompactionsResultThatWasNamedCountsAndWhatItReplacesGoes() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open().fill(9, 200);
        bench.log.close();
        byte[] first = bench.disk.content(bench.file(0, ".log"));
        byte[] second = bench.disk.content(bench.file(3, ".log"));
        byte[] cleaned = Arrays.copyOf(first, first.length / 3 + second.length);
        System.arraycopy(second, 0, cleaned, first.length / 3, second.length);
        bench.disk.put(bench.file(0, ".log.swap"), cleaned);
        bench.with(bench.config.toBuilder().compacts(true).build()).open(new LogStart(9, 0, 0, false));
        assertThat(bench.segmentOffsets()).containsExactly(0L, 6L);
        assertThat(bench.content().stream().map(each -> each.substring(0, 1))).containsExactly("0", "3", "4", "5", "6", "7", "8");
    }

    // ---- producers ----

    @Test void producersAndTransactionsAreMadeAgainAsTheyWere() {
        bench.with(LogConfig.builder().segmentBytes(2000).build()).open();
        var random = new Random(11);
        int[] sequences = new int[5];
        boolean[] open = new boolean[5];
        for (int i = 0; i < 300; i++) {
            int id = random.nextInt(5);
            if (open[id] && random.nextInt(3) == 0) {
                bench.mark(marker(id, 0, random.nextBoolean(), 1));
                open[id] = false;
            } else {
                AppendResult result = bench.append(transactional(id, 0, sequences[id], "v" + i, "w" + i));
                assertThat(result).isInstanceOf(AppendResult.Appended.class);
                sequences[id] += 2;
                open[id] = true;
            }
            if (i % 40 == 0) bench.flush();
        }
        var producers = bench.log.producers();
        long stable = bench.log.lastStableOffset(bench.log.logEndOffset());
        var aborted = aborted();
        assertThat(aborted).isNotEmpty();
        bench.log.updateHighWatermark(bench.log.logEndOffset());
        long decided = bench.log.lastStableOffset(bench.log.logEndOffset());
        assertThat(stable).isLessThanOrEqualTo(decided);

        bench.kill();
        bench.log.updateHighWatermark(bench.log.logEndOffset());
        assertThat(bench.log.producers()).isEqualTo(producers);
        assertThat(bench.log.lastStableOffset(bench.log.logEndOffset())).isEqualTo(decided);
        assertThat(aborted()).isEqualTo(aborted);

        bench.log.abandon();
        for (String name : bench.names()) if (name.endsWith(".snapshot") || name.endsWith(".txnindex")) bench.disk.delete(bench.folder.resolve(name));
        bench.open(LogStart.UNKNOWN);
        assertThat(bench.log.producers()).isEqualTo(producers);
        assertThat(aborted()).isEqualTo(aborted);

        bench.restartCleanly();
        assertThat(bench.log.producers()).isEqualTo(producers);
        assertThat(bench.log.lastStableOffset(bench.log.logEndOffset())).isEqualTo(decided);
        assertThat(aborted()).isEqualTo(aborted);
    }

    /// Only a mark that rises was looked at: after a crash nobody could read committed records past the first transaction until the next append.
    @Test void transactionsBelowTheKnownHighWatermarkAreStableAfterACrash() {
        bench.open();
        bench.append(transactional(1, 0, 0, "a"));
        bench.mark(marker(1, 0, true, 1));
        bench.append("b");
        bench.log.abandon();
        bench.open(new LogStart(0, 0, 3, false));
        assertThat(bench.log.lastStableOffset(3)).isEqualTo(3);
        bench.log.abandon();
        bench.open(new LogStart(0, 0, 1, false));
        assertThat(bench.log.lastStableOffset(1)).isZero();
        bench.log.updateHighWatermark(3);
        bench.log.truncateTo(2);
        assertThat(bench.log.lastStableOffset(2)).isEqualTo(2);
    }

    // ---- a transaction index that is not what it was ----

    private List<AbortedTransaction> severalAborted() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open();
        for (int producer = 5; producer < 9; producer++) {
            bench.append(LogBench.transactional(producer, 0, 0, "x".repeat(300)));
            bench.append("y".repeat(200));
            bench.mark(LogBench.marker(producer, 0, producer == 7, 0));
        }
        bench.log.close();
        assertThat(bench.names()).filteredOn(name -> name.endsWith(".txnsum")).hasSizeGreaterThan(1);
        bench.open(new LogStart(12, 0, 12, true));
        var aborted = aborted();
        assertThat(aborted).hasSize(3);
        bench.log.abandon();
        return aborted;
    }

    @Test void everyFlippedByteOfATransactionIndexIsFoundAndItIsMadeAnew() {
        var aborted = severalAborted();
        for (String name : bench.names().stream().filter(it -> it.endsWith(".txnindex") || it.endsWith(".txnsum")).toList()) {
            var file = bench.folder.resolve(name);
            byte[] content = bench.disk.content(file);
            for (int at = 0; at < content.length; at++) {
                byte[] flipped = content.clone();
                flipped[at] ^= (byte) (1 << at % 8);
                bench.disk.put(file, flipped);
                for (boolean clean : List.of(true, false)) {
                    bench.open(new LogStart(12, 0, 12, clean));
                    assertThat(aborted()).as(name + " byte " + at).isEqualTo(aborted);
                    bench.log.close();
                }
                if (name.endsWith(".txnindex")) assertThat(bench.disk.content(file)).isEqualTo(content);
                bench.disk.put(file, content);
            }
        }
    }

    @Test void aSnapshotThatIsGoneTakesNoTransactionIndexAlong() {
        var aborted = severalAborted();
        byte[] last = bench.disk.content(bench.file(9, ".txnindex"));
        for (String name : bench.names().stream().filter(it -> it.endsWith(".snapshot")).toList()) bench.disk.delete(bench.folder.resolve(name));
        for (int start = 0; start < 3; start++) {
            bench.open(new LogStart(12, 0, 12, true));
            assertThat(aborted()).as("start " + start).isEqualTo(aborted);
            bench.log.close();
            assertThat(bench.disk.content(bench.file(9, ".txnindex"))).isEqualTo(last);
        }
    }

    @Test void aTransactionIndexThatIsGoneIsMadeAnew() {
        var aborted = severalAborted();
        for (String name : bench.names().stream().filter(it -> it.endsWith(".txnindex")).toList()) {
            byte[] content = bench.disk.content(bench.folder.resolve(name));
            bench.disk.delete(bench.folder.resolve(name));
            bench.open(new LogStart(12, 0, 12, true));
            assertThat(aborted()).as(name).isEqualTo(aborted);
            bench.log.close();
            assertThat(bench.disk.content(bench.folder.resolve(name))).isEqualTo(content);
        }
    }

    // ---- a log start offset that cannot be ----

    @Test void aLogStartBeyondTheEndDeletesNothing() {
        for (boolean clean : List.of(true, false)) {
            var log = new LogBench().with(LogConfig.builder().segmentBytes(1000).build()).open().fill(9, 200);
            log.log.close();
            for (long stated : new long[] {10, 900, Long.MAX_VALUE / 2}) {
                log.open(new LogStart(9, stated, 9, clean));
                assertThat(log.content()).as("stated " + stated).hasSize(9);
                assertThat(log.log.logStartOffset()).isZero();
                assertThat(log.events(LogEvent.LogStartNotBelieved.class)).last().satisfies(told -> assertThat(told.text()).contains("offset " + stated).contains("nothing was deleted"));
                log.log.abandon();
            }
        }
    }

    @Test void aLogStartThatTheEpochsDoNotBearOutDeletesNothing() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open().fill(9, 200);
        bench.log.updateHighWatermark(9);
        bench.log.close();
        bench.open(new LogStart(9, 7, 9, true));
        bench.log.updateHighWatermark(9);
        assertThat(bench.log.retention(bench.clock.timestampMs())).as("segments deleted").isZero();
        assertThat(bench.content()).hasSize(9);
        assertThat(bench.events(LogEvent.LogStartNotBelieved.class)).hasSize(1);
    }

    @Test void aLogStartThatWasReachedIsBelievedOnceTheEpochsSaySo() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open().fill(9, 200).flush();
        bench.log.updateHighWatermark(9);
        bench.log.advanceLogStartOffset(7);
        assertThat(bench.log.durableLogStartOffset()).as("the epochs on the device do not know yet").isZero();
        bench.flush();
        assertThat(bench.log.durableLogStartOffset()).isEqualTo(7);
        assertThat(bench.losePowerKnowing(7).log.logStartOffset()).isEqualTo(7);
        assertThat(bench.events(LogEvent.LogStartNotBelieved.class)).isEmpty();
        bench.log.updateHighWatermark(9);
        assertThat(bench.log.retention(bench.clock.timestampMs())).isEqualTo(2);
        assertThat(bench.log.durableLogStartOffset()).isEqualTo(7);
    }

    @Test void asManyAbortedTransactionsAsWereCutAwayAreOthersAllTheSame() {
        bench.open().append("first");
        bench.append(LogBench.transactional(5, 0, 0, "of 5"));
        bench.mark(LogBench.marker(5, 0, false, 0));
        bench.restartCleanly();
        assertThat(aborted()).extracting(AbortedTransaction::producerId).containsExactly(5L);
        bench.log.truncateTo(1);
        bench.append(LogBench.transactional(6, 0, 0, "of 6"));
        bench.append(LogBench.transactional(6, 0, 1, "more of 6"));
        bench.mark(LogBench.marker(6, 0, false, 0));
        var now = aborted();
        assertThat(now).extracting(AbortedTransaction::producerId).containsExactly(6L);
        bench.restartCleanly();
        assertThat(aborted()).as("after a restart").isEqualTo(now);
    }

    private List<AbortedTransaction> aborted() {
        var all = new ArrayList<AbortedTransaction>();
        for (long offset = 0; offset < bench.log.logEndOffset(); offset++) {
            var read = (ReadResult.Read) bench.log.read(offset, 1, bench.log.logEndOffset(), true);
            for (AbortedTransaction each : read.abortedTransactions()) if (!all.contains(each)) all.add(each);
            read.release();
        }
        return all;
    }

    @Test void aDuplicateIsKnownAfterACrashAndAfterATruncation() {
        bench.open();
        for (int i = 0; i < 8; i++) bench.append(idempotent(5, 0, i, "v" + i));
        bench.kill();
        assertThat(bench.append(idempotent(5, 0, 6, "v6"))).isEqualTo(new AppendResult.Duplicate(6, 6, 1_700_000_000_000L, 0));
        bench.log.truncateTo(7);
        assertThat(bench.append(idempotent(5, 0, 6, "v6"))).isInstanceOf(AppendResult.Duplicate.class);
        assertThat(bench.append(idempotent(5, 0, 7, "v7"))).isInstanceOfSatisfying(AppendResult.Appended.class, it -> assertThat(it.firstOffset()).isEqualTo(7));
    }

    @Test void allFiveBatchesAreKnownAfterACleanStopToo() {
        bench.open();
        for (int i = 0; i < 8; i++) bench.append(idempotent(5, 0, i, "v" + i));
        bench.append(idempotent(6, 2, 0, "w"));
        bench.restartCleanly();
        for (int i = 3; i < 8; i++) assertThat(bench.append(idempotent(5, 0, i, "v" + i))).isEqualTo(new AppendResult.Duplicate(i, i, 1_700_000_000_000L, 0));
        assertThat(bench.append(idempotent(5, 0, 2, "v2"))).isInstanceOf(AppendResult.Refused.class);
        assertThat(bench.names()).contains("00000000000000000009.recentbatches");
        bench.log.close();
        bench.disk.delete(bench.file(9, ".snapshot"));
        bench.open(new LogStart(9, 0, 0, true));
        assertThat(bench.names()).doesNotContain("00000000000000000009.recentbatches");
        assertThat(bench.append(idempotent(5, 0, 3, "v3"))).isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test void retentionTakesNoProducersAway() {
        bench.with(LogConfig.builder().segmentBytes(500).retentionMs(-1).build()).open();
        for (int i = 0; i < 12; i++) bench.append(idempotent(5, 0, i, "v" + i + "x".repeat(100)));
        bench.kill();
        bench.log.updateHighWatermark(12);
        bench.log.advanceLogStartOffset(11);
        bench.log.retention(bench.clock.timestampMs());
        assertThat(bench.log.segmentCount()).isEqualTo(1);
        bench.kill();
        for (int i = 7; i < 12; i++) assertThat(bench.append(idempotent(5, 0, i, "v" + i + "x".repeat(100)))).isInstanceOf(AppendResult.Duplicate.class);
    }

    /// The simulation's seed 266: what the producer did between the snapshot and the first segment is gone, and its next batch has to be taken.
    @Test void aSnapshotFromBeforeTheFirstSegmentIsNotBelieved() {
        bench.with(LogConfig.builder().segmentBytes(500).retentionMs(-1).build()).open();
        bench.append(idempotent(5, 0, 0, "v0"));
        bench.restartCleanly();
        byte[] old = bench.disk.content(bench.file(1, ".snapshot"));
        bench.append(idempotent(5, 0, 1, "v1"));
        for (int i = 0; i < 12; i++) bench.append(idempotent(6, 0, i, "w" + i + "x".repeat(100)));
        bench.log.updateHighWatermark(14);
        bench.log.advanceLogStartOffset(13);
        bench.log.retention(bench.clock.timestampMs());
        assertThat(bench.log.segmentCount()).isEqualTo(1);
        bench.log.abandon();
        for (String name : bench.names()) if (name.endsWith(".snapshot") || name.endsWith(".recentbatches")) bench.disk.delete(bench.folder.resolve(name));
        bench.disk.put(bench.file(1, ".snapshot"), old);
        bench.open(LogStart.UNKNOWN);
        assertThat(bench.append(idempotent(5, 0, 2, "v2"))).isInstanceOf(AppendResult.Appended.class);
        assertThat(bench.append(idempotent(6, 0, 11, "w11" + "x".repeat(100)))).isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test void recentBatchesOfAnotherSnapshotAreNotMixedIn() {
        bench.open();
        for (int i = 0; i < 3; i++) bench.append(idempotent(5, 0, i, "v" + i));
        bench.log.close();
        var other = new LogBench().open();
        for (int i = 10; i < 13; i++) other.append(idempotent(5, 1, i, "v" + i));
        other.log.close();
        bench.disk.put(bench.file(3, ".recentbatches"), other.disk.content(other.file(3, ".recentbatches")));
        bench.open(new LogStart(3, 0, 0, true));
        assertThat(bench.append(idempotent(5, 0, 2, "v2"))).isInstanceOf(AppendResult.Duplicate.class);
        assertThat(bench.append(idempotent(5, 0, 3, "v3"))).isInstanceOf(AppendResult.Appended.class);
    }

    @Test void aBrokenSnapshotIsNotBelieved() {
        bench.open();
        bench.append(idempotent(5, 0, 0, "a"));
        bench.log.close();
        Path snapshot = bench.file(1, ".snapshot");
        byte[] content = bench.disk.content(snapshot);
        content[20] ^= 1;
        bench.disk.put(snapshot, content);
        bench.open(new LogStart(1, 0, 0, true));
        assertThat(bench.events(LogEvent.SideFileRejected.class)).hasSize(1);
        assertThat(bench.append(idempotent(5, 0, 0, "a"))).isInstanceOf(AppendResult.Duplicate.class);
    }

    // ---- the device ----

    @Test void aFailedSyncEndsTheLogAndIsNeverRetried() {
        bench.open();
        bench.append("a");
        bench.disk.failingSyncs = path -> path.toString().endsWith(".log");
        assertThatThrownBy(bench::flush).isInstanceOf(LogDirFailure.class).hasMessageContaining("sync");
        assertThat(bench.log.flushedOffset()).isZero();
        bench.disk.failingSyncs = path -> false;
        assertThatThrownBy(bench::flush).isInstanceOf(LogDirFailure.class);
        assertThatThrownBy(() -> bench.append("b")).isInstanceOf(LogDirFailure.class);
        assertThat(bench.log.flushedOffset()).isZero();
    }

    @Test void aFailedWriteEndsTheLog() {
        bench.open();
        bench.append("a");
        bench.disk.failingWrites = path -> true;
        assertThatThrownBy(() -> bench.append("b")).isInstanceOf(LogDirFailure.class).hasMessageContaining("/data/orders-0").hasMessageContaining("offline");
    }

    @Test void aFullDiskRefusesUntilThereIsSpaceAgain() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open();
        bench.append("a");
        long before = bench.log.sizeInBytes();
        bench.disk.usableBytes = 30;
        for (int i = 0; i < 3; i++)
            assertThat(bench.append("x".repeat(200))).isInstanceOfSatisfying(AppendResult.Refused.class, it -> {
                assertThat(it.error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
                assertThat(it.message()).contains("/data/orders-0");
            });
        assertThat(bench.events(LogEvent.DiskFull.class)).hasSize(1);
        assertThat(bench.disk.content(bench.file(0, ".log"))).hasSize((int) before);
        bench.disk.usableBytes = 1 << 20;
        bench.append("b");
        assertThat(bench.content()).containsExactly("0:a", "1:b");
        bench.flush();
        assertThat(bench.losePower(0).content()).containsExactly("0:a", "1:b");
    }

    @Test void aProducersFirstBatchRefusedForSpaceIsStillItsFirst() {
        bench.open();
        bench.disk.usableBytes = 20;
        assertThat(bench.append(idempotent(5, 0, 0, "a"))).isInstanceOf(AppendResult.Refused.class);
        bench.disk.usableBytes = 1 << 20;
        assertThat(bench.append(idempotent(5, 0, 1, "b"))).isInstanceOfSatisfying(AppendResult.Refused.class, it -> assertThat(it.error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER));
        bench.append(idempotent(5, 0, 0, "a"));
        bench.append(idempotent(5, 0, 1, "b"));
        assertThat(bench.content()).containsExactly("0:a", "1:b");
    }

    @Test void withoutRoomForIndexesTheBytesAreFlushedAllTheSameAndTheRecoveryPointWaits() {
        bench.with(LogConfig.builder().segmentBytes(1000).build()).open().fill(4, 200);
        bench.disk.usableBytes = 0;
        bench.flush();
        assertThat(bench.log.flushedOffset()).isEqualTo(4);
        assertThat(bench.log.recoveryPoint()).isLessThan(4);
        bench.disk.usableBytes = 1 << 20;
        bench.flush();
        assertThat(bench.log.recoveryPoint()).isEqualTo(4);
        assertThat(bench.names()).contains("00000000000000000000.index", "00000000000000000003.snapshot");
    }

    @Test void randomLivesEndWithWhatWasFlushed() {
        for (int seed = 0; seed < 60; seed++) aRandomLife(seed);
    }

    /// Appends, flushes, kills, power losses, truncations; at every start at least what was flushed is there, in order, and nothing that was not appended.
    private static void aRandomLife(int seed) {
        var random = new Random(seed);
        var bench = new LogBench().with(LogConfig.builder().segmentBytes(700).indexIntervalBytes(random.nextInt(300)).build()).open();
        var written = new ArrayList<String>();
        int next = 0;
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(12)) {
                case 0 -> bench.flush();
                case 1 -> {
                    long flushed = bench.log.flushedOffset();
                    bench.losePower(random.nextInt(300));
                    assertThat(bench.log.logEndOffset()).as("seed %d", seed).isGreaterThanOrEqualTo(flushed);
                    while (written.size() > bench.log.logEndOffset()) written.removeLast();
                }
                case 2 -> bench.kill();
                case 3 -> bench.restartCleanly();
                case 4 -> {
                    if (random.nextInt(3) > 0 || written.isEmpty()) break;
                    bench.log.truncateTo(random.nextInt(written.size()));
                    while (written.size() > bench.log.logEndOffset()) written.removeLast();
                }
                default -> {
                    String[] values = new String[1 + random.nextInt(3)];
                    for (int i = 0; i < values.length; i++) values[i] = (next++) + "y".repeat(random.nextInt(120));
                    bench.append(batch(1_700_000_000_000L + random.nextInt(1000), values));
                    for (String each : values) written.add(written.size() + ":" + each);
                }
            }
            assertThat(bench.content()).as("seed %d step %d", seed, step).isEqualTo(written);
        }
    }
}
