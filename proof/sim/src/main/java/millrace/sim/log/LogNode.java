package millrace.sim.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Disk;
import millrace.ports.EventLoop;
import millrace.ports.FileRecords;
import millrace.record.CorruptRecord;
import millrace.record.MemoryRecords;
import millrace.sim.Incarnation;
import millrace.sim.InjectedFault;
import millrace.sim.Node;
import millrace.sim.SimulationFailed;
import millrace.sim.World;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.CorruptSegment;
import millrace.storage.log.DamagedLog;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.ReadResult;

/// A node that does nothing but keep partitions: it appends on its loop, acknowledges what has been synced, and shows what has been
/// synced. It dies and is started again as the world wishes; whoever waits for an answer then waits for ever, as on a real network.
///
/// The methods that a careless node would get wrong can be overridden: that is how the checkers are shown to be awake.
public class LogNode implements LogService {
    static final Path DIRECTORY = Path.of("/data");
    private static final long RESTART_NANOS = 200_000_000;

    private record Waiting(int partition, long firstOffset, long lastOffset, Consumer<Reply> reply) {}

    private final World world;
    private final Node node;
    private final int partitions;
    private final LogConfig config;
    private Life life;
    private int lives;
    /// Higher in each life, whatever the logs still know of the last: a controller gives it, which outlives the node.
    private int leaderEpoch;
    private boolean mustStayDown;

    public LogNode(World world, int partitions, LogConfig config) {
        this.world = world;
        this.node = world.node("log");
        this.partitions = partitions;
        this.config = config;
        node.platter().mount(DIRECTORY);
    }

    static TopicPartition topicPartition(int partition) {
        return new TopicPartition("orders", partition);
    }

    // ---- what a careless node would get wrong --------------------------------------------------------------------------------------

    /// @return how a life sees its disk
    protected Disk through(Disk disk) {
        return disk;
    }

    protected AppendResult append(PartitionLog log, ByteBuffer batch, int leaderEpoch) {
        return log.appendAsLeader(batch, leaderEpoch, AppendOrigin.CLIENT);
    }

    protected boolean mayBeAcknowledged(PartitionLog log, long lastOffset) {
        return log.flushedOffset() > lastOffset;
    }

    /// @return offset (exclusive) up to which readers are shown the log
    protected long visibleEnd(PartitionLog log) {
        return log.flushedOffset();
    }

    protected long toldEnd(PartitionLog log) {
        return visibleEnd(log);
    }

    /// @return what a reader is sent for the bytes that the log gave
    protected ByteBuffer served(ByteBuffer bytes) {
        return bytes;
    }

    // ---- its life ------------------------------------------------------------------------------------------------------------------

    @Override public final Node node() {
        return node;
    }

    @Override public final boolean isServing() {
        return life != null && life.serving;
    }

    @Override public final int lives() {
        return lives;
    }

    @Override public final boolean hasFailedClosed() {
        return mustStayDown;
    }

    private void startLater(Node down) {
        life = null;
        world.at(world.chance().heavyTailed(RESTART_NANOS), this::start);
    }

    @Override public final void start() {
        if (node.isUp() || mustStayDown) return;
        node.onDown(this::startLater);
        lives++;
        life = new Life(node.start());
        life.open();
    }

    /// The node ends in order; what it still had to do, it does.
    final void restartCleanly() {
        if (isServing()) life.closeCleanly();
    }

    @Override public final void produce(int partition, ByteBuffer batch, Consumer<Reply> reply) {
        if (isServing()) life.loop.execute(() -> life.guarded(() -> life.append(partition, batch, reply)));
    }

    @Override public final void read(int partition, long from, int maxBytes, Consumer<Answer> answer) {
        if (isServing()) life.loop.execute(() -> life.guarded(() -> life.read(partition, from, maxBytes, answer)));
    }

    @Override public final void endOffset(int partition, LongConsumer answer) {
        if (isServing()) life.loop.execute(() -> life.guarded(() -> life.with(partition, log -> answer.accept(toldEnd(log)))));
    }

    /// Runs something on one partition's log, as a worker.
    final void onWorker(int partition, Consumer<PartitionLog> doing) {
        if (isServing()) life.process.workers().run("operator", () -> life.guarded(() -> life.with(partition, doing)));
    }

    final void onDirectory(Consumer<LogDirectory> doing) {
        if (isServing()) life.process.workers().run("operator", () -> life.guarded(() -> doing.accept(life.directory)));
    }

    /// One incarnation.
    private final class Life {
        private final Incarnation process;
        private final EventLoop loop;
        private final List<Waiting> waiting = new ArrayList<>();
        private LogDirectory directory;
        private boolean serving;
        private boolean failing;

        Life(Incarnation process) {
            this.process = process;
            this.loop = process.loop("log-loop");
        }

        void open() {
            process.workers().run("open", () -> guarded(() -> {
                directory = LogDirectory.open(through(process.disk()), DIRECTORY, process.clock(), process.workers(), settings());
                if (!directory.damaged().isEmpty()) {
                    damaged(directory.damaged().toString());
                    return;
                }
                for (int partition = 0; partition < partitions; partition++) lead(partition);
                directory.believeFor(0);                                           // the device may lie at any moment
                serving = true;
                world.note("log serves");
            }));
        }

        private LogDirSettings settings() {
            return new LogDirSettings("sim-cluster-of-one-node", 1, process.randomness(), topic -> config, 2, 3, 65_536, new LogDirSettings.Listener() {
                @Override public void onEvent(LogEvent event) {
                    world.note(event.text());
                }

                @Override public void onFailure(LogDirFailure failure) {
                    fail(failure);
                }
            });
        }

        private void lead(int partition) {
            TopicPartition name = topicPartition(partition);
            PartitionLog log = directory.createLog(name, new Uuid(7, partition + 1L), config);                 // the one that is there, as the broker does
            leaderEpoch = Math.max(leaderEpoch, log.latestEpoch()) + 1;
            log.assignLeaderEpoch(leaderEpoch, log.logEndOffset());
            world.note(name + " opens: " + log.logStartOffset() + " to " + log.logEndOffset() + ", synced to " + log.flushedOffset() + ", epoch " + log.latestEpoch());
            log.onFlushed(upTo -> loop.execute(() -> guarded(() -> settle(partition))));
            if (log.flushedOffset() < log.logEndOffset()) directory.syncOwner().requestSync(log, log.logEndOffset());
        }

        private void damaged(String what) {
            if (!node.platter().hasLied()) throw new SimulationFailed("D1: the log calls itself damaged, and the device has kept every promise: " + what);
            world.note("fails closed: " + what);
            mustStayDown = true;
            node.stop();
        }

        void with(int partition, Consumer<PartitionLog> doing) {
            if (serving) doing.accept(directory.log(topicPartition(partition)).orElseThrow());
        }

        void append(int partition, ByteBuffer batch, Consumer<Reply> reply) {
            with(partition, log -> {
                switch (LogNode.this.append(log, batch, log.latestEpoch())) {
                    case AppendResult.Appended appended -> await(log, partition, appended.firstOffset(), appended.lastOffset(), reply);
                    case AppendResult.Duplicate duplicate -> await(log, partition, duplicate.firstOffset(), duplicate.lastOffset(), reply);
                    case AppendResult.Refused refused -> reply.accept(new Reply.Refused(refused.error(), refused.message()));
                }
            });
        }

        private void await(PartitionLog log, int partition, long firstOffset, long lastOffset, Consumer<Reply> reply) {
            waiting.add(new Waiting(partition, firstOffset, lastOffset, reply));
            directory.syncOwner().requestSync(log, lastOffset + 1);
            settle(partition);
        }

        private void settle(int partition) {
            with(partition, log -> {
                log.updateHighWatermark(log.flushedOffset());
                for (Waiting one : List.copyOf(waiting)) {
                    if (one.partition() != partition || !mayBeAcknowledged(log, one.lastOffset())) continue;
                    waiting.remove(one);
                    one.reply().accept(new Reply.Acked(one.firstOffset()));
                }
            });
        }

        void read(int partition, long from, int maxBytes, Consumer<Answer> answer) {
            with(partition, log -> {
                switch (log.read(from, maxBytes, visibleEnd(log), true)) {
                    case ReadResult.OutOfRange range -> answer.accept(new Answer.OutOfRange(range.logStartOffset(), range.logEndOffset()));
                    case ReadResult.Read read -> {
                        if (read.records() instanceof FileRecords region) sendLater(region, answer);
                        else answer.accept(new Answer.Bytes(((MemoryRecords) read.records()).bytes()));
                    }
                }
            });
        }

        /// As a socket does: the bytes of the region are read only when it is its turn.
        private void sendLater(FileRecords region, Consumer<Answer> answer) {
            loop.schedule(world.chance().below(5), () -> guarded(() -> {
                try {
                    ByteBuffer bytes = ByteBuffer.allocate(region.sizeInBytes());
                    while (bytes.hasRemaining()) {
                        if (region.file().read(bytes, region.position() + bytes.position()) <= 0) throw new SimulationFailed("a region of " + region.sizeInBytes() + " bytes at " + region.position() + " of " + region.file() + " ends early");
                    }
                    answer.accept(new Answer.Bytes(served(bytes.flip())));
                } catch (IOException e) {
                    world.note("a read's bytes cannot be sent: " + e.getMessage());
                } finally {
                    region.release();
                }
            }));
        }

        void closeCleanly() {
            serving = false;
            world.note("closes in order");
            process.workers().run("close", () -> guarded(() -> {
                directory.closeCleanly(leaderEpoch);
                node.stop();
            }));
        }

        /// A full disk ends a start, and nothing else. A failed device ends the node. It comes back after a power cycle: after a failed sync the page cache shows what the device does not have.
        private void guarded(Runnable doing) {
            try {
                doing.run();
            } catch (LogDirFailure failure) {
                fail(failure);
            } catch (OutOfSpace full) {
                world.note("for want of space: " + full.getMessage());
                if (!serving) world.at(0, node::crash);
            } catch (RuntimeException thrown) {
                if (!node.platter().hasLied() || !failsClosed(thrown)) throw thrown;
                if (thrown instanceof CorruptSegment && serving) {
                    world.note("refuses: " + thrown.getMessage());
                    return;
                }
                world.note("fails closed: " + thrown);
                mustStayDown = directory == null;
                node.crash();
            }
        }

        private void fail(LogDirFailure failure) {
            if (!InjectedFault.explains(failure, node.platter()) && !node.platter().hasLied()) throw new SimulationFailed("the log directory failed, and no device did: " + failure.getMessage(), failure);
            if (failing || !process.isAlive()) return;
            failing = true;
            serving = false;
            world.note("log directory failed: " + failure.getMessage());
            world.at(0, node::powerLoss);
        }
    }

    /// Over a device that lies, an explicit refusal is all that can be asked for.
    private static boolean failsClosed(RuntimeException thrown) {
        return thrown instanceof IllegalStateException || thrown instanceof CorruptRecord || thrown instanceof CorruptSegment || thrown.getCause() instanceof DamagedLog;
    }
}
