package millrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import millrace.group.GroupCore;
import millrace.group.stored.GroupChange;
import millrace.group.stored.GroupChange.OffsetCommit;
import millrace.protocol.group.OffsetCommitValue;
import millrace.record.RecordBatchBuilder;

/// How long a coordinator is away while it reads its partition. The aim is 5 s; the test allows `-Dload.factor` times as much, because it runs
/// beside other work, and tells what it was.
class CoordinatorLoadTimeTest {
    private static final int GROUPS = 10_000;
    private static final int OFFSETS_OF_EACH = 100;
    private static final Duration BOUND = Duration.ofSeconds(5).multipliedBy(Integer.getInteger("load.factor", 4));

    private final ChangeFormat<GroupChange> format = new GroupFormat();
    private final FakePartition partition = new FakePartition(0);

    @Test void aMillionOffsetsOfTenThousandGroupsAreLoadedInTime() {
        for (int group = 0; group < GROUPS; group++) commit("group-" + group);
        var core = new GroupCore(CoordinationSettings.DEFAULTS.groups());
        var loader = new CoordinatorLoader<>(partition, format, CoordinationSettings.DEFAULTS.shell().loadBufferBytes());
        long began = System.nanoTime();
        loader.load(core, () -> false);
        core.loaded(0, 1_700_000_000_000L);
        Duration taken = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("loaded " + loader.records() + " offsets of " + GROUPS + " groups in " + taken.toMillis() + " ms");
        assertThat(loader.records()).isEqualTo((long) GROUPS * OFFSETS_OF_EACH);
        assertThat(taken).isLessThan(BOUND);
    }

    private void commit(String group) {
        try (var builder = new RecordBatchBuilder()) {
            for (int i = 0; i < OFFSETS_OF_EACH; i++) {
                var change = new OffsetCommit(GroupChange.NO_PRODUCER_ID, group, "a-topic-of-usual-length-" + i / 10, i % 10,
                        OffsetCommitValue.builder().offset(1_000_000 + i).metadata("").commitTimestamp(1_700_000_000_000L).build());
                builder.append(1_700_000_000_000L, format.key(change), format.value(change));
            }
            ByteBuffer batch = builder.build();
            partition.append(batch);
        }
    }
}
