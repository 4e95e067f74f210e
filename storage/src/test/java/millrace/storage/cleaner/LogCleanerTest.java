package millrace.storage.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import millrace.ports.FileRecords;
import millrace.record.Codec;
import millrace.record.RecordBatch;
import millrace.storage.log.AbortedTransaction;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogEvent;
import millrace.storage.log.ReadResult;
import org.junit.jupiter.api.Test;

class LogCleanerTest {
    private final CleanerBench bench = new CleanerBench();

    @Test void theLatestValueOfEveryKeyStaysAtItsOffset() {
        bench.open();
        bench.put("a=1", "b=1", "a=2");
        bench.put("c=1");
        bench.put("a=3", "d=1");
        bench.roll().put("b=2");
        bench.roll().put("z=1");
        bench.clean();
        assertThat(bench.content()).containsExactly("3:c=1", "4:a=3", "5:d=1", "6:b=2", "7:z=1");
        assertThat(bench.log.logStartOffset()).isZero();
        assertThat(bench.log.logEndOffset()).isEqualTo(8);
        assertThat(bench.events(LogEvent.Cleaned.class)).singleElement().satisfies(told -> {
            assertThat(told.cleanedUpTo()).isEqualTo(7);
            assertThat(told.recordsRead()).isEqualTo(7);
            assertThat(told.recordsKept()).isEqualTo(4);
        });
    }

    @Test void theLastSegmentIsNeverTouched() {
        bench.open();
        bench.put("a=1");
        bench.roll().put("a=2");
        bench.clean();
        assertThat(bench.content()).containsExactly("0:a=1", "1:a=2");
    }

    @Test void aReadOfAnOffsetThatIsGoneGoesOnBehindIt() {
        bench.open();
        for (int i = 0; i < 200; i++) bench.put("key=" + i, "other" + i % 7 + "=" + i);
        bench.roll().clean();
        bench.put("z=1");
        bench.roll().clean();                              // what had shrunk before fits together now
        for (long from = 0; from < 400; from++) {
            RecordBatch found = RecordBatch.at(bench.log.readBytes(from, 1, 401), 0);
            assertThat(found.lastOffset()).isGreaterThanOrEqualTo(from);
        }
        assertThat(bench.table()).hasSize(9).containsEntry("key", "199");
        assertThat(bench.log.segmentCount()).isLessThanOrEqualTo(3);
    }

    @Test void aTombstoneStaysForDeleteRetentionFromThePassThatFirstSawIt() {
        bench.open();
        bench.put("a=1");
        bench.put("a=");
        bench.roll().put("b=1");
        bench.roll().clean();
        assertThat(bench.content()).containsExactly("1:a=", "2:b=1");
        assertThat(bench.batches().getFirst().batch().deleteHorizonMs()).isEqualTo(bench.clock.timestampMs() + 10_000);
        bench.clock.advance(9_999);
        bench.put("c=1");
        bench.roll().clean();
        assertThat(bench.content()).containsExactly("1:a=", "2:b=1", "3:c=1");
        bench.clock.advance(1);
        bench.put("d=1");
        bench.roll().clean();
        assertThat(bench.content()).containsExactly("2:b=1", "3:c=1", "4:d=1");
    }

    @Test void aWallClockThatLeapsAheadDeletesNoTombstone() {
        bench.open();
        bench.put("a=1");
        bench.put("a=");
        bench.roll().put("b=1");
        bench.roll().clean();
        bench.clock.timestampMs += 30L * 24 * 3_600_000;
        bench.put("c=1");
        bench.roll().clean();
        assertThat(bench.content()).contains("1:a=");
    }

    @Test void abortedRecordsGoAndTheirMarkerOutlivesThem() {
        bench.open();
        bench.put("a=1");
        bench.transactional(7, 0, "a=2");
        bench.roll().transactional(7, 1, "b=1");           // the transaction spans segments
        bench.end(7, false);
        bench.transactional(7, 2, "c=1");
        bench.end(7, true);
        bench.roll().put("z=1");
        bench.clean();
        assertThat(bench.content()).containsExactly("0:a=1", "3:!", "4:c=1", "5:!", "6:z=1");
        assertThat(bench.table()).containsOnlyKeys("a", "c", "z").containsEntry("a", "1");
        bench.clock.advance(20_000);
        bench.put("z=2");
        bench.roll().clean();                              // sees nothing of it any more: sets the marker's horizon
        assertThat(bench.content()).contains("3:!");
        bench.clock.advance(10_000);
        bench.put("z=3");
        bench.roll().clean();
        assertThat(bench.content()).doesNotContain("3:!").contains("4:c=1", "5:!");
    }

    @Test void anAbortedTransactionWhoseMarkerLiesBeyondTheCleanedPartStaysAborted() {
        bench.settings = new CleanerSettings(24 * 3, 0.9, 4_096, Double.MAX_VALUE);          // two keys a pass: the map ends within a segment
        bench.open();
        bench.put("a=1", "b=1");
        bench.put("c=1", "d=1");
        bench.transactional(7, 0, "a=2");
        bench.end(7, false);
        bench.roll().put("z=1");
        bench.replicated();
        var expected = bench.table();
        for (int pass = 0; pass < 4; pass++) {
            bench.cleaner.cleanFilthiest(bench.settings);
            assertThat(bench.table()).isEqualTo(expected).containsEntry("a", "1");
            assertThat(bench.kill().table()).isEqualTo(expected);
            bench.replicated();
        }
    }

    @Test void anUndecidedTransactionIsLeftAlone() {
        bench.open();
        bench.put("a=1");
        bench.roll().put("a=2");
        bench.transactional(7, 0, "a=3");
        bench.roll().put("a=4");
        bench.roll().clean();
        assertThat(bench.content()).containsExactly("0:a=1", "1:a=2", "2:a=3", "3:a=4");
        bench.end(7, false);
        bench.roll().clean();
        assertThat(bench.content()).containsExactly("2:-", "3:a=4", "4:!");
    }

    @Test void aKeyThatLooksLikeAMarkersIsAKey() {
        bench.open();
        String marker = "\0\0\0\u0001";                    // version 0, type COMMIT
        bench.put(marker + "=1");
        bench.transactional(7, 0, "a=1");
        bench.end(7, true);
        bench.put(marker + "=2");
        bench.roll().put("z=1");
        bench.clean();
        assertThat(bench.content()).containsExactly("1:a=1", "2:!", "3:" + marker + "=2", "4:z=1");
    }

    @Test void theLastBatchOfAnActiveProducerStaysAsAHeader() {
        bench.open();
        bench.idempotent(7, 0, "a=1");
        bench.idempotent(7, 1, "a=2", "b=1");
        bench.put("a=3", "b=2");
        bench.roll().put("z=1");
        bench.clean();
        assertThat(bench.content()).containsExactly("2:-", "3:a=3", "4:b=2", "5:z=1");
        RecordBatch header = bench.batches().getFirst().batch();
        assertThat(header.sizeInBytes()).isEqualTo(RecordBatch.HEADER_BYTES);
        assertThat(header.baseOffset()).isEqualTo(1);
        assertThat(header.lastSequence()).isEqualTo(2);
        for (String name : bench.names()) if (name.endsWith(".snapshot")) bench.disk.delete(CleanerBench.FOLDER.resolve(name));
        bench.kill();
        assertThat(bench.idempotent(7, 4, "c=1")).isInstanceOf(AppendResult.Refused.class);
        assertThat(bench.idempotent(7, 3, "c=1")).isInstanceOf(AppendResult.Appended.class);
    }

    @Test void recordsWithoutAKeyFromBeforeTheTopicWasCompactedGo() {
        bench.with(CleanerBench.COMPACT.toBuilder().compacts(false).build()).open();
        try (var builder = new millrace.record.RecordBatchBuilder()) {
            bench.log.appendAsLeader(builder.append(bench.clock.timestampMs(), null, CleanerBench.bytes("v")).build(), 3, AppendOrigin.CLIENT);
        }
        bench.put("a=1");
        bench.log.updateConfig(CleanerBench.COMPACT);
        bench.roll().clean();
        assertThat(bench.content()).containsExactly("1:a=1");
    }

    @Test void compressedBatchesStayCompressed() {
        bench.open();
        for (Codec codec : Codec.values()) {
            bench.put(codec, "old-" + codec + "=" + "x".repeat(100), "new-" + codec + "=1");
            bench.put("old-" + codec + "=2");
        }
        bench.roll().put("z=1");
        bench.clean();
        assertThat(bench.batches().stream().map(each -> each.batch().codec()).distinct()).containsExactlyInAnyOrder(Codec.values());
        assertThat(bench.table()).hasSize(11).containsEntry("old-GZIP", "2").containsEntry("new-ZSTD", "1");
    }

    @Test void aMapThatIsFullEndsThePassAndTheNextOneGoesOn() {
        bench.settings = new CleanerSettings(24 * 11, 0.95, 4_096, Double.MAX_VALUE);
        bench.with(CleanerBench.COMPACT.toBuilder().segmentBytes(100_000).build()).open();
        for (int i = 0; i < 300; i++) bench.put("k" + i % 50 + "=" + i, "l" + i % 3 + "=" + i);
        bench.roll();
        var expected = bench.table();
        bench.clean();
        assertThat(bench.events(LogEvent.Cleaned.class)).hasSizeGreaterThan(20).allSatisfy(told -> assertThat(told.keyMapBytes()).isLessThanOrEqualTo(24 * 11));
        assertThat(bench.table()).isEqualTo(expected);
        assertThat(bench.directory.cleanerCheckpoint().of(CleanerBench.TABLE)).hasValue(600);
    }

    @Test void aBatchLargerThanEveryBufferIsCleaned() {
        bench.with(CleanerBench.COMPACT.toBuilder().segmentBytes(1_000_000).build()).open();
        bench.put("a=" + "x".repeat(50_000), "b=1");
        bench.log.updateConfig(bench.config.toBuilder().maxMessageBytes(1_000).build());
        bench.put("b=2");
        bench.roll().put("z=1");
        bench.clean();
        assertThat(bench.table().get("a")).hasSize(50_000);
        assertThat(bench.content()).hasSize(3);
    }

    @Test void aDamagedBatchIsNotCopiedAndTheLogIsCalledUncleanable() {
        bench.open();
        bench.put("a=1");
        bench.put("b=1");
        bench.put("a=2");
        bench.roll().put("z=1");
        var path = CleanerBench.FOLDER.resolve("00000000000000000000.log");
        byte[] bytes = bench.disk.content(path);
        bytes[bytes.length / 2] ^= 4;
        bench.disk.put(path, bytes);
        bench.clean();
        assertThat(bench.cleaner.uncleanable()).containsOnlyKeys(CleanerBench.TABLE);
        assertThat(bench.events(LogEvent.Uncleanable.class)).singleElement().satisfies(told -> assertThat(told.text()).contains("00000000000000000000.log"));
        assertThat(bench.disk.content(path)).isEqualTo(bytes);
        assertThat(bench.names()).noneMatch(name -> name.endsWith(".cleaned") || name.endsWith(".swap"));
        assertThat(bench.failures).isEmpty();
    }

    @Test void aSegmentThatWasEmptiedIsNotCleanedAway() {
        bench.open();
        bench.put("a=1");
        bench.roll().put("b=1");
        bench.roll().put("z=1");
        bench.replicated().kill();
        bench.disk.put(CleanerBench.FOLDER.resolve("00000000000000000000.log"), new byte[0]);
        bench.kill().clean();
        assertThat(bench.cleaner.uncleanable()).containsOnlyKeys(CleanerBench.TABLE);
        assertThat(bench.events(LogEvent.Uncleanable.class)).last().satisfies(told -> assertThat(told.text()).contains("00000000000000000000.log"));
    }

    @Test void aFullDiskIsToldAndCleaningGoesOnWhenThereIsRoom() {
        bench.open();
        for (int i = 0; i < 50; i++) bench.put("a=" + i, "b" + i + "=1");
        bench.roll().replicated();
        var expected = bench.table();
        bench.disk.usableBytes = 500;
        bench.clean();
        assertThat(bench.events(LogEvent.NoRoomToClean.class)).isNotEmpty();
        assertThat(bench.failures).isEmpty();
        assertThat(bench.table()).isEqualTo(expected);
        bench.disk.usableBytes = 1 << 30;
        bench.clean();
        assertThat(bench.table()).isEqualTo(expected);
        assertThat(bench.content()).hasSize(51);
    }

    @Test void aReaderThatHoldsAnOldSegmentGoesOnReadingIt() throws Exception {
        bench.open();
        bench.put("a=1");
        bench.put("a=2");
        bench.roll().put("z=1");
        var read = (ReadResult.Read) bench.replicated().log.read(0, 10_000, 2, true);
        bench.clean();
        bench.directory.deletionTick(Long.MAX_VALUE);
        var region = (FileRecords) read.records();
        var bytes = java.nio.ByteBuffer.allocate(region.sizeInBytes());
        millrace.storage.file.SmallFiles.readFully(region.file(), bytes, region.position());
        assertThat(RecordBatch.at(bytes.flip(), 0).baseOffset()).isZero();
        read.release();
        assertThat(bench.content()).containsExactly("1:a=2", "2:z=1");
    }

    @Test void timestampsAndTransactionsAreFoundInACleanedLogAfterARestart() {
        bench.open();
        for (int i = 0; i < 100; i++) {
            bench.clock.advance(10);
            bench.put("k" + i % 10 + "=" + i, "fill" + i + "=" + "x".repeat(30));
            bench.transactional(7, i, "k1=" + i);
            bench.end(7, i % 3 != 0);
        }
        bench.roll();
        var expected = bench.table();
        bench.clean();
        var aborted = bench.aborted();
        long at = bench.clock.timestampMs() - 400;
        var found = bench.log.offsetForTimestamp(at);
        assertThat(found).isPresent();
        assertThat(bench.kill().table()).isEqualTo(expected);
        assertThat(bench.aborted()).isEqualTo(aborted).extracting(AbortedTransaction::producerId).containsOnly(7L);
        assertThat(bench.log.offsetForTimestamp(at)).isEqualTo(found);
        assertThat(bench.events(LogEvent.SideFileRejected.class)).isEmpty();
    }

    @Test void theCheckpointIsKafkasAndIsTakenBackWithTheLog() {
        bench.open();
        bench.put("a=1");
        bench.roll().put("b=1");
        bench.roll().put("c=1");
        bench.clean();
        assertThat(new String(bench.disk.content(CleanerBench.DATA.resolve("cleaner-offset-checkpoint")))).isEqualTo("0\n1\ntable 0 2\n");
        bench.log.truncateTo(1);
        assertThat(bench.directory.cleanerCheckpoint().of(CleanerBench.TABLE)).hasValue(1);
        bench.directory.checkpointTick();
        assertThat(new String(bench.disk.content(CleanerBench.DATA.resolve("cleaner-offset-checkpoint")))).isEqualTo("0\n1\ntable 0 1\n");
        bench.directory.deleteLog(CleanerBench.TABLE);
        bench.directory.createLog(CleanerBench.TABLE, new millrace.common.Uuid(7, 10), bench.config);
        assertThat(bench.directory.cleanerCheckpoint().of(CleanerBench.TABLE)).isEmpty();
    }

    @Test void theRateIsKept() {
        bench.settings = new CleanerSettings(1 << 20, 0.9, 4_096, 10_000);
        bench.open();
        for (int i = 0; i < 300; i++) bench.put("key" + i + "=" + "x".repeat(100));
        bench.roll().clean();
        var told = bench.events(LogEvent.Cleaned.class).getFirst();
        long waited = bench.pauses.stream().mapToLong(Long::longValue).max().orElse(0);      // the clock stands, so each wait is from the beginning
        assertThat(waited / 1e9).isBetween((told.bytesRead() + told.bytesKept()) / 10_000.0 * 0.8, (told.bytesRead() + told.bytesKept()) / 10_000.0 * 1.1);
    }

    @Test void truncationAndRetentionWhileAPassRunsEndItWithoutAResult() {
        bench.open();
        for (int i = 0; i < 60; i++) bench.put("a=" + i, "b" + i + "=1");
        bench.roll().replicated();
        var once = new ArrayList<>(List.of(1));
        var cleaner = new LogCleaner(() -> List.of(bench.directory), bench.clock, new FixedRandomness(), nanos -> {
            if (once.isEmpty()) return;
            once.clear();
            bench.log.advanceLogStartOffset(50);
            bench.log.retention(bench.clock.timestampMs());
        });
        assertThat(cleaner.cleanFilthiest(new CleanerSettings(1 << 20, 0.9, 2_048, 1))).isFalse();
        assertThat(once).isEmpty();
        assertThat(bench.log.logStartOffset()).isEqualTo(50);
        assertThat(bench.directory.cleanerCheckpoint().of(CleanerBench.TABLE)).isEmpty();
        assertThat(bench.names()).noneMatch(name -> name.endsWith(".cleaned"));
        bench.clean();
        assertThat(bench.content()).hasSize(bench.table().size());
    }

    @Test void aLifeOfCleaningNeverChangesWhatTheLogMeans() {
        for (int seed = 0; seed < 10; seed++) {
            var random = new Random(seed);
            var life = new CleanerBench().with(CleanerBench.COMPACT.toBuilder().segmentBytes(400 + random.nextInt(2_000)).build());
            life.settings = new CleanerSettings(24L * (2 + random.nextInt(40)), 0.9, 2_048, Double.MAX_VALUE);
            life.open();
            var sequences = new int[3];
            var expected = new TreeMap<String, String>();
            for (int step = 0; step < 150; step++) {
                int producer = random.nextInt(3);
                String key = "k" + random.nextInt(12);
                String value = random.nextInt(4) == 0 ? "" : "" + step;
                boolean commit = random.nextBoolean();
                boolean transaction = random.nextInt(3) == 0;
                if (transaction) {
                    life.transactional(producer, sequences[producer], key + "=" + value, "t" + producer + "=" + step);
                    sequences[producer] += 2;
                    life.end(producer, commit);
                } else {
                    life.put(Codec.values()[random.nextInt(5)], key + "=" + value);
                }
                if (!transaction || commit) {
                    if (value.isEmpty()) expected.remove(key);
                    else expected.put(key, value);
                    if (transaction) expected.put("t" + producer, "" + step);
                }
                if (random.nextInt(6) == 0) life.clean();
                if (random.nextInt(10) == 0) life.clock.advance(7_000);
                if (random.nextInt(25) == 0) life.kill();
                if (random.nextInt(20) == 0) assertThat(life.table()).as("seed %d step %d", seed, step).isEqualTo(expected);
            }
            life.roll().clean();
            assertThat(life.table()).as("seed %d", seed).isEqualTo(expected);
            assertThat(life.failures).isEmpty();
            assertThat(life.cleaner.uncleanable()).isEmpty();
        }
    }
}
