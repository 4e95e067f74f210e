package millrace.sim.log;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import millrace.record.Codec;
import millrace.sim.Chance;
import millrace.sim.World;
import millrace.sim.log.LogHistory.Produce;

/// A producer of one partition, as a client library is one: at most five batches on their way, in order; what is not answered in time
/// is sent again, the oldest first. Without idempotence nothing is sent twice, and what is not answered stays open.
/// The first batch goes alone: a log that does not know a producer takes any sequence for its first, as Apache Kafka's does.
///
///     sendNext ─▶ deliver (the network's time) ─▶ node ─▶ answered
///         └── no answer in time, or out of order ─▶ resendAll over a new connection; the old one's requests may still arrive
final class LogProducer {
    private static final int MOST_IN_FLIGHT = 5;
    private static final int MOST_RECORDS_IN_BATCH = 8;
    private static final long THINK_NANOS = 20_000_000;
    private static final long REQUEST_TIME_OUT_NANOS = 1_500_000_000;
    private static final long RETRY_NANOS = 50_000_000;
    private static final long TYPICAL_DELAY_NANOS = 500_000;

    private record Batch(Produce produce, ByteBuffer bytes) {}

    /// Requests arrive in order, and answers leave in the order of the requests. It ends with the process that it was made to.
    private static final class Connection {
        int madeToLife = -1;
        final ArrayDeque<Exchange> exchanges = new ArrayDeque<>();
        long lastRequestNanos;
        long lastAnswerNanos;
    }

    private static final class Exchange {
        final Batch batch;
        LogService.Reply reply;

        Exchange(Batch batch) {
            this.batch = batch;
        }
    }

    private final World world;
    private final LogService node;
    private final LogHistory history;
    private final int number;
    private final int partition;
    private final boolean idempotent;
    private final Codec codec;
    private final Chance chance;
    private final ArrayDeque<Batch> inFlight = new ArrayDeque<>();
    /// What was sent over an older one may still arrive, late.
    private Connection connection = new Connection();
    private int nextSequence;
    private long lastProgressNanos;
    private boolean isKnown;
    /// What is on its way goes first over the new connection; nothing new before that.
    private boolean isReconnecting;
    private boolean stopped;

    LogProducer(World world, LogService node, LogHistory history, int number, int partition) {
        this.world = world;
        this.node = node;
        this.history = history;
        this.number = number;
        this.partition = partition;
        this.chance = world.chance().split();
        this.idempotent = chance.perMille(700);
        this.codec = chance.oneOf(Codec.NONE, Codec.NONE, Codec.NONE, Codec.GZIP, Codec.LZ4);
    }

    void begin() {
        think();
        watch();
    }

    /// Sends nothing new from now on; what is on its way is still seen through.
    void stop() {
        stopped = true;
    }

    boolean isDone() {
        return inFlight.isEmpty() || !idempotent;
    }

    private void think() {
        world.at(chance.heavyTailed(THINK_NANOS), () -> {
            if (stopped) return;
            if (!isReconnecting && inFlight.size() < (isKnown ? MOST_IN_FLIGHT : 1) && node.isServing()) sendNext();
            think();
        });
    }

    private void sendNext() {
        Produce produce = history.produce(number, idempotent, partition, chance.between(1, MOST_RECORDS_IN_BATCH), world.nowNanos());
        ByteBuffer bytes = Payload.batchOf(produce, codec, 1_000 + number, (short) 0, nextSequence, node.node().clock().timestampMs());
        nextSequence += produce.count();
        var batch = new Batch(produce, bytes);
        if (inFlight.isEmpty()) lastProgressNanos = world.nowNanos();
        inFlight.add(batch);
        deliver(batch);
    }

    private void deliver(Batch batch) {
        Connection over = connection;
        var exchange = new Exchange(batch);
        over.exchanges.add(exchange);
        long now = world.nowNanos();
        over.lastRequestNanos = Math.max(over.lastRequestNanos + 1, now + chance.heavyTailed(TYPICAL_DELAY_NANOS));
        world.at(over.lastRequestNanos - now, () -> {
            if (over.madeToLife < 0) over.madeToLife = node.lives();
            if (over.madeToLife != node.lives()) return;
            node.produce(partition, copy(batch.bytes()), reply -> {
                exchange.reply = reply;
                sendAnswers(over);
            });
        });
    }

    private void sendAnswers(Connection over) {
        while (!over.exchanges.isEmpty() && over.exchanges.peek().reply != null) {
            Exchange first = over.exchanges.poll();
            long now = world.nowNanos();
            over.lastAnswerNanos = Math.max(over.lastAnswerNanos + 1, now + chance.heavyTailed(TYPICAL_DELAY_NANOS));
            world.at(over.lastAnswerNanos - now, () -> answered(first.batch, over, first.reply));
        }
    }

    /// The node writes offsets into the bytes that it is given, as it may: a frame is its own.
    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    private void answered(Batch batch, Connection over, LogService.Reply reply) {
        if (over != connection || !inFlight.contains(batch)) return;
        lastProgressNanos = world.nowNanos();
        switch (reply) {
            case LogService.Reply.Acked(long firstOffset) -> {
                batch.produce().ok(firstOffset, world.nowNanos());
                inFlight.remove(batch);
                isKnown = true;
            }
            case LogService.Reply.Refused refused -> {
                world.note("producer " + number + " is refused " + batch.produce().id() + " with " + refused.error() + ": " + refused.message());
                if (idempotent) {
                    reconnect();
                } else {
                    batch.produce().failed(world.nowNanos());
                    inFlight.remove(batch);
                }
            }
        }
    }

    private void watch() {
        world.at(chance.between(RETRY_NANOS, 2 * RETRY_NANOS), () -> {
            if (!inFlight.isEmpty() && world.nowNanos() - lastProgressNanos > REQUEST_TIME_OUT_NANOS) reconnect();
            watch();
        });
    }

    private void reconnect() {
        connection = new Connection();
        lastProgressNanos = world.nowNanos();
        if (!idempotent) {
            inFlight.clear();
            return;
        }
        Connection over = connection;
        List<Batch> again = new ArrayList<>(inFlight);
        isReconnecting = true;
        world.at(RETRY_NANOS, () -> {
            if (over != connection) return;
            isReconnecting = false;
            again.stream().filter(inFlight::contains).forEach(this::deliver);
        });
    }
}
