package millrace.sim.group;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.coordination.ClusterView;
import millrace.coordination.CoordinationSettings;
import millrace.coordination.CoordinatorPartition;
import millrace.coordination.GroupCoordinators;
import millrace.coordination.Linger;
import millrace.coordination.OffsetsTopic;
import millrace.coordination.ShellSettings;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupSettings;
import millrace.metadata.MetadataImage;
import millrace.ports.EventLoop;
import millrace.protocol.ErrorCode;
import millrace.record.Codec;
import millrace.sim.Incarnation;
import millrace.sim.InjectedFault;
import millrace.sim.Node;
import millrace.sim.SimulationFailed;
import millrace.sim.World;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogConfig;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.LogEvent;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;
import millrace.wire.Condition;
import millrace.wire.Pending;
import millrace.wire.Signal;

/// A coordinator as the broker runs it: the real shell over the real log engine, on a simulated disk. Committed means synced.
public final class ShellNode implements GroupNode {
    private static final TopicPartition OFFSETS = new TopicPartition(OffsetsTopic.NAME, 0);
    private static final Path DIRECTORY = Path.of("/data");
    private static final long RESTART_NANOS = 300_000_000;
    private static final LogConfig CONFIG = LogConfig.builder().segmentBytes(20_000).segmentIndexBytes(256).indexIntervalBytes(500).retentionMs(-1).fileDeleteDelayMs(100).build();

    private final World world;
    private final Node node;
    private final CoordinationSettings settings;
    private final UnaryOperator<ByteBuffer> planted;
    private Life life;
    private int lives;

    public ShellNode(World world, GroupSettings groups) {
        this(world, groups, world.chance().oneOf(Linger.ADAPTIVE, 0, 5, 300), batch -> batch);
    }

    /// @param planted what is appended in place of a batch: a test of the checkers plants its bugs here
    public ShellNode(World world, GroupSettings groups, int lingerMs, UnaryOperator<ByteBuffer> planted) {
        this.world = world;
        this.planted = planted;
        this.node = world.node("coordinator");
        node.platter().mount(DIRECTORY);
        this.settings = new CoordinationSettings(groups, 1, new ShellSettings(world.chance().oneOf(Codec.NONE, Codec.LZ4), 5_000, 4_096, 200,
                new Linger(lingerMs)), true);
    }

    @Override public Node node() {
        return node;
    }

    @Override public int life() {
        return lives;
    }

    @Override public void start() {
        if (node.isUp()) return;
        node.onDown(down -> {
            life = null;
            world.at(world.chance().heavyTailed(RESTART_NANOS), this::start);
        });
        lives++;
        life = new Life(node.start());
        life.open();
    }

    @Override public boolean isServing() {
        return life != null && life.coordinators != null;
    }

    @Override public void submit(String client, String groupId, LongFunction<GroupCommand> command, Issued issued, Consumer<GroupAnswer> arrived) {
        if (isServing()) life.submit(groupId, command, GroupNode.delayed(world, issued, arrived));
    }

    private final class Life {
        private final Incarnation process;
        private final EventLoop loop;
        private GroupCoordinators coordinators;
        private boolean failing;

        Life(Incarnation process) {
            this.process = process;
            this.loop = process.loop("coordinator");
        }

        void open() {
            process.workers().run("open", () -> {
                try {
                    LogDirectory directory = LogDirectory.open(process.disk(), DIRECTORY, process.clock(), process.workers(), logSettings());
                    if (!directory.damaged().isEmpty()) throw new SimulationFailed("D1: the log calls itself damaged, and the device has kept every promise: " + directory.damaged());
                    elect(new LedPartition(directory, directory.createLog(OFFSETS, new Uuid(7, 7), CONFIG)));
                } catch (LogDirFailure failure) {
                    fail(failure);
                } catch (OutOfSpace full) {
                    world.note("for want of space: " + full.getMessage());
                    world.at(0, node::crash);
                }
            });
        }

        private LogDirSettings logSettings() {
            return new LogDirSettings("sim-cluster-of-one-node", 1, process.randomness(), topic -> CONFIG, 1, 3, 65_536, new LogDirSettings.Listener() {
                @Override public void onEvent(LogEvent event) {
                    world.note(event.text());
                }

                @Override public void onFailure(LogDirFailure failure) {
                    fail(failure);
                }
            });
        }

        private void elect(LedPartition partition) {
            var elected = new GroupCoordinators(new NoCluster(), settings, process.clock(), List.of(loop), process.workers(), process.randomness());
            elected.onElected(partition);
            coordinators = elected;
        }

        void submit(String groupId, LongFunction<GroupCommand> command, Consumer<GroupAnswer> answer) {
            loop.execute(() -> {
                try {
                    coordinators.ask(groupId, command).whenDone(answer);
                } catch (LogDirFailure failure) {
                    fail(failure);
                }
            });
        }

        /// A failed device ends the node. It comes back after a power cycle: after a failed sync the page cache shows what the device does not have.
        private void fail(LogDirFailure failure) {
            if (!InjectedFault.explains(failure, node.platter())) throw new SimulationFailed("the log directory failed, and no device did: " + failure.getMessage(), failure);
            if (failing || !process.isAlive()) return;
            failing = true;
            world.note("log directory failed: " + failure.getMessage());
            world.at(0, node::powerLoss);
        }

        /// The one partition of `__consumer_offsets`, led by the one replica there is.
        private final class LedPartition implements CoordinatorPartition {
            private final LogDirectory directory;
            private final PartitionLog log;
            private final Signal synced = new Signal();
            private final int leaderEpoch;
            private boolean loaded;

            LedPartition(LogDirectory directory, PartitionLog log) {
                this.directory = directory;
                this.log = log;
                this.leaderEpoch = log.latestEpoch() + 1;
                log.assignLeaderEpoch(leaderEpoch, log.logEndOffset());
                log.onFlushed(upTo -> synced.raise());
                if (log.flushedOffset() < log.logEndOffset()) directory.syncOwner().requestSync(log, log.logEndOffset());
            }

            @Override public TopicPartition topicPartition() {
                return OFFSETS;
            }

            @Override public int leaderEpoch() {
                return leaderEpoch;
            }

            @Override public AppendResult append(ByteBuffer batch) {
                return append(planted.apply(batch), (short) 0);
            }

            @Override public long guardFor(long producerId, short producerEpoch, boolean ownEpochs) {
                return 0;
            }

            @Override public AppendResult appendInTransaction(ByteBuffer batch, long guard) {
                return append(batch, (short) 0);
            }

            @Override public AppendResult appendMarker(ByteBuffer marker, short transactionVersion) {
                return append(marker, transactionVersion);
            }

            private AppendResult append(ByteBuffer batch, short transactionVersion) {
                try {
                    return log.appendAsLeader(batch, leaderEpoch, AppendOrigin.COORDINATOR, transactionVersion);
                } catch (LogDirFailure failure) {
                    fail(failure);
                    throw failure;
                }
            }

            @Override public void sync() {
                directory.syncOwner().requestSync(log, log.logEndOffset());
            }

            @Override public Condition committed(long lastOffset) {
                return Condition.on(List.of(synced), () -> failing || log.flushedOffset() > lastOffset);
            }

            @Override public boolean lost() {
                return failing;
            }

            /// Asked once by each load. A coordinator that reads its log again has forgotten what was not in it, as one that has started again: it is another life.
            @Override public long logStartOffset() {
                if (loaded) lives++;
                loaded = true;
                return log.logStartOffset();
            }

            @Override public long logEndOffset() {
                return log.logEndOffset();
            }

            @Override public ByteBuffer readBytes(long startOffset, int maxBytes) {
                return log.readBytes(startOffset, maxBytes, log.logEndOffset());
            }
        }
    }

    private static final class NoCluster implements ClusterView {
        @Override public MetadataImage image() {
            return MetadataImage.EMPTY;
        }

        @Override public ConsumerTimes consumerTimes(String groupId) {
            return ConsumerTimes.DEFAULTS;
        }

        @Override public Pending<ErrorCode> ensureInternalTopic(String name) {
            return Pending.of(ErrorCode.NONE);
        }
    }
}
