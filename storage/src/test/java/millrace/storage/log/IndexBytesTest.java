package millrace.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Found under load: a flush wrote an index while appends went on, counted its entries twice, and met more the second time.
class IndexBytesTest {
    @Test void entriesAppendedAfterTheyWereCountedAreNotWritten() {
        var index = OffsetIndex.empty();
        for (int i = 1; i <= 3; i++) index.append(i, i * 100);
        int counted = index.count();
        for (int i = 4; i <= 40; i++) index.append(i, i * 100);
        assertThat(index.bytes(1, counted).remaining()).isEqualTo(2 * OffsetIndex.ENTRY_BYTES);
    }

    @Test void theSameHoldsForTimes() {
        var index = TimeIndex.empty();
        for (int i = 1; i <= 3; i++) index.appendIfLater(1_000 + i, i);
        int counted = index.count();
        for (int i = 4; i <= 40; i++) index.appendIfLater(1_000 + i, i);
        assertThat(index.bytes(1, counted).remaining()).isEqualTo(2 * TimeIndex.ENTRY_BYTES);
    }
}
