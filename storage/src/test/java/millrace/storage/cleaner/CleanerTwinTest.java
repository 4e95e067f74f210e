package millrace.storage.cleaner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import millrace.record.Codec;
import millrace.record.ControlRecords;
import millrace.record.DecodeLimits;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.record.RecordBatches;
import millrace.storage.log.AbortedTransaction;
import millrace.storage.log.ApacheLog;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogConfig;
import millrace.storage.log.ProducerView;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our cleaner and Apache Kafka 4.4.0's over the same log: what survives is the same, batch by batch and record by record, in the same segments,
/// with the same transaction index, pass after pass; and Apache Kafka opens what ours has left.
class CleanerTwinTest {
    private static final LogConfig CONFIG = CleanerBench.COMPACT.toBuilder().segmentBytes(6_000).indexIntervalBytes(500).build();
    private static final int LEADER_EPOCH = 3;

    @TempDir Path temporary;

    private final class Twins {
        final CleanerBench ours = new CleanerBench();
        final Random random;
        final Path theirFolder;
        final ApacheLog theirs;
        final int keyMapSlots;
        long theirsCleanedUpTo;

        Twins(int seed) throws IOException {
            random = new Random(seed);
            keyMapSlots = random.nextInt(3) == 0 ? 40 : 10_000;
            ours.settings = new CleanerSettings(24L * keyMapSlots, 0.9, 8_192, Double.MAX_VALUE);
            ours.with(CONFIG).open();
            theirFolder = Files.createDirectories(temporary.resolve("twin" + seed).resolve("table-0"));
            theirs = ApacheLog.open(theirFolder, CONFIG, ours.clock.timestampMs(), 0, true);
        }

        void live(int steps) {
            for (int i = 0; i < steps; i++) {
                boolean marker = random.nextInt(5) == 0;
                ByteBuffer batch = marker ? marker() : batch();
                ByteBuffer copy = ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
                String expected = theirs.append(copy, LEADER_EPOCH, marker, 0);
                AppendResult result = ours.log.appendAsLeader(batch, LEADER_EPOCH, marker ? AppendOrigin.COORDINATOR : AppendOrigin.CLIENT);
                assertThat(result instanceof AppendResult.Appended appended ? "" + appended.firstOffset() : "refused").isEqualTo(expected.matches("\\d+") ? expected : "refused");
            }
        }

        private ByteBuffer marker() {
            return ControlRecords.endTransactionMarker(0, ours.clock.timestampMs(), 0, random.nextInt(4), (short) 0, random.nextBoolean(), 1);
        }

        private ByteBuffer batch() {
            int id = random.nextInt(6);
            try (var builder = new RecordBatchBuilder().codec(Codec.values()[random.nextInt(5)])) {
                if (id < 4) builder.producer(id, (short) 0, nextSequence(id)).transactional(random.nextInt(3) > 0 || inTransaction(id));
                int records = 1 + random.nextInt(5);
                for (int i = 0; i < records; i++) {
                    ByteBuffer value = random.nextInt(4) == 0 ? null : bytes("v" + random.nextInt(1_000) + "x".repeat(random.nextInt(60)));
                    builder.append(ours.clock.timestampMs() - random.nextInt(5_000), bytes("key" + random.nextInt(30)), value, List.of());
                }
                return builder.build();
            }
        }

        private int nextSequence(int id) {
            return ours.log.producers().stream().filter(each -> each.producerId() == id).mapToInt(each -> each.lastSequence() + 1).findFirst().orElse(0);
        }

        private boolean inTransaction(int id) {
            return ours.log.producers().stream().anyMatch(each -> each.producerId() == id && each.currentTransactionFirstOffset() >= 0);
        }

        void clean() throws Exception {
            ours.replicated();
            ours.log.roll();
            theirs.log.roll(java.util.Optional.of(theirs.log.logEndOffset()));
            theirs.log.updateHighWatermark(theirs.log.logEndOffset());
            long now = ours.clock.timestampMs();
            long firstUncleanable = Math.min(theirs.log.lastStableOffset(), theirs.log.activeSegment().baseOffset());
            var map = new SkimpyOffsetMap(24 * keyMapSlots);
            var cleaner = new Cleaner(0, map, 8_192, 1 << 20, 0.9, new Throttler(Double.MAX_VALUE, 300, "throttler", "entries", Time.SYSTEM), Time.SYSTEM, of -> {});
            var toClean = new LogToClean(theirs.log, theirsCleanedUpTo, firstUncleanable, false);
            var before = ours.table();
            boolean cleaned = ours.cleaner.cleanFilthiest(ours.settings);
            assertThat(ours.cleaner.uncleanable()).isEmpty();
            assertThat(cleaned).isEqualTo(toClean.cleanableBytes() > 0);
            if (cleaned) theirsCleanedUpTo = cleaner.doClean(toClean, now).getKey();
            assertThat(ours.directory.cleanerCheckpoint().of(CleanerBench.TABLE).orElse(0)).isEqualTo(theirsCleanedUpTo);
            assertThat(ours.table()).isEqualTo(before);
        }

        void compare(String when) throws IOException {
            List<String> mine = ourSegments();
            List<String> expected = segments(theirFolder);
            for (int i = 0; i < Math.min(mine.size(), expected.size()); i++) assertThat(mine.get(i)).as("%s, batch %d behind %s", when, i, i == 0 ? "nothing" : mine.get(i - 1)).isEqualTo(expected.get(i));
            assertThat(mine).as(when).hasSameSizeAs(expected);
            assertThat(ours.aborted()).as(when).containsExactlyInAnyOrderElementsOf(theirs.aborted());
        }

        private List<String> ourSegments() throws IOException {
            Path copy = Files.createDirectories(Files.createTempDirectory(temporary, "ours").resolve("table-0"));
            ours.disk.exportTo(CleanerBench.FOLDER, copy);
            return segments(copy);
        }
    }

    /// Every batch of every segment file, described; the bytes too where no compressor had its own way.
    private static List<String> segments(Path folder) throws IOException {
        var told = new ArrayList<String>();
        List<Path> logs;
        try (var files = Files.list(folder)) {
            logs = files.filter(file -> file.getFileName().toString().endsWith(".log")).sorted().toList();
        }
        for (Path log : logs) {
            told.add(log.getFileName().toString());
            for (RecordBatch batch : RecordBatches.of(ByteBuffer.wrap(Files.readAllBytes(log)))) told.add(told(batch));
        }
        return told;
    }

    private static String told(RecordBatch batch) {
        assertThat(batch.crcMatches()).isTrue();
        var text = new StringBuilder(batch.toString().replaceAll(", \\d+ bytes", "")).append(" horizon ").append(batch.deleteHorizonMs()).append(" base ").append(batch.baseTimestamp()).append(" max ").append(batch.maxTimestamp());
        try (var records = batch.records(DecodeLimits.DEFAULT)) {
            while (records.hasNext()) {
                var record = records.next();
                text.append(' ').append(record.offset()).append('@').append(record.timestamp()).append(' ').append(hex(record.key())).append('=').append(hex(record.value()));
            }
        }
        if (batch.codec() == Codec.NONE) text.append(" bytes ").append(hex(batch.bytes()));
        return text.toString();
    }

    private static String hex(ByteBuffer bytes) {
        if (bytes == null) return "null";
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }

    private static ByteBuffer bytes(String of) {
        return ByteBuffer.wrap(of.getBytes(UTF_8));
    }

    @Test void bothLeaveTheSameBatchesPassAfterPass() throws Exception {
        for (int seed = 0; seed < 12; seed++) {
            var twins = new Twins(seed);
            for (int round = 0; round < 6; round++) {
                twins.live(60);
                twins.clean();
                twins.compare("seed " + seed + " round " + round);
                twins.ours.clock.advance(4_000 + twins.random.nextInt(8_000));
                twins.theirs.setTime(twins.ours.clock.timestampMs());
            }
            assertThat(twins.ours.log.producers()).isEqualTo(twins.theirs.producers());
            twins.theirs.close();
        }
    }

    @Test void apacheOpensWhatOursHasCleanedAndAgreesAboutItsProducers() throws Exception {
        var twins = new Twins(99);
        for (int round = 0; round < 4; round++) {
            twins.live(60);
            twins.clean();
            twins.ours.clock.advance(11_000);
            twins.theirs.setTime(twins.ours.clock.timestampMs());
        }
        List<ProducerView> producers = twins.ours.log.producers();
        var aborted = twins.ours.aborted();
        long end = twins.ours.log.logEndOffset();
        twins.ours.directory.closeCleanly(1);
        Path folder = Files.createDirectories(temporary.resolve("handed").resolve("table-0"));
        twins.ours.disk.exportTo(CleanerBench.FOLDER, folder);
        for (boolean clean : new boolean[] {true, false}) {                      // as it is, and as if the stop had been unclean: read from its beginning
            try (ApacheLog apache = ApacheLog.open(folder, CONFIG, twins.ours.clock.timestampMs(), clean ? end : 0, clean)) {
                assertThat(apache.log.logEndOffset()).isEqualTo(end);
                assertThat(apache.producers()).isEqualTo(producers);
                if (clean) assertThat(apache.aborted()).containsExactlyInAnyOrderElementsOf(aborted);
                else assertThat(apache.aborted()).extracting(AbortedTransaction::lastOffset).containsAll(aborted.stream().map(AbortedTransaction::lastOffset).toList());
                for (var segment : apache.log.logSegments()) segment.sanityCheck(false);
            }
        }
        twins.theirs.close();
    }
}
