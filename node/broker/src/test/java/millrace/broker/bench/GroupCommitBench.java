package millrace.broker.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import millrace.bindings.disk.NioDisk;
import millrace.bindings.threads.JdkWorkers;
import millrace.bindings.time.SystemClock;
import millrace.bindings.time.SystemRandomness;
import millrace.broker.settings.TopicRules;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.record.RecordBatchBuilder;
import millrace.settings.BrokerSettings;
import millrace.storage.directory.LogDirSettings;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.PartitionLog;
import millrace.storage.sync.SyncOwner;

/// Group commit over many logs, by hand (decision 14): so many appenders, each of which waits for the device before its next append of 1 KB to
/// some log. First through [SyncOwner] as the broker has it; then with a shared write-ahead file: the append to the log goes to the page cache
/// only, and one thread writes what has gathered to the file and syncs that.
///
///     GroupCommitBench <directory> <logs> <appenders> <seconds>
public final class GroupCommitBench {
    private static final int RECORD_BYTES = 1_000;
    private static final long WAL_BYTES = 256L << 20;

    private final Path directory;
    private final int appenders;
    private final long runNanos;

    private GroupCommitBench(Path directory, int appenders, long seconds) {
        this.directory = directory;
        this.appenders = appenders;
        this.runNanos = seconds * 1_000_000_000L;
    }

    public static void main(String[] arguments) throws Exception {
        var bench = new GroupCommitBench(Path.of(arguments[0]), Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]));
        int logs = Integer.parseInt(arguments[1]);
        for (int round = 0; round < 3; round++) {
            bench.run("per file", logs, false, round);
            bench.run("write-ahead", logs, true, round);
        }
    }

    /// One log, and how far it is on the device.
    private static final class Target {
        private final PartitionLog log;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition moved = lock.newCondition();
        private long durable;

        Target(PartitionLog log) {
            this.log = log;
            log.onFlushed(this::durableIs);
        }

        void durableIs(long offset) {
            lock.lock();
            try {
                durable = Math.max(durable, offset);
                moved.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void await(long offset) throws InterruptedException {
            lock.lock();
            try {
                while (durable < offset) moved.await();
            } finally {
                lock.unlock();
            }
        }
    }

    private record Waiting(Target target, long offset) {}

    private void run(String name, int logs, boolean writeAhead, int round) throws Exception {
        Path place = directory.resolve(name.replace(' ', '-') + "-" + logs + "-" + round);
        Files.createDirectories(place);
        try (var workers = new JdkWorkers(1_000)) {
            var rules = TopicRules.withoutOverrides(BrokerSettings.of(java.util.Map.of()));
            var settings = new LogDirSettings("bench", 1, new SystemRandomness(), _ -> rules, 1, 100, 0, new LogDirSettings.Listener() {});
            LogDirectory opened = LogDirectory.open(new NioDisk(), place, new SystemClock(), workers, settings);
            List<Target> targets = new ArrayList<>();
            for (int i = 0; i < logs; i++) targets.add(new Target(opened.createLog(new TopicPartition("bench", i), new Uuid(1, 1), rules)));
            report(name, logs, writeAhead ? withWriteAhead(place, targets) : append(targets, (target, offset) -> opened.syncOwner().requestSync(target.log, offset)));
            opened.close();
        }
    }

    private interface Sync {
        void request(Target target, long offset);
    }

    private long[] append(List<Target> targets, Sync sync) throws InterruptedException {
        long end = System.nanoTime() + runNanos;
        long[][] latencies = new long[appenders][];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < appenders; i++) {
            int number = i;
            threads.add(Thread.ofPlatform().start(() -> latencies[number] = appendUntil(end, targets, sync, new SplittableRandom(number))));
        }
        for (Thread thread : threads) thread.join();
        return Arrays.stream(latencies).flatMapToLong(Arrays::stream).sorted().toArray();
    }

    private static long[] appendUntil(long end, List<Target> targets, Sync sync, SplittableRandom random) {
        var latencies = new ArrayList<Long>();
        ByteBuffer value = ByteBuffer.allocate(RECORD_BYTES);
        try {
            for (long begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
                Target target = targets.get(random.nextInt(targets.size()));
                ByteBuffer batch;
                try (var builder = new RecordBatchBuilder()) {
                    batch = builder.append(1_700_000_000_000L, null, value.duplicate()).build();
                }
                var appended = (millrace.storage.log.AppendResult.Appended) target.log.appendAsLeader(batch, 0, AppendOrigin.CLIENT);
                sync.request(target, appended.lastOffset() + 1);
                target.await(appended.lastOffset() + 1);
                latencies.add(System.nanoTime() - begin);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return latencies.stream().mapToLong(Long::longValue).toArray();
    }

    private long[] withWriteAhead(Path place, List<Target> targets) throws Exception {
        var lock = new ReentrantLock();
        var work = lock.newCondition();
        List<Waiting> waiting = new ArrayList<>();
        try (FileChannel file = FileChannel.open(place.resolve("wal"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            preallocate(file);
            Thread owner = Thread.ofPlatform().start(() -> writeAhead(file, lock, work, waiting));
            long[] latencies = append(targets, (target, offset) -> {
                lock.lock();
                try {
                    waiting.add(new Waiting(target, offset));
                    work.signal();
                } finally {
                    lock.unlock();
                }
            });
            owner.interrupt();
            owner.join();
            return latencies;
        }
    }

    private static void preallocate(FileChannel file) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        for (long at = 0; at < WAL_BYTES; at += zeros.capacity()) file.write(zeros.clear(), at);
        file.force(true);
    }

    private static void writeAhead(FileChannel file, ReentrantLock lock, Condition work, List<Waiting> waiting) {
        var at = new AtomicLong();
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
        try {
            while (true) {
                List<Waiting> taken;
                lock.lockInterruptibly();
                try {
                    while (waiting.isEmpty()) work.await();
                    taken = new ArrayList<>(waiting);
                    waiting.clear();
                } finally {
                    lock.unlock();
                }
                int length = Math.min(bytes.capacity(), taken.size() * (RECORD_BYTES + 80));
                if (at.get() + length > WAL_BYTES) at.set(0);
                file.write(bytes.clear().limit(length), at.getAndAdd(length));
                file.force(false);
                for (Waiting each : taken) each.target.durableIs(each.offset);
            }
        } catch (InterruptedException | IOException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void report(String name, int logs, long[] sorted) {
        System.out.printf(Locale.ROOT, "%-12s %4d logs %3d appenders: %7.0f appends/s, p50 %6.2f ms, p99 %6.2f ms%n", name, logs, appenders,
                sorted.length / (runNanos / 1e9), sorted[sorted.length / 2] / 1e6, sorted[(int) (sorted.length * 0.99)] / 1e6);
    }
}
