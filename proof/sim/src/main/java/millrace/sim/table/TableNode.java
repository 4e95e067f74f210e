package millrace.sim.table;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.ports.EventLoop;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.sim.Incarnation;
import millrace.sim.InjectedFault;
import millrace.sim.Node;
import millrace.sim.SimulationFailed;
import millrace.sim.World;
import millrace.storage.cleaner.CleanerSettings;
import millrace.storage.cleaner.LogCleaner;
import millrace.storage.cleaner.Sieve;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;

/// A node that keeps one compacted partition, and its shadow. It dies and is started again as the world wishes. What a careless node would get
/// wrong can be overridden.
public class TableNode {
    private static final Path DIRECTORY = Path.of("/data");
    private static final TopicPartition TABLE = new TopicPartition("table", 0);
    private static final long RESTART_NANOS = 200_000_000;

    private final World world;
    private final Node node;
    private final LogConfig config;
    private final CleanerSettings cleanerSettings;
    private final Shadow shadow = new Shadow();
    private Life life;
    /// The batch whose append may be cut short by a crash.
    private ByteBuffer inTheAppend;
    private long syncedBefore;
    private int cleanings;

    public TableNode(World world, LogConfig config, CleanerSettings cleanerSettings) {
        this.world = world;
        this.node = world.node("table");
        this.config = config;
        this.cleanerSettings = cleanerSettings;
        node.platter().mount(DIRECTORY);
    }

    // ---- what a careless node would get wrong

    protected Disk through(Disk disk) {
        return disk;
    }

    protected UnaryOperator<Sieve> sieve() {
        return UnaryOperator.identity();
    }

    protected LogConfig used(LogConfig wanted) {
        return wanted;
    }

    // ---- its life

    final Node node() {
        return node;
    }

    final Shadow shadow() {
        return shadow;
    }

    final int cleanings() {
        return cleanings;
    }

    final boolean isServing() {
        return life != null && life.serving;
    }

    final void start() {
        if (node.isUp()) return;
        node.onDown(down -> {
            life = null;
            world.at(world.chance().heavyTailed(RESTART_NANOS), this::start);
        });
        life = new Life(node.start());
        life.open();
    }

    /// Between two appends, on the loop that appends.
    final void onLoop(Consumer<PartitionLog> doing) {
        if (isServing()) life.loop.execute(() -> life.guarded(() -> life.with(doing)));
    }

    final void onWorker(Consumer<PartitionLog> doing) {
        if (isServing()) life.process.workers().run("operator", () -> life.guarded(() -> life.with(doing)));
    }

    final void checkpoint() {
        if (isServing()) life.process.workers().run("checkpoint", () -> life.guarded(() -> life.directory.checkpointTick()));
    }

    final void clean() {
        if (isServing()) life.clean();
    }

    final void append(PartitionLog log, ByteBuffer batch, AppendOrigin origin) {
        ByteBuffer copy = ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        inTheAppend = copy;
        if (log.appendAsLeader(copy, log.latestEpoch(), origin) instanceof AppendResult.Appended) shadow.appended(copy);
        inTheAppend = null;
        life.directory.syncOwner().requestSync(log, log.logEndOffset());
    }

    private final class Life {
        private final Incarnation process;
        private final EventLoop loop;
        private LogDirectory directory;
        private LogCleaner cleaner;
        private boolean serving;
        private boolean failing;
        private boolean cleaning;

        Life(Incarnation process) {
            this.process = process;
            this.loop = process.loop("table-loop");
        }

        void open() {
            process.workers().run("open", () -> guarded(() -> {
                directory = LogDirectory.open(through(process.disk()), DIRECTORY, process.clock(), process.workers(), settings());
                if (!directory.damaged().isEmpty()) throw new SimulationFailed("D1: the log calls itself damaged: " + directory.damaged());
                directory.log(TABLE).ifPresent(known -> known.updateConfig(used(config)));
                PartitionLog log = directory.createLog(TABLE, new Uuid(7, 1), used(config));
                if (log.logEndOffset() < syncedBefore) throw new SimulationFailed("D1: offsets below " + syncedBefore + " had been synced, the log ends at " + log.logEndOffset());
                settleShadow(log);
                log.assignLeaderEpoch(log.latestEpoch() + 1, log.logEndOffset());
                log.updateHighWatermark(log.flushedOffset());
                log.onFlushed(upTo -> loop.execute(() -> guarded(() -> {
                    syncedBefore = Math.max(syncedBefore, upTo);
                    log.updateHighWatermark(upTo);
                })));
                cleaner = new LogCleaner(() -> List.of(directory), process.clock(), process.randomness(), nanos -> {}, sieve());
                serving = true;
            }));
        }

        /// A crash between the write and the answer has left the batch in the page cache; a power loss has taken of what was not synced what it
        /// liked. What had been synced must be there.
        private void settleShadow(PartitionLog log) {
            if (inTheAppend != null && RecordBatch.at(inTheAppend, 0).baseOffset() == shadow.end() && log.logEndOffset() > shadow.end()) shadow.appended(inTheAppend);
            inTheAppend = null;
            if (log.logEndOffset() > shadow.end()) throw new SimulationFailed("D2: the log ends at " + log.logEndOffset() + ", nothing was appended behind " + shadow.end());
            var left = new TreeSet<Long>();
            for (long next = syncedBefore; next < log.logEndOffset(); ) {
                ByteBuffer bytes = log.readBytes(next, 1 << 20, log.logEndOffset());
                if (!bytes.hasRemaining()) break;
                for (RecordBatch batch : RecordBatches.of(bytes)) {
                    Shadow.entries(batch).forEach(entry -> left.add(entry.offset()));
                    next = batch.nextOffset();
                }
            }
            shadow.keepOfTheUnsynced(syncedBefore, left, log.logEndOffset());
        }

        private LogDirSettings settings() {
            return new LogDirSettings("sim-cluster-of-one-node", 1, process.randomness(), _ -> beforeItsRulesAreKnown(), 2, 3, 65_536, new LogDirSettings.Listener() {
                @Override public void onEvent(LogEvent event) {
                    world.note(event.text());
                    if (event instanceof LogEvent.Cleaned) cleanings++;
                    if (event instanceof LogEvent.Uncleanable) throw new SimulationFailed("D10: " + event.text());
                }

                @Override public void onFailure(LogDirFailure failure) {
                    fail(failure);
                }
            });
        }

        /// As a broker opens logs: which topics are compacted, the metadata tells later.
        private LogConfig beforeItsRulesAreKnown() {
            return config.toBuilder().compacts(false).deletes(false).build();
        }

        void with(Consumer<PartitionLog> doing) {
            if (serving) doing.accept(directory.log(TABLE).orElseThrow());
        }

        void clean() {
            if (cleaning) return;
            cleaning = true;
            process.workers().run("cleaner", () -> guarded(() -> {
                cleaner.cleanFilthiest(cleanerSettings);
                cleaning = false;
            }));
        }

        /// A failed device ends the node. It comes back after a power cycle.
        private void guarded(Runnable doing) {
            try {
                doing.run();
            } catch (LogDirFailure failure) {
                fail(failure);
            } catch (OutOfSpace full) {
                world.note("for want of space: " + full.getMessage());
                if (!serving) world.at(0, node::crash);
            } catch (UncheckedIOException e) {
                if (!InjectedFault.explains(e)) throw e;
            }
        }

        private void fail(LogDirFailure failure) {
            if (!InjectedFault.explains(failure, node.platter())) throw new SimulationFailed("the log directory failed, and no device did: " + failure.getMessage(), failure);
            if (failing || !process.isAlive()) return;
            failing = true;
            serving = false;
            world.at(0, node::powerLoss);
        }
    }
}
