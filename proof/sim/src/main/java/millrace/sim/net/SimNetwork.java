package millrace.sim.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import millrace.ports.EventLoop;
import millrace.ports.Net;
import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.Incarnation;
import millrace.sim.World;

/// All connections of a world, who listens where, and who cannot reach whom. Hosts are named as the nodes are.
public final class SimNetwork {
    private static final long TYPICAL_DELAY_NANOS = 120_000;
    private static final long SLOW_DELAY_NANOS = 20_000_000;
    private static final int FIRST_EPHEMERAL_PORT = 40_000;

    private final World world;
    private final Chance chance;
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private final List<Connection> connections = new ArrayList<>();
    private final TreeSet<String> cut = new TreeSet<>();
    private int nextPort = FIRST_EPHEMERAL_PORT;

    public SimNetwork(World world, Chance chance) {
        this.world = world;
        this.chance = chance;
    }

    World world() {
        return world;
    }

    Chance chance() {
        return chance;
    }

    /// The network as `process` sees it, with `loops` event loops of its own.
    public Net at(Incarnation process, int loops) {
        List<EventLoop> owned = new ArrayList<>();
        for (int i = 0; i < loops; i++) owned.add(process.loop("net-" + i));
        return new SimNet(this, process, List.copyOf(owned));
    }

    /// Bytes from one node no longer reach the other (one way).
    public void cut(String from, String to) {
        world.note("network cut " + from + " -> " + to);
        cut.add(from + ">" + to);
    }

    public void join(String from, String to) {
        world.note("network joined " + from + " -> " + to);
        cut.remove(from + ">" + to);
    }

    public void joinAll() {
        cut.clear();
    }

    boolean isCut(String from, String to) {
        return cut.contains(from + ">" + to);
    }

    /// Everything of a process that has died: what it listened on is gone, its peers hear of their connections' end.
    public void dropAll(Incarnation process) {
        listeners.values().removeIf(listener -> listener.owner() == process);
        for (Connection connection : List.copyOf(connections)) {
            if (connection.belongsTo(process)) connection.breakNow("peer went down");
        }
    }

    int listen(Incarnation owner, int port, List<EventLoop> loops) throws IOException {
        int bound = port == 0 ? nextPort++ : port;
        String address = owner.node().name() + ":" + bound;
        if (listeners.containsKey(address)) throw new IOException("cannot listen on " + address + ": somebody does already");
        listeners.put(address, new Listener(owner, loops));
        return bound;
    }

    void accept(Incarnation owner, int port, Net.DriverFactory drivers) {
        listener(owner.node().name(), port).accept(drivers);
    }

    void unlisten(Incarnation owner, int port) {
        Listener closed = listeners.remove(owner.node().name() + ":" + port);
        if (closed != null) closed.turnAway();
    }

    Listener listener(String host, int port) {
        return listeners.get(host + ":" + port);
    }

    int ephemeralPort() {
        return nextPort++;
    }

    void opened(Connection connection) {
        connections.add(connection);
    }

    void ended(Connection connection) {
        connections.remove(connection);
    }

    long delayNanos() {
        return chance.heavyTailed(world.faultPlan().strikes(Fault.SLOW_NETWORK) ? SLOW_DELAY_NANOS : TYPICAL_DELAY_NANOS);
    }
}
