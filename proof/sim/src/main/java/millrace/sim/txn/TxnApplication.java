package millrace.sim.txn;

import java.util.ArrayList;
import java.util.List;
import millrace.sim.Chance;
import millrace.sim.World;
import millrace.sim.log.WholeNode;
import millrace.sim.txn.TxnProducer.Generation;

/// Keeps a producer of one transactional id going. Now and then it starts the next one, and the one before is killed, or lives on and does not know.
final class TxnApplication {
    static final String GROUP = "transfers";
    private static final long REPLACED_NANOS = 2_500_000_000L;
    private static final long RESTART_NANOS = 100_000_000;

    private final World world;
    private final WholeNode node;
    private final TxnHistory history;
    private final int number;
    private final int partitions;
    private final Chance chance;
    private final int timeoutMs;
    private final long patienceNanos;
    private final boolean transforms;
    private final List<TxnProducer> producers = new ArrayList<>();
    private boolean stopped;

    TxnApplication(World world, WholeNode node, TxnHistory history, int number, int partitions) {
        this.world = world;
        this.node = node;
        this.history = history;
        this.number = number;
        this.partitions = partitions;
        this.chance = world.chance().split();
        this.timeoutMs = chance.between(1_000, TxnWorkload.LONGEST_TIME_OUT_MS);
        this.patienceNanos = chance.oneOf(60_000_000L, 200_000_000L, 1_200_000_000L);
        this.transforms = chance.coin();
    }

    void begin() {
        start();
        replaceNowAndThen();
    }

    private void start() {
        if (stopped) return;
        var producer = new TxnProducer(world, node, history, this, producers.size(), chance.coin() ? Generation.OLD : Generation.NEW);
        producers.add(producer);
        producer.begin();
    }

    private void replaceNowAndThen() {
        world.at(chance.between(REPLACED_NANOS / 2, 2 * REPLACED_NANOS), () -> {
            if (stopped) return;
            TxnProducer before = producers.getLast();
            if (chance.coin()) before.vanish();
            start();
            replaceNowAndThen();
        });
    }

    /// It has been told that it may not go on. The newest one has a successor; an older one was fenced, as it should be.
    void ended(TxnProducer producer) {
        if (producer == producers.getLast()) world.at(RESTART_NANOS, () -> {
            if (producer == producers.getLast()) start();
        });
    }

    void stop() {
        stopped = true;
        producers.forEach(TxnProducer::stop);
    }

    /// Everybody goes, whatever they are about.
    void vanish() {
        producers.forEach(TxnProducer::vanish);
    }

    int number() {
        return number;
    }

    String transactionalId() {
        return "transfer-" + number;
    }

    int partitions() {
        return partitions;
    }

    int timeoutMs() {
        return timeoutMs;
    }

    /// @return how long its producers wait for an answer before they send again
    long patienceNanos() {
        return patienceNanos;
    }

    /// @return whether its transactions go on in an input where the last committed one has stopped (consume-transform-produce)
    boolean transforms() {
        return transforms;
    }

    long timestampMs() {
        return node.node().clock().timestampMs();
    }
}
