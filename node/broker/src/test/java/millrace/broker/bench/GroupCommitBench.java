package millrace.broker.bench;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
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

/// Group commit over many logs, by hand: so many appenders, each of which waits for the device before its next append of 1 KB to
/// some log, through [millrace.storage.sync.SyncOwner]: first with a sync of each log, then written ahead (decision 16).
///
///     GroupCommitBench <directory> <logs> <appenders> <seconds>
public final class GroupCommitBench {
    private static final int RECORD_BYTES = 1_000;
    private static final long WRITE_AHEAD_BYTES = 64L << 20;

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
            bench.run("per file", logs, 0, round);
            bench.run("write-ahead", logs, WRITE_AHEAD_BYTES, round);
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

    private void run(String name, int logs, long writeAheadBytes, int round) throws Exception {
        Path place = directory.resolve(name.replace(' ', '-') + "-" + logs + "-" + round);
        Files.createDirectories(place);
        try (var workers = new JdkWorkers(1_000)) {
            var rules = TopicRules.withoutOverrides(BrokerSettings.of(java.util.Map.of()));
            var settings = new LogDirSettings("bench", 1, new SystemRandomness(), _ -> rules, 1, 100, writeAheadBytes, new LogDirSettings.Listener() {});
            LogDirectory opened = LogDirectory.open(new NioDisk(), place, new SystemClock(), workers, settings);
            List<Target> targets = new ArrayList<>();
            for (int i = 0; i < logs; i++) targets.add(new Target(opened.createLog(new TopicPartition("bench", i), new Uuid(1, 1), rules)));
            report(name, logs, append(targets, opened.syncOwner()));
            opened.close();
        }
    }

    private long[] append(List<Target> targets, SyncOwner owner) throws InterruptedException {
        long end = System.nanoTime() + runNanos;
        long[][] latencies = new long[appenders][];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < appenders; i++) {
            int number = i;
            threads.add(Thread.ofPlatform().start(() -> latencies[number] = appendUntil(end, targets, owner, new SplittableRandom(number))));
        }
        for (Thread thread : threads) thread.join();
        return Arrays.stream(latencies).flatMapToLong(Arrays::stream).sorted().toArray();
    }

    private static long[] appendUntil(long end, List<Target> targets, SyncOwner owner, SplittableRandom random) {
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
                owner.requestSync(target.log, appended.lastOffset() + 1);
                target.await(appended.lastOffset() + 1);
                latencies.add(System.nanoTime() - begin);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return latencies.stream().mapToLong(Long::longValue).toArray();
    }

    private void report(String name, int logs, long[] sorted) {
        System.out.printf(Locale.ROOT, "%-12s %4d logs %3d appenders: %7.0f appends/s, p50 %6.2f ms, p99 %6.2f ms%n", name, logs, appenders,
                sorted.length / (runNanos / 1e9), sorted[sorted.length / 2] / 1e6, sorted[(int) (sorted.length * 0.99)] / 1e6);
    }
}
