package millrace.transaction;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;

/// Keeps what a client has sent over a connection and then given up from reaching a later transaction of the same producer.
///
/// Why: before transaction version 2 an epoch serves for many transactions. A client that hears nothing closes the connection and sends the request
/// again over a new one; the first copy may still lie in the old connection's buffers, and be read when the next transaction is under way. It would
/// commit, abort, or write into that one, and nothing in it tells that it is late (KAFKA-17754, `reliability.md` scenario 38).
///
/// What tells is the connection: a client uses one at a time for its coordinator, and one for each leader, and never goes back to an older one. So for
/// each producer and epoch the newest connection of each purpose is remembered, and an older one is refused; one that was replaced for one purpose is
/// refused for the other, too. The refusal is the end of that connection, not an error: the copy has nobody who waits for it, and a client that does use
/// two connections by turns only opens a new one, which is then the newest. So no client can be kept out for good.
///
/// Another epoch is another producer: between the two the coordinator's own fencing tells, and neither disturbs the other's connections here.
public final class ConnectionFence {
    /// What a connection is used for: a client may have one for each, or one for all that go to the same broker.
    public enum Purpose { COORDINATION, RECORDS, OFFSETS }

    private static final int MOST_REPLACED = 16;
    private static final long NONE = -1;

    private static final class Connections {
        private final long[] newest = new long[Purpose.values().length];
        private final LinkedHashSet<Long> replaced = new LinkedHashSet<>();

        Connections() {
            Arrays.fill(newest, NONE);
        }
    }

    private record Producer(long producerId, short epoch) {}

    private final int maxProducers;
    /// The one that was heard of longest ago first.
    private final LinkedHashMap<Producer, Connections> byProducer = new LinkedHashMap<>(16, 0.75f, true);

    /// @param maxProducers whoever was silent longest is forgotten beyond that many, and is then protected by its epoch alone
    public ConnectionFence(int maxProducers) {
        this.maxProducers = maxProducers;
    }

    /// A request has come over that connection.
    /// @param connection numbers grow in the order in which connections were opened
    /// @return false when its producer has gone on to a newer one
    public boolean admits(long producerId, short epoch, Purpose purpose, long connection) {
        Connections connections = byProducer.computeIfAbsent(new Producer(producerId, epoch), _ -> new Connections());
        if (byProducer.size() > maxProducers) byProducer.pollFirstEntry();
        long newest = connections.newest[purpose.ordinal()];
        if (connection < newest || connections.replaced.contains(connection)) return false;
        if (connection > newest) replace(connections, purpose, newest, connection);
        return true;
    }

    private static void replace(Connections connections, Purpose purpose, long older, long newer) {
        connections.newest[purpose.ordinal()] = newer;
        if (older == NONE) return;
        connections.replaced.add(older);
        if (connections.replaced.size() > MOST_REPLACED) connections.replaced.removeFirst();
    }
}
