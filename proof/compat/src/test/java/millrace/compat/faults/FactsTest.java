package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The judge of the campaigns is wrong about nothing: planted losses, wrong records and lies are found, refusals are not called losses.
class FactsTest {
    private static final int RECORDS = 100;
    private final Facts facts = new Facts();
    private final TreeMap<Long, Payload.Read> there = new TreeMap<>();

    FactsTest() {
        for (long offset = 0; offset < RECORDS; offset++) {
            long id = Facts.id(1, (int) offset);
            facts.sent(id, 0);
            facts.acknowledged(id, 0, offset);
            there.put(offset, new Payload.Read(id, true));
        }
    }

    private void judged(long end, long mayLackFrom, long... refused) {
        var refusals = new TreeMap<Long, String>();
        LongStream.of(refused).forEach(offset -> refusals.put(offset, "refused"));
        facts.partly(0, new Survivors(there, refusals, end), mayLackFrom);
    }

    @Test void whatIsAllThereIsRight() {
        judged(RECORDS, Long.MAX_VALUE);
        assertThat(facts.violations()).isEmpty();
    }

    @Test void aRecordThatIsGoneWithoutAWordIsFound() {
        there.remove(50L);
        judged(RECORDS, Long.MAX_VALUE);
        assertThat(facts.violations()).singleElement().asString().startsWith("D1").contains("offset 50");
    }

    @Test void aRefusedRecordIsNoLoss() {
        for (long offset = 50; offset < 75; offset++) there.remove(offset);
        judged(RECORDS, Long.MAX_VALUE, 50);
        assertThat(facts.violations()).isEmpty();
    }

    @Test void anotherRecordInItsPlaceIsFound() {
        there.put(50L, new Payload.Read(Facts.id(1, 51), true));
        judged(RECORDS, Long.MAX_VALUE);
        assertThat(facts.violations()).anySatisfy(violation -> assertThat(violation).startsWith("D1").contains("offset 50"));
    }

    @Test void whatNobodySentAndWhatNobodyWroteIsFound() {
        there.put(50L, new Payload.Read(Facts.id(7, 1), true));
        there.put(51L, new Payload.Read(-1, false));
        judged(RECORDS, Long.MAX_VALUE);
        assertThat(facts.violations()).filteredOn(violation -> violation.startsWith("D2")).hasSize(2);
    }

    @Test void aLogMayEndEarlierWhereNothingSpokeForItAndNowhereElse() {
        there.tailMap(80L).clear();
        judged(80, 70);
        assertThat(facts.violations()).isEmpty();
        facts.acknowledged(Facts.id(2, 0), 0, 80);
        assertThat(facts.violations()).as("the offset is free again").isEmpty();
    }

    @Test void aLogThatEndsBelowTheMarkIsFound() {
        there.tailMap(60L).clear();
        judged(60, 70);
        assertThat(facts.violations()).hasSize(10).allSatisfy(violation -> assertThat(violation).startsWith("D1"));
    }

    @Test void aHoleIsNoEarlierEnd() {
        there.remove(90L);
        judged(RECORDS, 70);
        assertThat(facts.violations()).singleElement().asString().startsWith("D1").contains("offset 90");
    }

    @Test void ofACompactedTopicTheLatestOfEachKeyLasts() {
        Facts latest = facts.latestOfEach(id -> id % 10);
        there.headMap(90L).clear();
        latest.partly(0, new Survivors(there, new TreeMap<>(), RECORDS), Long.MAX_VALUE);
        assertThat(latest.violations()).isEmpty();
        there.remove(95L);
        latest.partly(0, new Survivors(there, new TreeMap<>(), RECORDS), Long.MAX_VALUE);
        assertThat(latest.violations()).singleElement().asString().contains("offset 95");
    }
}
