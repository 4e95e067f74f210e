package millrace.sim.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import millrace.ports.Disk;
import millrace.ports.DiskThrough;
import millrace.record.RecordBatch;
import millrace.sim.SimulationFailed;
import millrace.sim.World;
import millrace.storage.cleaner.CleanerSettings;
import millrace.storage.cleaner.Sieve;
import millrace.storage.log.LogConfig;
import org.junit.jupiter.api.Test;

/// Planted bugs in compaction: each must be found, and what is found must be what was planted.
class TableMutantsTest {
    private static final int MOST_SEEDS = 40;
    /// A device that fails early leaves one seed alone without any.
    private static final int SEEDS_OF_ENOUGH = 4;

    private static String found(TableWorkload.Nodes mutant) {
        for (long seed = 1; seed <= MOST_SEEDS; seed++) {
            World world = World.of(seed);
            try {
                new TableWorkload(world, TableWorkload.draw(world), mutant).run();
            } catch (SimulationFailed failed) {
                return failed.getMessage();
            }
        }
        return "nothing in " + MOST_SEEDS + " seeds";
    }

    @Test void withoutABugThereIsEnoughToBeFound() {
        int cleanings = 0;
        int checks = 0;
        for (long seed = 1; seed <= SEEDS_OF_ENOUGH; seed++) {
            World world = World.of(seed);
            var run = new TableWorkload(world, TableWorkload.draw(world), TableNode::new).run();
            cleanings += run.cleanings();
            checks += run.checks();
        }
        assertThat(cleanings).isGreaterThan(5 * SEEDS_OF_ENOUGH);
        assertThat(checks).isGreaterThan(10 * SEEDS_OF_ENOUGH);
    }

    /// Scenario 34.
    @Test void aTransactionForgottenBetweenSegmentsIsFound() {
        assertThat(found(ForgetsThatATransactionWasAborted::new)).contains("D10").containsAnyOf("its marker", "means");
    }

    /// Scenario 35.
    @Test void aMarkerTakenForAUsersRecordIsFound() {
        assertThat(found(DropsMarkersWithAUsersKey::new)).contains("D10").containsAnyOf("its marker", "means");
    }

    /// Scenario 36.
    @Test void aTombstoneThatGoesTooEarlyIsFound() {
        assertThat(found(ForgetsTombstonesAtOnce::new)).contains("D10").containsAnyOf("a slow reader", "means");
    }

    @Test void oldSegmentsThatGoBeforeTheNewOneIsNamedAreFound() {
        assertThat(found(DeletesBeforeItRenames::new)).containsAnyOf("D1", "D10", "NoSuchFileException");
    }

    private static final class ForgetsThatATransactionWasAborted extends TableNode {
        ForgetsThatATransactionWasAborted(World world, LogConfig config, CleanerSettings settings) {
            super(world, config, settings);
        }

        @Override protected UnaryOperator<Sieve> sieve() {
            return sieve -> (batch, stillAborted) -> {
                ByteBuffer kept = sieve.sift(batch, forgotten -> {});
                boolean emptied = kept == null || RecordBatch.at(kept, 0).recordCount() == 0;
                return emptied && batch.isTransactional() && !batch.isControl() && batch.recordCount() > 0 ? batch.bytes() : kept;
            };
        }
    }

    private static final class DropsMarkersWithAUsersKey extends TableNode {
        DropsMarkersWithAUsersKey(World world, LogConfig config, CleanerSettings settings) {
            super(world, config, settings);
        }

        @Override protected UnaryOperator<Sieve> sieve() {
            return sieve -> (batch, stillAborted) -> {
                ByteBuffer kept = sieve.sift(batch, stillAborted);
                return batch.isControl() ? null : kept;
            };
        }
    }

    private static final class ForgetsTombstonesAtOnce extends TableNode {
        ForgetsTombstonesAtOnce(World world, LogConfig config, CleanerSettings settings) {
            super(world, config, settings);
        }

        @Override protected LogConfig used(LogConfig wanted) {
            return wanted.toBuilder().deleteRetentionMs(0).build();
        }
    }

    private static final class DeletesBeforeItRenames extends TableNode {
        DeletesBeforeItRenames(World world, LogConfig config, CleanerSettings settings) {
            super(world, config, settings);
        }

        @Override protected Disk through(Disk disk) {
            return new Careless(disk);
        }
    }

    private static final class Careless extends DiskThrough {
        Careless(Disk disk) {
            super(disk);
        }

        @Override public void rename(Path from, Path to) throws IOException {
            String name = from.getFileName().toString();
            if (name.endsWith(".log.cleaned")) disk.delete(from.resolveSibling(name.replace(".cleaned", "")));
            disk.rename(from, to);
        }
    }
}
