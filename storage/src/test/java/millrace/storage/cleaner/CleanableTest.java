package millrace.storage.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import millrace.storage.log.LogConfig;
import millrace.storage.log.SegmentFacts;
import org.junit.jupiter.api.Test;

/// Which part of a log may be cleaned, and when.
class CleanableTest {
    private static final long NOW = 1_000_000;
    private static final LogConfig COMPACT = LogConfig.builder().deletes(false).compacts(true).build();
    /// Four segments of 100 offsets, the last one open.
    private static final List<SegmentFacts> LOG = List.of(segment(0, 1_000), segment(100, 2_000), segment(200, 3_000), segment(300, 500));

    private static SegmentFacts segment(long base, int bytes) {
        return new SegmentFacts(base, base + 100, bytes, NOW - 1_000 + base, NOW - 950 + base, 0, 0);
    }

    private static Cleanable cleanable(LogConfig config, long lastStableOffset, long checkpoint) {
        return Cleanable.of(config, LOG, 0, lastStableOffset, checkpoint < 0 ? OptionalLong.empty() : OptionalLong.of(checkpoint), NOW);
    }

    @Test void everythingButTheLastSegmentIsDirtyAtFirst() {
        assertThat(cleanable(COMPACT, 400, -1)).isEqualTo(new Cleanable(0, 300, 0, 6_000, false));
    }

    @Test void whatWasCleanedIsNotDirty() {
        Cleanable found = cleanable(COMPACT, 400, 200);
        assertThat(found).isEqualTo(new Cleanable(200, 300, 3_000, 3_000, false));
        assertThat(found.dirtyRatio()).isEqualTo(0.5);
        assertThat(found.isDue(0.5)).isFalse();
        assertThat(found.isDue(0.49)).isTrue();
    }

    @Test void theSegmentOfAnUndecidedTransactionIsLeftAloneWhole() {
        assertThat(cleanable(COMPACT, 250, -1).firstUncleanableOffset()).isEqualTo(200);
        assertThat(cleanable(COMPACT, 50, -1)).isEqualTo(new Cleanable(0, 0, 0, 0, false));
    }

    @Test void segmentsYoungerThanTheMinimumLagAreLeftAlone() {
        LogConfig lagging = COMPACT.toBuilder().minCompactionLagMs(800).build();
        assertThat(cleanable(lagging, 400, -1).firstUncleanableOffset()).isEqualTo(200);         // its largest timestamp is NOW - 750
    }

    @Test void whatHasWaitedForTheMaximumLagIsDueHoweverLittleItIs() {
        LogConfig hasty = COMPACT.toBuilder().maxCompactionLagMs(750).build();
        assertThat(cleanable(hasty, 400, 200).overdue()).isTrue();                               // its first timestamp is NOW - 800
        assertThat(cleanable(hasty, 400, 200).isDue(1.0)).isTrue();
        assertThat(cleanable(COMPACT.toBuilder().maxCompactionLagMs(850).build(), 400, 200).overdue()).isFalse();
        assertThat(cleanable(hasty, 400, 300).isDue(1.0)).isFalse();
    }

    @Test void aCheckpointOutsideTheLogSaysNothing() {
        assertThat(cleanable(COMPACT, 400, 401).firstDirtyOffset()).isZero();
        assertThat(Cleanable.of(COMPACT, LOG, 120, 400, OptionalLong.of(80), NOW).firstDirtyOffset()).isEqualTo(120);
    }

    @Test void segmentsThatFitTogetherBecomeOne() {
        assertThat(SegmentGroups.bySize(LOG, 3_000, 1_000).stream().map(List::size)).containsExactly(2, 1, 1);
        assertThat(SegmentGroups.bySize(LOG, 1, 1_000).stream().map(List::size)).containsExactly(1, 1, 1, 1);
        assertThat(SegmentGroups.bySize(LOG, 1 << 30, 1_000).stream().map(List::size)).containsExactly(4);
        var far = List.of(new SegmentFacts(0, 100, 10, -1, -1, 0, 0), new SegmentFacts(1L << 31, (1L << 31) + 10, 10, -1, -1, 0, 0));
        assertThat(SegmentGroups.bySize(far, 1_000, 1_000)).hasSize(2);
        var full = List.of(new SegmentFacts(0, 100, 10, -1, -1, 800, 12), new SegmentFacts(100, 200, 10, -1, -1, 208, 12));
        assertThat(SegmentGroups.bySize(full, 1_000, 1_000)).hasSize(2);
    }
}
