package millrace.sim.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import millrace.core.CoordinatorCore;
import millrace.core.ReplicatedCore.Decision;
import millrace.group.GroupCore;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupSettings;
import millrace.group.stored.GroupChange;
import millrace.protocol.ErrorCode;
import millrace.record.DecodeLimits;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.sim.SimulationFailed;
import millrace.sim.Violation;
import millrace.sim.World;
import org.junit.jupiter.api.Test;

/// Planted bugs: for each law a coordinator that breaks it now and then. A checker that lets them pass is asleep.
class GroupMutantsTest {
    private static final int MOST_SEEDS = 40;

    /// @return the laws that were found broken, until `law` was among them
    private static TreeSet<String> lawsBrokenBy(String law, GroupWorkload.Nodes mutant) {
        var broken = new TreeSet<String>();
        for (long seed = 1; seed <= MOST_SEEDS && !broken.contains(law); seed++) {
            World world = World.of(seed);
            try {
                new GroupWorkload(world, GroupWorkload.draw(world), mutant).run().violations().stream().map(Violation::law).forEach(broken::add);
            } catch (SimulationFailed failed) {
                if (failed.getMessage().startsWith("liveness")) broken.add("liveness");
                else throw failed;
            }
        }
        return broken;
    }

    private static GroupWorkload.Nodes withCore(Function<GroupSettings, CoordinatorCore<GroupCommand, GroupChange, GroupAnswer>> cores) {
        return (world, settings) -> new CoreNode(world, settings) {
            @Override protected CoordinatorCore<GroupCommand, GroupChange, GroupAnswer> core(GroupSettings given) {
                return cores.apply(given);
            }
        };
    }

    @Test void givingAPartitionTwiceBreaksG1() {
        assertThat(lawsBrokenBy("G1", withCore(GivesTwice::new))).contains("G1");
    }

    @Test void losingACommitBreaksG2() {
        assertThat(lawsBrokenBy("G2", withCore(LosesCommits::new))).contains("G2");
    }

    @Test void answeringBeforeTheLogHasItBreaksG2() {
        assertThat(lawsBrokenBy("G2", (world, settings) -> new CoreNode(world, settings) {
            @Override protected boolean mayBeGivenOut(int appendedBefore, int committedChanges) {
                return true;
            }

            @Override protected int keptAfterCrash(int committedChanges, int appendedChanges) {
                return Math.max(0, committedChanges - 3);
            }
        })).contains("G2");
    }

    /// What waits for company is applied before it is appended: a coordinator that then forgets one of them is found out when it reads its log.
    @Test void forgettingTheLastOfWhatHasGatheredBreaksG2() {
        var broken = new TreeSet<String>();
        for (long seed = 1; seed <= MOST_SEEDS && !broken.contains("G2"); seed++) {
            World world = World.of(seed);
            new GroupWorkload(world, GroupWorkload.drawWithDisk(world), (it, settings) -> new ShellNode(it, settings, 300, GroupMutantsTest::withoutTheLast)).run()
                    .violations().stream().map(Violation::law).forEach(broken::add);
        }
        assertThat(broken).contains("G2");
    }

    private static ByteBuffer withoutTheLast(ByteBuffer bytes) {
        RecordBatch batch = RecordBatch.at(bytes, bytes.position());
        if (batch.recordCount() < 2) return bytes;
        List<Record> records = new ArrayList<>();
        try (var cursor = batch.records(DecodeLimits.DEFAULT)) {
            cursor.forEachRemaining(records::add);
        }
        records.set(records.size() - 1, records.getFirst());
        try (var changed = new RecordBatchBuilder()) {
            for (Record each : records) changed.append(each.timestamp(), each.key(), each.value());
            return changed.build();
        }
    }

    @Test void acceptingAFencedCommitBreaksG3() {
        assertThat(lawsBrokenBy("G3", withCore(AcceptsFencedCommits::new))).contains("G3");
    }

    @Test void repeatingAGenerationAfterACrashBreaksG4() {
        assertThat(lawsBrokenBy("G4", withCore(StoresAnOlderGeneration::new))).contains("G4");
    }

    /// The real core, with a hand on what goes in and out.
    private abstract static class Tampered implements CoordinatorCore<GroupCommand, GroupChange, GroupAnswer> {
        final GroupCore core;
        int turns;

        Tampered(GroupSettings settings) {
            this.core = new GroupCore(settings);
        }

        GroupCommand before(GroupCommand command) {
            return command;
        }

        GroupAnswer answer(GroupAnswer answer) {
            return answer;
        }

        List<GroupChange> changes(List<GroupChange> changes) {
            return changes;
        }

        private Decision<GroupChange, Outcome<GroupAnswer>> tampered(Decision<GroupChange, Outcome<GroupAnswer>> decision) {
            turns++;
            List<Reply<GroupAnswer>> replies = decision.answer().replies().stream().map(reply -> new Reply<>(reply.token(), answer(reply.answer()))).toList();
            return new Decision<>(changes(decision.changes()), new Outcome<>(replies, decision.answer().unfinished()));
        }

        @Override public Decision<GroupChange, Outcome<GroupAnswer>> decide(GroupCommand command, long nowMs, long timestampMs) {
            return tampered(core.decide(before(command), nowMs, timestampMs));
        }

        @Override public void apply(GroupChange change) {
            core.apply(change);
        }

        @Override public Decision<GroupChange, Outcome<GroupAnswer>> loaded(long nowMs, long timestampMs) {
            return tampered(core.loaded(nowMs, timestampMs));
        }

        @Override public long nextDeadlineMs() {
            return core.nextDeadlineMs();
        }

        @Override public Decision<GroupChange, Outcome<GroupAnswer>> tick(long nowMs, long timestampMs) {
            return tampered(core.tick(nowMs, timestampMs));
        }

        @Override public Outcome<GroupAnswer> refused(List<GroupChange> changes, ErrorCode error, long nowMs, long timestampMs) {
            return core.refused(changes, error, nowMs, timestampMs);
        }

        @Override public GroupAnswer failed(ErrorCode error) {
            return core.failed(error);
        }
    }

    /// Hands out somebody's assignment to somebody else.
    private static final class GivesTwice extends Tampered {
        private ByteBuffer last;

        GivesTwice(GroupSettings settings) {
            super(settings);
        }

        @Override GroupAnswer answer(GroupAnswer answer) {
            if (!(answer instanceof GroupAnswer.Synced synced) || synced.error() != ErrorCode.NONE) return answer;
            ByteBuffer given = last != null && turns % 5 == 0 ? last : synced.assignment();
            last = synced.assignment();
            return new GroupAnswer.Synced(synced.error(), synced.protocolType(), synced.protocolName(), given);
        }
    }

    /// Says yes to a commit and does not write it.
    private static final class LosesCommits extends Tampered {
        LosesCommits(GroupSettings settings) {
            super(settings);
        }

        @Override List<GroupChange> changes(List<GroupChange> changes) {
            return turns % 20 == 0 ? changes.stream().filter(change -> !(change instanceof GroupChange.OffsetCommit)).toList() : changes;
        }
    }

    /// Asks for no generation at all where a member says one.
    private static final class AcceptsFencedCommits extends Tampered {
        private String current = "";
        private int generation = -1;

        AcceptsFencedCommits(GroupSettings settings) {
            super(settings);
        }

        @Override GroupAnswer answer(GroupAnswer answer) {
            if (answer instanceof GroupAnswer.Joined joined && joined.error() == ErrorCode.NONE) {
                current = joined.memberId();
                generation = joined.generationId();
            }
            return answer;
        }

        @Override GroupCommand before(GroupCommand command) {
            if (!(command instanceof GroupCommand.CommitOffsets commit) || commit.generationId() >= generation) return command;
            return new GroupCommand.CommitOffsets(commit.token(), commit.groupId(), current, null, generation, commit.memberEpochAware(), commit.retentionMs(), commit.offsets());
        }
    }

    /// What the log gets is one generation behind.
    private static final class StoresAnOlderGeneration extends Tampered {
        StoresAnOlderGeneration(GroupSettings settings) {
            super(settings);
        }

        @Override List<GroupChange> changes(List<GroupChange> changes) {
            List<GroupChange> older = new ArrayList<>();
            for (GroupChange change : changes) {
                if (change instanceof GroupChange.GroupMetadata group && group.value() != null && group.value().generation() > 1) {
                    older.add(new GroupChange.GroupMetadata(group.groupId(), group.value().toBuilder().generation(group.value().generation() - 1).build()));
                } else {
                    older.add(change);
                }
            }
            return older;
        }
    }
}
