package millrace.sim.group;

import java.util.ArrayList;
import java.util.List;
import millrace.common.Uuid;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.protocol.ErrorCode;
import millrace.sim.World;
import millrace.sim.group.GroupHistory.Fetched;

/// Asks for the group's committed offsets now and then.
final class OffsetReader {
    private static final long PAUSE_NANOS = 300_000_000;
    private static final long DELAY_NANOS = 800_000;

    private final World world;
    private final GroupNode node;
    private final GroupHistory history;
    private final String groupId;
    private final int partitions;
    private int answers;

    OffsetReader(World world, GroupNode node, GroupHistory history, String groupId, int partitions) {
        this.world = world;
        this.node = node;
        this.history = history;
        this.groupId = groupId;
        this.partitions = partitions;
    }

    void begin() {
        world.at(world.chance().heavyTailed(PAUSE_NANOS), () -> {
            read();
            begin();
        });
    }

    /// @return how many reads have been answered
    int answers() {
        return answers;
    }

    void read() {
        long invoked = world.nowNanos();
        List<Integer> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) all.add(partition);
        world.at(world.chance().heavyTailed(DELAY_NANOS), () -> node.submit("reader of " + groupId, groupId,
                token -> new GroupCommand.FetchOffsets(token, groupId, null, -1, true, List.of(new GroupCommand.TopicPartitions("orders", Uuid.ZERO, all))),
                GroupNode.Issued.TO_NOBODY, answer -> answered(answer, invoked)));
    }

    private void answered(GroupAnswer answer, long invoked) {
        if (!(answer instanceof GroupAnswer.OffsetsFetched fetched) || fetched.error() != ErrorCode.NONE) return;
        answers++;
        for (GroupAnswer.FetchedTopic topic : fetched.topics()) {
            for (GroupAnswer.FetchedPartition partition : topic.partitions()) {
                if (partition.error() != ErrorCode.NONE) continue;
                long commitId = partition.offset() < 0 ? 0 : Long.parseLong(partition.metadata());
                history.fetched(new Fetched(partition.partition(), commitId, partition.offset(), invoked, world.nowNanos()));
            }
        }
    }
}
