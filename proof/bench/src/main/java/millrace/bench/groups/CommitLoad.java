package millrace.bench.groups;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import millrace.common.Uuid;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.OffsetCommitResponse;

/// Many groups, each of one consumer that assigns itself its partition and commits as it goes on: one connection, one commit at a time.
///
/// With a rate, a commit's time counts from when it was due, so that a broker that stalls cannot hide it.
final class CommitLoad {
    private static final int OFFSET_COMMIT = 9;
    private static final int WITHOUT_MEMBERSHIP = -1;
    private static final int WARM_UP_SECONDS = 8;
    private static final int GIVE_UP_STARTING_AFTER_MS = 60_000;

    private final InetSocketAddress broker;
    private final BrokerCpu cpu;
    private final int groups;
    private final int seconds;
    private final int rate;
    private final String run = Long.toString(System.nanoTime(), Character.MAX_RADIX);
    private final AtomicInteger failed = new AtomicInteger();
    private final List<long[]> times = new ArrayList<>();
    private volatile long measureFromNs = Long.MAX_VALUE;
    private volatile long measureUntilNs = Long.MAX_VALUE;

    /// @param rate commits a second altogether; 0 for as many as are answered
    CommitLoad(InetSocketAddress broker, BrokerCpu cpu, int groups, int seconds, int rate) {
        this.broker = broker;
        this.cpu = cpu;
        this.groups = groups;
        this.seconds = seconds;
        this.rate = rate;
    }

    String run() throws IOException, InterruptedException {
        Topics.create(broker, topic(), 1, 1);
        Topics.awaitCoordinator(broker, group(0));
        List<Thread> threads = new ArrayList<>();
        long startNs = System.nanoTime();
        for (int i = 0; i < groups; i++) {
            int group = i;
            threads.add(Thread.ofVirtual().start(() -> commit(group, startNs)));
        }
        Thread.sleep(1_000L * WARM_UP_SECONDS);
        long cpuBefore = cpu.milliseconds();
        measureFromNs = System.nanoTime();
        Thread.sleep(1_000L * seconds);
        measureUntilNs = System.nanoTime();
        long cpuMs = cpu.milliseconds() - cpuBefore;
        for (Thread thread : threads) thread.join();
        return told(cpuMs);
    }

    private String topic() {
        return "committed-" + run + "-";
    }

    private String group(int number) {
        return "committing-" + run + "-" + number;
    }

    private void commit(int group, long startNs) {
        var taken = new Times();
        try (var link = new Link(broker, "committer-" + group)) {
            awaitLoaded(link, group);
            long paceNs = rate == 0 ? 0 : 1_000_000_000L * groups / rate;
            long dueNs = startNs + paceNs * group / groups;
            for (long offset = 0; System.nanoTime() < measureUntilNs; offset++) {
                dueNs = rate == 0 ? System.nanoTime() : nextDue(dueNs, paceNs);
                ErrorCode error = commit(link, group, offset);
                long nowNs = System.nanoTime();
                boolean counts = dueNs >= measureFromNs && nowNs < measureUntilNs;
                if (counts && error == ErrorCode.NONE) taken.add(nowNs - dueNs);
                if (error != ErrorCode.NONE) failed.incrementAndGet();
            }
        } catch (IOException | InterruptedException e) {
            failed.incrementAndGet();
        }
        synchronized (times) {
            times.add(taken.all());
        }
    }

    /// A broker that cannot keep up is not asked ever more: what was due before the warm-up was over is passed over.
    private long nextDue(long lastNs, long paceNs) {
        long dueNs = lastNs + paceNs;
        if (measureFromNs == Long.MAX_VALUE) dueNs = Math.max(dueNs, System.nanoTime());
        for (long leftNs = dueNs - System.nanoTime(); leftNs > 0; leftNs = dueNs - System.nanoTime()) LockSupport.parkNanos(leftNs);
        return dueNs;
    }

    /// The coordinators of a new `__consumer_offsets` come one after the other.
    private void awaitLoaded(Link link, int group) throws IOException, InterruptedException {
        long untilNs = System.nanoTime() + 1_000_000L * GIVE_UP_STARTING_AFTER_MS;
        while (commit(link, group, 0) != ErrorCode.NONE) {
            if (System.nanoTime() > untilNs) throw new IOException("no coordinator for group " + group(group));
            Thread.sleep(100);
        }
    }

    private ErrorCode commit(Link link, int group, long offset) throws IOException {
        var partition = new OffsetCommitRequestPartition(0, offset, -1, "");
        var topic = new OffsetCommitRequestTopic(topic() + "0", new Uuid(0, 0), List.of(partition));
        var request = new OffsetCommitRequest(group(group), WITHOUT_MEMBERSHIP, "", null, -1, List.of(topic));
        return ErrorCode.forCode(link.ask(request, OFFSET_COMMIT, OffsetCommitResponse.class).topics().getFirst().partitions().getFirst().errorCode());
    }

    private String told(long cpuMs) {
        long[] all = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        if (all.length == 0) throw new IllegalStateException("no commit was answered; " + failed + " failed");
        return String.format(Locale.ROOT, "commits_per_s=%d p50_us=%d p99_us=%d broker_cpu_us_per_commit=%.1f failed=%d",
                all.length / seconds, all[all.length / 2] / 1_000, all[(int) (all.length * 0.99)] / 1_000, 1_000.0 * cpuMs / all.length, failed.get());
    }
}
