package millrace.storage.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import millrace.record.Codec;
import millrace.record.RecordBatchBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our log and Apache Kafka 4.4.0's side by side: the same appends give the same answers and the same files, and each opens what the
/// other left behind.
class ApacheTwinTest {
    private static final LogConfig CONFIG = LogConfig.builder().segmentBytes(8_000).indexIntervalBytes(500).build();
    private static final long NOW = 1_700_000_000_000L;

    @TempDir Path temporary;

    /// One random life of several producers, told to both.
    private static final class Twins {
        final LogBench ours = new LogBench().with(CONFIG);
        final Path theirFolder;
        final Random random;
        ApacheLog theirs;
        int epoch = 1;

        Twins(Path temporary, int seed) throws IOException {
            random = new Random(seed);
            theirFolder = Files.createDirectories(temporary.resolve("twin" + seed).resolve("orders-0"));
            ours.open();
            theirs = ApacheLog.open(theirFolder, CONFIG, NOW, 0, true);
        }

        void live(int steps) {
            for (int i = 0; i < steps; i++) {
                if (random.nextInt(40) == 0) epoch++;
                boolean marker = random.nextInt(6) == 0;
                ByteBuffer batch = marker
                        ? LogBench.marker(random.nextInt(4), random.nextInt(3), random.nextBoolean(), random.nextInt(3))
                        : batch(random);
                int version = marker && random.nextInt(4) == 0 ? 2 : 0;
                ByteBuffer copy = ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
                String expected = theirs.append(copy, epoch, marker, version);
                AppendResult result = ours.log.appendAsLeader(batch, epoch, marker ? AppendOrigin.COORDINATOR : AppendOrigin.CLIENT, (short) version);
                assertThat(told(result)).as("step %d", i).isEqualTo(expected);
                if (random.nextInt(50) == 0) ours.flush();
            }
            ours.log.updateHighWatermark(ours.log.logEndOffset());
        }

        private static String told(AppendResult result) {
            return switch (result) {
                case AppendResult.Appended appended -> "" + appended.firstOffset();
                case AppendResult.Duplicate duplicate -> "DUPLICATE " + duplicate.firstOffset();
                case AppendResult.Refused refused -> refused.error().name();
            };
        }

        private ByteBuffer batch(Random random) {
            boolean plain = random.nextInt(3) == 0;
            int[] sequences = {0, 1, 2, 3, 4, 5, Integer.MAX_VALUE - 1, Integer.MAX_VALUE};
            int sequence = random.nextInt(8) == 0 ? sequences[random.nextInt(sequences.length)] : -2;
            long id = random.nextInt(4);
            short producerEpoch = (short) random.nextInt(3);
            if (sequence == -2) {                                            // what the producer's next batch would be, most often
                sequence = 0;
                for (ProducerView each : ours.log.producers()) {
                    if (each.producerId() != id) continue;
                    producerEpoch = random.nextInt(10) == 0 ? producerEpoch : each.producerEpoch();
                    sequence = each.lastSequence() == Integer.MAX_VALUE ? 0 : each.lastSequence() + 1;
                }
            }
            var codec = Codec.values()[random.nextInt(5)];
            try (var builder = new RecordBatchBuilder().codec(codec)) {
                if (!plain) builder.producer(id, producerEpoch, sequence).transactional(random.nextInt(3) > 0);
                int records = 1 + random.nextInt(4);
                for (int i = 0; i < records; i++)
                    builder.append(NOW - 1_000_000 + random.nextInt(1_000_000), null, ByteBuffer.wrap(("v" + random.nextInt(1000) + "x".repeat(random.nextInt(200))).getBytes(UTF_8)), List.of());
                return builder.build();
            }
        }

        void close() {
            ours.log.close();
            theirs.close();
        }
    }

    /// Kafka rolls before it looks at the producer, so a batch that it refuses may begin a segment there. Lives in which that happens have
    /// the same records in other files.
    @Test void theSameAppendsGetTheSameAnswersAndLeaveTheSameFiles() throws IOException {
        int sameFiles = 0;
        for (int seed = 0; seed < 6; seed++) {
            var twins = new Twins(temporary, seed);
            twins.live(400);
            assertThat(twins.ours.log.producers()).isEqualTo(twins.theirs.producers());
            assertThat(twins.ours.content()).isEqualTo(twins.theirs.content());
            for (int i = 0; i < 50; i++) {
                long at = NOW - 1_000_000 + i * 20_000L;
                assertThat(twins.ours.log.offsetForTimestamp(at).map(found -> OptionalLong.of(found.offset())).orElse(OptionalLong.empty())).as("timestamp %d", at).isEqualTo(twins.theirs.offsetForTimestamp(at));
            }
            twins.theirs.log.updateHighWatermark(twins.theirs.log.logEndOffset());
            assertThat(twins.ours.log.lastStableOffset(twins.ours.log.logEndOffset())).isEqualTo(twins.theirs.log.lastStableOffset());
            twins.close();
            var ourFiles = ourFiles(twins.ours);
            var theirFiles = files(twins.theirFolder);
            if (!ourFiles.keySet().equals(theirFiles.keySet())) continue;
            sameFiles++;
            for (String name : theirFiles.keySet()) {
                if (name.endsWith(".snapshot")) assertThat(producers(ourFiles.get(name))).as(name).isEqualTo(producers(theirFiles.get(name)));
                else assertThat(ourFiles.get(name)).as("seed %d %s", seed, name).isEqualTo(withoutPadding(name, theirFiles.get(name), ourFiles.get(name).length));
            }
        }
        assertThat(sameFiles).isGreaterThanOrEqualTo(4);
    }

    /// The last segment's indexes keep the zeroes that Kafka allocated them with.
    private static byte[] withoutPadding(String name, byte[] file, int length) {
        if (!name.endsWith("index") || file.length <= length) return file;
        for (int i = length; i < file.length; i++) if (file[i] != 0) return file;
        return Arrays.copyOf(file, length);
    }

    /// Kafka writes producers in no order of its own, so the entries are compared by id.
    private static List<String> producers(byte[] snapshot) {
        List<Producer> producers = ProducerSnapshots.read(ByteBuffer.wrap(snapshot));
        assertThat(producers).isNotNull();
        return producers.stream().sorted(java.util.Comparator.comparingLong(each -> each.producerId))
                .map(each -> each.producerId + " " + each.epoch() + " " + each.lastSequence() + " " + each.lastOffset() + " " + each.lastOffsetDelta() + " " + each.lastTimestamp() + " "
                        + each.coordinatorEpoch() + " " + each.transactionFirstOffset()).toList();
    }

    private static TreeMap<String, byte[]> ourFiles(LogBench bench) {
        var files = new TreeMap<String, byte[]>();
        for (String name : bench.names()) if (!name.endsWith(SegmentFiles.RECENT_BATCHES) && !name.endsWith(SegmentFiles.IDENTITY) && !name.endsWith(SegmentFiles.TRANSACTION_SUM)) files.put(name, bench.disk.content(bench.folder.resolve(name)));
        return files;
    }

    private static TreeMap<String, byte[]> files(Path folder) throws IOException {
        var files = new TreeMap<String, byte[]>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path each : all.toList()) files.put(each.getFileName().toString(), Files.readAllBytes(each));
        }
        return files;
    }

    @Test void apacheOpensWhatWeClosedAndWeOpenItAgain() throws IOException {
        var twins = new Twins(temporary, 77);
        twins.live(300);
        twins.close();
        Path folder = Files.createDirectories(temporary.resolve("handed/orders-0"));
        twins.ours.disk.exportTo(twins.ours.folder, folder);
        long end = twins.ours.log.logEndOffset();
        try (ApacheLog apache = ApacheLog.open(folder, CONFIG, NOW, end, true)) {
            assertThat(apache.log.logEndOffset()).isEqualTo(end);
            assertThat(apache.producers()).isEqualTo(twins.ours.log.producers());
            twins.theirs = apache;
            for (int i = 0; i < 30; i++) assertThat(apache.append(LogBench.batch(NOW, "apache" + i), 9, false, 0)).isEqualTo("" + (end + i));
        }
        var again = new LogBench(new MemoryDisk()).with(CONFIG);
        again.disk.importFrom(folder, again.folder);
        again.open(new LogStart(end + 30, 0, 0, true));
        assertThat(again.log.logEndOffset()).isEqualTo(end + 30);
        assertThat(again.content(end)).hasSize(30).contains(end + ":apache0");
        assertThat(again.log.epochEndOffset(8).offset()).isEqualTo(end);
        assertThat(again.log.producers()).isEqualTo(twins.ours.log.producers());
        assertThat(again.events(LogEvent.SideFileRejected.class)).isEmpty();
        assertThat(again.content()).hasSize(again.content().size());
    }

    @Test void apacheRecoversWhatWeLeftWhenKilled() throws IOException {
        var twins = new Twins(temporary, 78);
        twins.live(300);
        long recoveryPoint = twins.ours.log.recoveryPoint();
        var producers = twins.ours.log.producers();
        var content = twins.ours.content();
        twins.ours.log.abandon();
        Path folder = Files.createDirectories(temporary.resolve("killed/orders-0"));
        twins.ours.disk.exportTo(twins.ours.folder, folder);
        try (ApacheLog apache = ApacheLog.open(folder, CONFIG, NOW, recoveryPoint, false)) {
            assertThat(apache.content()).isEqualTo(content);
            assertThat(apache.producers()).isEqualTo(producers);
            assertThat(apache.aborted()).isEqualTo(twins.theirs.aborted());
        }
        twins.theirs.close();
    }

    @Test void weRecoverWhatApacheLeftWhenKilled() throws IOException {
        var twins = new Twins(temporary, 79);
        twins.live(300);
        var mine = new LogBench(new MemoryDisk()).with(CONFIG);
        mine.disk.importFrom(twins.theirFolder, mine.folder);
        mine.open(new LogStart(0, 0, 0, false));
        assertThat(mine.content()).isEqualTo(twins.theirs.content());
        assertThat(mine.log.producers()).isEqualTo(twins.theirs.producers());
        assertThat(mine.log.latestEpoch()).isEqualTo(twins.epoch);
        var aborted = new ArrayList<AbortedTransaction>();
        for (long offset = 0; offset < mine.log.logEndOffset(); offset++) {
            var read = (ReadResult.Read) mine.log.read(offset, 1, mine.log.logEndOffset(), true);
            for (AbortedTransaction each : read.abortedTransactions()) if (!aborted.contains(each)) aborted.add(each);
            read.release();
        }
        assertThat(aborted).containsExactlyInAnyOrderElementsOf(twins.theirs.aborted());
        twins.close();
    }
}
