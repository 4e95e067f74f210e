package millrace.sim.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import millrace.sim.Violation;
import millrace.sim.log.LogHistory.EndSeen;
import millrace.sim.log.LogHistory.Poll;
import millrace.sim.log.LogHistory.Produce;
import millrace.sim.log.LogHistory.Seen;
import org.junit.jupiter.api.Test;

/// Each checker is given a history that keeps its law and one that breaks it.
class LogCheckersTest {
    private final LogHistory history = new LogHistory();
    private long nowNanos;

    private Produce acked(int producer, long offset) {
        Produce produce = history.produce(producer, true, 0, 1, ++nowNanos);
        produce.ok(offset, ++nowNanos);
        return produce;
    }

    private static Seen at(long offset, Produce produce) {
        return new Seen(offset, produce.recordId(0), true);
    }

    private void read(long from, long next, Seen... seen) {
        history.poll(new Poll(1, 1, 0, from, next, Arrays.asList(seen), ++nowNanos, ++nowNanos, false));
    }

    private void readAtLast(long next, Seen... seen) {
        history.poll(new Poll(2, 1, 0, 0, next, Arrays.asList(seen), ++nowNanos, ++nowNanos, true));
    }

    private String broken() {
        List<Violation> found = new ArrayList<>();
        for (LogChecker checker : LogChecker.all()) found.addAll(checker.violations(history));
        return found.stream().map(Violation::law).distinct().sorted().collect(Collectors.joining(" "));
    }

    @Test void aGoodHistoryBreaksNoLaw() {
        Produce a = acked(1, 0);
        Produce b = acked(1, 1);
        read(0, 2, at(0, a), at(1, b));
        history.end(new EndSeen(0, 2, ++nowNanos, ++nowNanos));
        readAtLast(2, at(0, a), at(1, b));
        assertThat(broken()).isEmpty();
    }

    @Test void anAcknowledgedRecordAtAnotherOffsetBreaksD11() {
        Produce a = acked(1, 0);
        read(0, 1, at(0, a));
        assertThat(new ServedAsWritten().violations(history)).isEmpty();
        read(0, 65_537, at(65_536, a));
        assertThat(new ServedAsWritten().violations(history)).singleElement().satisfies(it -> assertThat(it.law()).isEqualTo("D11"));
    }

    @Test void anAcknowledgedRecordThatIsGoneBreaksD1() {
        acked(1, 0);
        readAtLast(1);
        assertThat(broken()).isEqualTo("D1");
    }

    @Test void anAcknowledgedRecordBehindTheEndBreaksD1() {
        acked(1, 0);
        readAtLast(0);
        assertThat(broken()).isEqualTo("D1");
    }

    @Test void anAcknowledgedRecordMayBeDeletedWhenAskedFor() {
        acked(1, 0);
        history.mayDeleteBelow(0, 1);
        readAtLast(1);
        assertThat(broken()).isEmpty();
    }

    @Test void aReadBeforeTheAcknowledgementNeedNotSeeTheRecord() {
        Produce open = history.produce(1, true, 0, 1, ++nowNanos);
        read(0, 0);
        open.ok(0, ++nowNanos);
        readAtLast(1, at(0, open));
        assertThat(broken()).isEmpty();
    }

    @Test void aRecordThatNobodySentBreaksD2() {
        readAtLast(1, new Seen(0, 4_711_000, true));
        assertThat(broken()).isEqualTo("D2");
    }

    @Test void aRecordWhoseSenderWasRefusedBreaksD2() {
        Produce refused = history.produce(1, false, 0, 1, ++nowNanos);
        refused.failed(++nowNanos);
        readAtLast(1, at(0, refused));
        assertThat(broken()).isEqualTo("D2");
    }

    @Test void aChangedRecordBreaksD2() {
        Produce a = acked(1, 0);
        readAtLast(1, new Seen(0, a.recordId(0), false));
        assertThat(broken()).isEqualTo("D2");
    }

    @Test void aRecordInAnotherPartitionBreaksD2() {
        Produce elsewhere = history.produce(1, false, 3, 1, ++nowNanos);
        readAtLast(1, at(0, elsewhere));
        assertThat(broken()).isEqualTo("D2");
    }

    @Test void aRecordWithoutAnAnswerMayBeThereOrNot() {
        Produce open = history.produce(1, false, 0, 1, ++nowNanos);
        read(0, 1, at(0, open));
        history.produce(1, false, 0, 1, ++nowNanos);
        readAtLast(1, at(0, open));
        assertThat(broken()).isEmpty();
    }

    @Test void twoRecordsAtOneOffsetBreakD3() {
        Produce first = history.produce(1, false, 0, 1, ++nowNanos);
        Produce second = history.produce(2, false, 0, 1, ++nowNanos);
        read(0, 1, at(0, first));
        readAtLast(1, at(0, second));
        assertThat(broken()).isEqualTo("D3");
    }

    @Test void aPassedRecordBreaksD4() {
        Produce a = history.produce(1, false, 0, 1, ++nowNanos);
        Produce b = history.produce(1, false, 0, 1, ++nowNanos);
        Produce c = history.produce(1, false, 0, 1, ++nowNanos);
        read(0, 3, at(0, a), at(2, c));
        readAtLast(3, at(0, a), at(1, b), at(2, c));
        assertThat(broken()).isEqualTo("D4");
    }

    @Test void goingOnElsewhereThanWhereOneStoppedBreaksD4() {
        Produce a = history.produce(1, false, 0, 1, ++nowNanos);
        read(0, 1, at(0, a));
        read(5, 5);
        assertThat(broken()).isEqualTo("D4");
    }

    @Test void goingBackWithinAReadBreaksD4() {
        Produce a = history.produce(1, false, 0, 1, ++nowNanos);
        Produce b = history.produce(1, false, 0, 1, ++nowNanos);
        read(0, 2, at(1, b), at(0, a));
        assertThat(broken()).isEqualTo("D4");
    }

    @Test void anEndBeforeWhatAReaderHasBeenShownBreaksD4() {
        history.shrunk(new LogHistory.Shrunk(1, 0, 5, 3));
        assertThat(broken()).isEqualTo("D4");
    }

    @Test void aLaterBatchThatLiesBeforeAnEarlierOneBreaksD5() {
        Produce first = history.produce(1, true, 0, 1, ++nowNanos);
        Produce second = history.produce(1, true, 0, 1, ++nowNanos);
        second.ok(0, ++nowNanos);
        first.ok(1, ++nowNanos);
        assertThat(broken()).isEqualTo("D5");
    }

    @Test void theOrderIsAlsoLookedForInReads() {
        Produce first = history.produce(1, true, 0, 1, ++nowNanos);
        Produce second = history.produce(1, true, 0, 1, ++nowNanos);
        readAtLast(2, at(0, second), at(1, first));
        assertThat(broken()).isEqualTo("D5");
    }

    @Test void oneRecordAtTwoOffsetsBreaksD6() {
        Produce a = history.produce(1, true, 0, 1, ++nowNanos);
        readAtLast(2, at(0, a), at(1, a));
        assertThat(broken()).isEqualTo("D6");
    }

    @Test void aRepeatAcknowledgedWithAnotherOffsetBreaksD6() {
        Produce a = history.produce(1, true, 0, 1, ++nowNanos);
        a.ok(1, ++nowNanos);
        Produce b = history.produce(2, false, 0, 1, ++nowNanos);
        readAtLast(2, at(0, a), at(1, a), at(2, b));
        assertThat(broken()).isEqualTo("D6");
    }

    @Test void whatIsAskedForLaterMayNotLieBefore() {
        Produce a = history.produce(1, false, 0, 1, ++nowNanos);
        a.ok(5, ++nowNanos);
        Produce b = history.produce(2, false, 0, 1, ++nowNanos);
        b.ok(4, ++nowNanos);
        assertThat(broken()).isEqualTo("D7");
    }

    @Test void whatWasAskedForAtTheSameTimeMayLieEitherWay() {
        Produce a = history.produce(1, false, 0, 1, ++nowNanos);
        Produce b = history.produce(2, false, 0, 1, ++nowNanos);
        a.ok(1, ++nowNanos);
        b.ok(0, ++nowNanos);
        assertThat(broken()).isEmpty();
    }

    @Test void anEndBeforeWhatWasAcknowledgedBreaksD7() {
        acked(1, 0);
        history.end(new EndSeen(0, 0, ++nowNanos, ++nowNanos));
        assertThat(broken()).isEqualTo("D7");
    }
}
