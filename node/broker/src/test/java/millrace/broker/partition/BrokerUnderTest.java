package millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import millrace.bindings.disk.NioDisk;
import millrace.broker.FakeController;
import millrace.broker.lifecycle.DirectoryReports;
import millrace.broker.metadata.BrokerMetadata;
import millrace.broker.settings.CordonedDirectories;
import millrace.broker.settings.LiveSettings;
import millrace.broker.settings.TopicRules;
import millrace.common.OffsetAndEpoch;
import millrace.common.Uuid;
import millrace.metadata.ConfigResource;
import millrace.metadata.DirectoryId;
import millrace.metadata.MetadataImage;
import millrace.metadata.TopicImage;
import millrace.ports.Cancellable;
import millrace.ports.Clock;
import millrace.ports.EventLoop;
import millrace.ports.Randomness;
import millrace.ports.Workers;
import millrace.protocol.metadata.ConfigRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.PartitionChangeRecord;
import millrace.protocol.metadata.PartitionRecord;
import millrace.protocol.metadata.RemoveTopicRecord;
import millrace.protocol.metadata.TopicRecord;
import millrace.record.RecordBatchBuilder;
import millrace.settings.BrokerSettings;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.wire.Caller;

/// Broker 1 with one real log directory or several, each on a disk of its own, whose metadata, device syncs and clock move only when the test
/// says so.
public final class BrokerUnderTest implements AutoCloseable {
    public static final int SELF = 1;
    public static final long NOW_MS = 1_000;

    public final HeldDisk disk;
    final List<HeldDisk> disks = new ArrayList<>();
    final FakeController controller = new FakeController();
    public final BrokerMetadata metadata = new BrokerMetadata("cluster", SELF);
    public final Partitions partitions = new Partitions(metadata);
    public final Traffic traffic = new Traffic(standing());
    /// What the listener of the assignments has heard, and whether the image was shown by then.
    final List<String> heard = new ArrayList<>();
    final LogDirectory directory;
    final LogDirectories directories;
    final ReplicaMeters replicas;
    private final Path path;
    private final LiveSettings settings;
    private final Turns turns = new Turns();
    private final PartitionAssignments assignments;
    final ReplicaMoves moves;
    private final Deque<Runnable> moveTimers = new ArrayDeque<>();
    private MetadataImage image = MetadataImage.EMPTY;

    public BrokerUnderTest(Path path) {
        this(path, Map.of());
    }

    public BrokerUnderTest(Path path, Map<String, String> file) {
        this(List.of(path), file, new TreeMap<>());
    }

    /// @param offline directories that could not be opened, and why
    BrokerUnderTest(List<Path> paths, Map<String, String> file, SortedMap<Path, String> offline) {
        path = paths.getFirst();
        settings = new LiveSettings(BrokerSettings.of(file));
        List<LogDirectory> opened = new ArrayList<>();
        for (Path each : paths) opened.add(open(each));
        directory = opened.getFirst();
        disk = disks.getFirst();
        directories = new LogDirectories(opened, offline);
        directories.cordonedAre(() -> CordonedDirectories.of(settings.broker().values(), directories.paths()));
        var reports = new DirectoryReports(SELF, () -> 5, controller, loop());
        replicas = new ReplicaMeters(standing(), partitions, directories);
        assignments = new PartitionAssignments(SELF, directories, partitions, metadata, settings, reports, listener(), traffic, replicas, turns);
        moves = new ReplicaMoves(directories, partitions, settings, reports, heldTimers(), turns);
        assignments.whenOpen(moves::resume);
    }

    private LogDirectory open(Path each) {
        var withoutOverrides = TopicRules.withoutOverrides(settings.broker());
        var device = new HeldDisk(new NioDisk());
        disks.add(device);
        return LogDirectory.open(device, each, standing(), turns, new LogDirSettings("cluster", SELF, counting(disks.size() * 1_000), _ -> withoutOverrides, 1, 100, 65_536,
                new LogDirSettings.Listener() {}));
    }

    Uuid directoryId(int index) {
        return LogDirectories.id(directories.all().get(index));
    }

    // ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// The metadata moves by these records, and the broker follows.
    public BrokerUnderTest commits(MetadataRecord... records) {
        tell(records);
        follow();
        return this;
    }

    /// The metadata moves; the broker has not looked yet.
    void tell(MetadataRecord... records) {
        MetadataImage before = image;
        image = before.apply(Arrays.asList(records)).at(new OffsetAndEpoch(before.upTo().offset() + records.length, 1));
        assignments.onImage(before, image);
    }

    void follow() {
        turns.run("partition-assignments");
    }

    /// A round of device syncs.
    public void sync() {
        turns.run("sync owner");
    }

    /// One turn of the moves between directories: one chunk each, or the next step of those that have caught up.
    void moveTurn() {
        for (int due = moveTimers.size(); due > 0; due--) moveTimers.poll().run();
        turns.run("replica-moves");
    }

    /// What has been asked of the moves, without a turn.
    void runMoves() {
        turns.run("replica-moves");
    }

    /// Timers wait for [#moveTurn].
    private EventLoop heldTimers() {
        return new EventLoop() {
            @Override public void execute(Runnable task) {
                task.run();
            }

            @Override public Cancellable schedule(long delayMs, Runnable task) {
                moveTimers.add(task);
                return () -> moveTimers.remove(task);
            }

            @Override public boolean inLoop() {
                return true;
            }
        };
    }

    /// A topic with one partition, led by this broker.
    public static MetadataRecord[] topic(String name, long id, String... settings) {
        return topic(name, id, 1, List.of(SELF), settings);
    }

    /// A topic with one partition, led by this broker, whose replica the metadata has in this directory.
    static MetadataRecord[] topicIn(Uuid directory, String name, long id) {
        MetadataRecord[] records = topic(name, id);
        records[1] = ((PartitionRecord) records[1]).toBuilder().directories(List.of(directory)).build();
        return records;
    }

    static MetadataRecord[] topic(String name, long id, int leader, List<Integer> replicas, String... settings) {
        List<MetadataRecord> records = new ArrayList<>();
        records.add(TopicRecord.builder().name(name).topicId(topicId(id)).build());
        for (int i = 0; i < settings.length; i += 2) {
            records.add(ConfigRecord.builder().resourceType(ConfigResource.TOPIC).resourceName(name).name(settings[i]).value(settings[i + 1]).build());
        }
        records.add(PartitionRecord.builder().topicId(topicId(id)).partitionId(0).replicas(replicas).isr(replicas).leader(leader).leaderEpoch(0).partitionEpoch(0)
                .directories(replicas.stream().map(_ -> DirectoryId.UNASSIGNED).toList()).build());
        return records.toArray(MetadataRecord[]::new);
    }

    /// Each raises the leader epoch by one.
    public static MetadataRecord leads(int leader, long topicId) {
        return PartitionChangeRecord.builder().topicId(topicId(topicId)).partitionId(0).leader(leader).build();
    }

    public static MetadataRecord removed(long topicId) {
        return RemoveTopicRecord.builder().topicId(topicId(topicId)).build();
    }

    public static Uuid topicId(long number) {
        return new Uuid(77, number);
    }

    public Partition partition(long topicId) {
        return partitions.get(topicId(topicId), 0);
    }

    /// One batch with one record for each value.
    public static ByteBuffer batch(String... values) {
        try (var builder = new RecordBatchBuilder()) {
            for (String value : values) builder.append(1_700_000_000_000L, null, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
            return builder.build();
        }
    }

    public static Caller caller(int version) {
        return new Caller((short) version, "test", "127.0.0.1", Caller.ANONYMOUS, "PLAINTEXT", "c-1", null, "unknown", "unknown", NOW_MS);
    }

    List<String> folders() throws IOException {
        return disk.list(path).stream().filter(disk::isDirectory).map(folder -> folder.getFileName().toString()).toList();
    }

    @Override public void close() {
        assignments.close();
        directories.all().forEach(LogDirectory::close);
    }

    // ── fakes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    private PartitionAssignments.Listener listener() {
        return new PartitionAssignments.Listener() {
            @Override public void onLeading(Partition partition) {
                hear("leading " + partition.topicPartition() + " in epoch " + partition.leaderEpoch());
            }

            @Override public void onNotLeading(Partition partition) {
                hear("not leading " + partition.topicPartition());
            }

            @Override public void onDeleted(TopicImage topic) {
                hear("deleted " + topic.name() + " " + topic.id().leastSignificantBits());
            }

            private void hear(String what) {
                heard.add(what + (metadata.image() == image ? ", shown" : ""));
            }
        };
    }

    /// Each serial executor has its own queue, which runs when it is told to; other work runs at once.
    private static final class Turns implements Workers {
        private final TreeMap<String, Deque<Runnable>> queues = new TreeMap<>();

        @Override public void run(String name, Runnable blocking) {
            blocking.run();
        }

        @Override public SerialExecutor serial(String name) {
            Deque<Runnable> queue = queues.computeIfAbsent(name, _ -> new ArrayDeque<>());
            return new SerialExecutor() {
                @Override public void execute(Runnable task) {
                    queue.add(task);
                }

                @Override public void close() {
                    drain(queue);
                }
            };
        }

        void run(String prefix) {
            queues.forEach((name, queue) -> {
                if (name.startsWith(prefix)) drain(queue);
            });
        }

        private static void drain(Deque<Runnable> queue) {
            for (Runnable task = queue.poll(); task != null; task = queue.poll()) task.run();
        }
    }

    /// Runs what it is given at once, timers too.
    private static EventLoop loop() {
        return new EventLoop() {
            @Override public void execute(Runnable task) {
                task.run();
            }

            @Override public Cancellable schedule(long delayMs, Runnable task) {
                task.run();
                return () -> { };
            }

            @Override public boolean inLoop() {
                return true;
            }
        };
    }

    private static Clock standing() {
        return new Clock() {
            @Override public long monotonicNanos() {
                return NOW_MS * 1_000_000;
            }

            @Override public long timestampMs() {
                return 1_700_000_000_000L;
            }
        };
    }

    static Randomness counting() {
        return counting(1);
    }

    private static Randomness counting(int first) {
        return new Randomness() {
            private int next = first;

            @Override public long nextLong() {
                return next++;
            }

            @Override public int nextInt(int bound) {
                return next++;
            }
        };
    }

    /// Nobody holds a segment file any more but its log.
    public void holdsNothing() {
        assertThat(disk.holds()).as("holds on segment files that were not given back").isZero();
    }

}
