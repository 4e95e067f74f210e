package millrace.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// How many connections the node has, and each address: `max.connections`, `max.connections.per.ip` and its overrides.
///
/// One too many is closed as soon as it is accepted. (Kafka leaves it in the backlog when the node as a whole is full; a peer
/// that is told at once can try another node.) Safe from any thread.
public final class ConnectionLimits {
    private final ReentrantLock lock = new ReentrantLock();
    private int maxConnections;
    private int maxPerAddress;
    private Map<String, Integer> overrides;
    /// Bounded by the number of connections: an address leaves with its last one.
    private final Map<String, Integer> openByAddress = new HashMap<>();
    private int open;

    /// @param overrides address to its own limit
    public ConnectionLimits(int maxConnections, int maxPerAddress, Map<String, Integer> overrides) {
        this.maxConnections = maxConnections;
        this.maxPerAddress = maxPerAddress;
        this.overrides = Map.copyOf(overrides);
    }

    public static ConnectionLimits none() {
        return new ConnectionLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Map.of());
    }

    /// From now on; who is connected already stays.
    public void change(int newMaxConnections, int newMaxPerAddress, Map<String, Integer> newOverrides) {
        lock.lock();
        try {
            maxConnections = newMaxConnections;
            maxPerAddress = newMaxPerAddress;
            overrides = Map.copyOf(newOverrides);
        } finally {
            lock.unlock();
        }
    }

    public int open() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    /// Lets a connection in, which must [#leave] in the end.
    /// @return null, or why it may not come in
    String enter(String address) {
        lock.lock();
        try {
            if (open >= maxConnections) return "the node has " + open + " connections and max.connections is " + maxConnections;
            int ofAddress = openByAddress.getOrDefault(address, 0);
            int limit = overrides.getOrDefault(address, maxPerAddress);
            if (ofAddress >= limit) return address + " has " + ofAddress + " connections and may have " + limit + " (max.connections.per.ip and its overrides)";
            openByAddress.put(address, ofAddress + 1);
            open++;
            return null;
        } finally {
            lock.unlock();
        }
    }

    void leave(String address) {
        lock.lock();
        try {
            openByAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
            open--;
        } finally {
            lock.unlock();
        }
    }

    @Override public String toString() {
        lock.lock();
        try {
            return "max.connections=" + maxConnections + ", max.connections.per.ip=" + maxPerAddress + ", overrides " + overrides;
        } finally {
            lock.unlock();
        }
    }
}
