package millrace.storage.log;

import static millrace.storage.log.LogBench.idempotent;
import static millrace.storage.log.LogBench.marker;
import static millrace.storage.log.LogBench.transactional;
import static org.assertj.core.api.Assertions.assertThat;

import millrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

class ProducerStatesTest {
    private final LogBench bench = new LogBench().open();

    private void refused(AppendResult result, ErrorCode error) {
        assertThat(result).isInstanceOfSatisfying(AppendResult.Refused.class, it -> assertThat(it.error()).isEqualTo(error));
    }

    private void appended(AppendResult result, long firstOffset) {
        assertThat(result).isInstanceOfSatisfying(AppendResult.Appended.class, it -> assertThat(it.firstOffset()).isEqualTo(firstOffset));
    }

    @Test void aRepeatedBatchIsAnsweredWithItsFirstOffsets() {
        appended(bench.append(idempotent(5, 0, 0, "a", "b")), 0);
        appended(bench.append(idempotent(5, 0, 2, "c")), 2);
        assertThat(bench.append(idempotent(5, 0, 0, "a", "b"))).isEqualTo(new AppendResult.Duplicate(0, 1, 1_700_000_000_000L, 0));
        assertThat(bench.log.logEndOffset()).isEqualTo(3);
    }

    @Test void fiveBatchesAreRemembered() {
        for (int i = 0; i < 6; i++) bench.append(idempotent(5, 0, i, "v"));
        refused(bench.append(idempotent(5, 0, 0, "v")), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        for (int i = 1; i < 6; i++) assertThat(bench.append(idempotent(5, 0, i, "v"))).isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test void aGapIsRefused() {
        bench.append(idempotent(5, 0, 0, "v"));
        refused(bench.append(idempotent(5, 0, 2, "v")), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        appended(bench.append(idempotent(5, 0, 1, "v")), 1);
    }

    @Test void anUnknownProducerMayBeginAnywhere() {
        appended(bench.append(idempotent(5, 3, 77, "v")), 0);
        refused(bench.append(idempotent(5, 3, 79, "v")), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test void sequencesWrapPastTheLargestInt() {
        appended(bench.append(idempotent(5, 0, Integer.MAX_VALUE - 1, "a", "b")), 0);
        appended(bench.append(idempotent(5, 0, 0, "c")), 2);
        appended(bench.append(idempotent(6, 0, Integer.MAX_VALUE, "a", "b", "c")), 3);
        appended(bench.append(idempotent(6, 0, 2, "d")), 6);
        assertThat(bench.append(idempotent(6, 0, Integer.MAX_VALUE, "a", "b", "c"))).isEqualTo(new AppendResult.Duplicate(3, 5, 1_700_000_000_000L, 0));
    }

    @Test void aNewEpochBeginsWithZeroAndEndsTheOldOne() {
        bench.append(idempotent(5, 1, 0, "v"));
        refused(bench.append(idempotent(5, 2, 1, "v")), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        appended(bench.append(idempotent(5, 2, 0, "v")), 1);
        refused(bench.append(idempotent(5, 1, 1, "v")), ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test void whoIsSilentTooLongIsForgottenUnlessATransactionIsOpen() {
        bench.append(idempotent(5, 0, 0, "v"));
        bench.append(transactional(6, 0, 0, "v"));
        bench.log.expireProducers(1_700_000_000_000L + bench.config.producerIdExpirationMs());
        assertThat(bench.log.producers()).extracting(ProducerView::producerId).containsExactly(6L);
        appended(bench.append(idempotent(5, 0, 9, "v")), 2);
    }

    @Test void theLastStableOffsetWaitsForTheOldestTransactionAndItsReplication() {
        bench.append("plain");
        bench.append(transactional(5, 0, 0, "a"));
        bench.append(transactional(6, 0, 0, "b"));
        assertThat(bench.log.lastStableOffset(3)).isEqualTo(1);
        assertThat(bench.log.lastStableOffset(1)).isEqualTo(1);
        appended(bench.mark(marker(5, 0, true, 0)), 3);
        bench.log.updateHighWatermark(3);
        assertThat(bench.log.lastStableOffset(3)).isEqualTo(1);
        bench.log.updateHighWatermark(4);
        assertThat(bench.log.lastStableOffset(4)).isEqualTo(2);
        appended(bench.mark(marker(6, 0, false, 0)), 4);
        bench.log.updateHighWatermark(5);
        assertThat(bench.log.lastStableOffset(5)).isEqualTo(5);
        assertThat(bench.content()).containsExactly("0:plain", "1:a", "2:b", "3:!", "4:!");
    }

    @Test void abortedTransactionsComeWithWhatIsReadOfThem() {
        bench.append(transactional(5, 0, 0, "a"));
        bench.append(transactional(6, 0, 0, "b"));
        bench.mark(marker(5, 0, false, 0));
        bench.mark(marker(6, 0, true, 0));
        bench.append("plain");
        var read = (ReadResult.Read) bench.log.read(0, 1 << 20, 5, true);
        assertThat(read.abortedTransactions()).containsExactly(new AbortedTransaction(5, 0, 2, 1));
        read.release();
        read = (ReadResult.Read) bench.log.read(3, 1 << 20, 5, true);
        assertThat(read.abortedTransactions()).isEmpty();
        read.release();
    }

    @Test void aBatchOutsideATransactionThatIsOpenIsRefused() {
        bench.append(transactional(5, 0, 0, "a"));
        refused(bench.append(idempotent(5, 0, 1, "b")), ErrorCode.INVALID_TXN_STATE);
    }

    @Test void aMarkerOfAnOlderCoordinatorOrProducerIsRefused() {
        bench.append(transactional(5, 3, 0, "a"));
        refused(bench.mark(marker(5, 2, true, 7)), ErrorCode.INVALID_PRODUCER_EPOCH);
        appended(bench.mark(marker(5, 3, true, 7)), 1);
        refused(bench.mark(marker(5, 3, true, 6)), ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        appended(bench.append(transactional(5, 3, 1, "b")), 2);
    }

    @Test void aStrictMarkerNeedsAHigherEpochUnlessItIsARepetition() {
        bench.append(transactional(5, 3, 0, "a"));
        refused(bench.log.appendAsLeader(marker(5, 3, true, 7), LogBench.EPOCH, AppendOrigin.COORDINATOR, (short) 2), ErrorCode.INVALID_PRODUCER_EPOCH);
        appended(bench.log.appendAsLeader(marker(5, 4, true, 7), LogBench.EPOCH, AppendOrigin.COORDINATOR, (short) 2), 1);
        appended(bench.log.appendAsLeader(marker(5, 4, true, 7), LogBench.EPOCH, AppendOrigin.COORDINATOR, (short) 2), 2);
        appended(bench.append(transactional(5, 4, 0, "b")), 3);
    }
}
