package millrace.storage.log;

import static millrace.storage.log.LogBench.idempotent;
import static millrace.storage.log.LogBench.marker;
import static millrace.storage.log.LogBench.transactional;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What is deleted while there is no room to write down what producers did there (the simulation's seed 266).
class RetentionOnFullDiskTest {
    private final LogBench bench = new LogBench().with(LogConfig.builder().segmentBytes(500).retentionMs(-1).build()).open();

    private AppendResult append(long producerId, int sequence) {
        return bench.append(idempotent(producerId, 0, sequence, "v" + sequence + "x".repeat(100)));
    }

    /// DeleteRecords up to the log's end, as far as it can be done now.
    private int deleteAll() {
        return deleteUpTo(bench.log.logEndOffset());
    }

    private int deleteUpTo(long offset) {
        bench.log.updateHighWatermark(bench.log.logEndOffset());
        bench.log.advanceLogStartOffset(offset);
        return bench.log.retention(bench.clock.timestampMs());
    }

    private void full() {
        bench.disk.usableBytes = 0;
    }

    private void roomAgain() {
        bench.disk.usableBytes = 1 << 20;
    }

    @Test void aSegmentThatAloneTellsWhatAProducerDidStays() {
        append(5, 0);
        append(5, 1);
        bench.log.roll();
        append(5, 2);
        full();
        assertThat(deleteUpTo(2)).as("segments deleted").isZero();
        assertThat(bench.events(LogEvent.DeletionPutOff.class)).singleElement().satisfies(told -> {
            assertThat(told.segments()).isEqualTo(1);
            assertThat(told.text()).contains("orders-0").contains("no space left");
        });
        bench.kill();
        for (int sequence = 0; sequence < 3; sequence++) assertThat(append(5, sequence)).as("sequence " + sequence).isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test void itGoesOnceThereIsRoomAndTheProducerIsKnownAllTheSame() {
        append(5, 0);
        append(5, 1);
        bench.log.roll();
        append(5, 2);
        full();
        deleteUpTo(2);
        roomAgain();
        assertThat(deleteUpTo(2)).isEqualTo(1);
        assertThat(bench.segmentOffsets()).containsExactly(2L);
        bench.kill();
        for (int sequence = 0; sequence < 3; sequence++) assertThat(append(5, sequence)).as("sequence " + sequence).isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test void whatLiesBelowASnapshotGoesAndMakesRoom() {
        append(5, 0);
        bench.log.roll();
        bench.flush();
        append(5, 1);
        bench.log.roll();
        append(5, 2);
        full();
        assertThat(deleteUpTo(2)).isEqualTo(1);
        assertThat(bench.segmentOffsets()).containsExactly(1L, 2L);
        assertThat(bench.log.logStartOffset()).isEqualTo(2);
        bench.kill();
        for (int sequence = 0; sequence < 3; sequence++) assertThat(append(5, sequence)).as("sequence " + sequence).isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test void withoutProducersNothingIsPutOff() {
        bench.fill(9, 200);
        bench.log.roll();
        full();
        assertThat(deleteAll()).isEqualTo(9);
        assertThat(bench.events(LogEvent.DeletionPutOff.class)).isEmpty();
    }

    @Test void nothingIsPutOffWhereLaterBatchesTellEverything() {
        for (int sequence = 0; sequence < 2; sequence++) append(5, sequence);
        bench.log.roll();
        for (int sequence = 2; sequence < 7; sequence++) append(5, sequence);
        full();
        assertThat(deleteUpTo(2)).isEqualTo(1);
        bench.kill();
        for (int sequence = 2; sequence < 7; sequence++) assertThat(append(5, sequence)).as("sequence " + sequence).isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test void aTransactionAndItsMarkerAreNotForgotten() {
        bench.append(transactional(5, 0, 0, "x".repeat(100)));
        bench.mark(marker(5, 0, true, 9));
        bench.log.roll();
        for (int sequence = 1; sequence < 6; sequence++) bench.append(transactional(5, 0, sequence, "x".repeat(100)));
        full();
        assertThat(deleteUpTo(2)).isZero();
        bench.kill();
        assertThat(bench.mark(marker(5, 0, true, 8))).as("a marker of a coordinator that was fenced").isInstanceOf(AppendResult.Refused.class);
    }

    // ---- with room

    /// A snapshot says that no marker below it need be read again. So it must not come to the device before what they have aborted.
    @Test void whatWasAbortedIsKnownBehindTheSnapshotThatRetentionTakes() throws IOException {
        append(6, 0);
        append(6, 1);
        bench.log.roll();
        bench.append(transactional(5, 0, 0, "aborted"));
        bench.kill();                                                        // the first segment has no snapshot behind it now
        bench.mark(marker(5, 0, false, 9));
        assertThat(deleteUpTo(2)).isEqualTo(1);
        assertThat(bench.log.rewrite().abortedTransactions(2, 4)).hasSize(1);
        bench.kill();
        assertThat(bench.log.rewrite().abortedTransactions(2, 4)).as("after a kill").hasSize(1);
    }
}
