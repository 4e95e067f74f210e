package millrace.wire;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import millrace.ports.Net;

/// A named listener (`PLAINTEXT://0.0.0.0:9092`): accepts connections and answers their requests with its [Handlers].
///
/// [#listen] takes the address, where connections wait from then on; [#serve] lets them in. [#close] stops accepting and closes every
/// connection once its answers that are due have been sent; [#allClosed] holds when the last one has gone. Safe from any thread.
public final class ServerListener implements Net.DriverFactory, AutoCloseable {
    private final Net net;
    private final String name;
    private final ListenerSettings settings;
    private final WireRuntime runtime;
    private final AtomicInteger open = new AtomicInteger();
    private final Signal left = new Signal();
    private volatile Net.Listening listening;
    private volatile Handlers handlers;
    private volatile boolean closed;
    private volatile int maxConnections;

    public ServerListener(Net net, String name, ListenerSettings settings, WireRuntime runtime) {
        this.net = net;
        this.name = name;
        this.settings = settings;
        this.runtime = runtime;
        this.maxConnections = settings.maxConnections();
    }

    /// @param port 0 for any that is free
    /// @return where it listens now; nobody is let in before [#serve]
    /// @throws IOException when the address cannot be bound; the text names host and port
    public Net.Listening listen(String host, int port) throws IOException {
        listening = net.listen(host, port);
        return listening;
    }

    /// Gives the address back before [#serve]: those who wait there are turned away. [#listen] may be called again.
    public void turnAway() {
        listening.close();
    }

    /// @param handlers they have to be ready: requests come at once
    public void serve(Handlers handlers) {
        this.handlers = handlers;
        listening.accept(this);
    }

    public String name() {
        return name;
    }

    public Handlers handlers() {
        return handlers;
    }

    /// From now on; who is connected already stays.
    public void maxConnections(int most) {
        maxConnections = most;
    }

    public int openConnections() {
        return open.get();
    }

    /// Holds once [#close] has been called and no connection is left.
    public Condition allClosed() {
        return Condition.on(List.of(left), () -> closed && open.get() == 0);
    }

    @Override public Net.ConnectionDriver accept(Net.Link link) {
        if (closed) return null;
        String reason = letIn(link.peerAddress());
        if (reason != null) {
            runtime.failures().turnedAway(link.peer(), name, reason);
            runtime.meter().connectionRefused(name);
            return null;
        }
        LoopTurns turns = runtime.turns(link.loop());
        runtime.meter().connectionOpened(name, turns.number());
        var connection = new ServerConnection(this, runtime, settings, turns, link);
        turns.connections().add(connection);
        return connection;
    }

    void left(String peerAddress, LoopTurns turns) {
        runtime.limits().leave(peerAddress);
        runtime.meter().connectionClosed(name, turns.number());
        open.decrementAndGet();
        left.raise();
    }

    @Override public void close() {
        closed = true;
        if (listening != null) listening.close();
        for (LoopTurns turns : runtime.turns()) turns.loop().execute(() -> closeConnections(turns));
        left.raise();
    }

    /// @return null, or why the connection may not come in
    private String letIn(String peerAddress) {
        int most = maxConnections;
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            return "the listener has " + most + " connections, which is its max.connections";
        }
        String reason = runtime.limits().enter(peerAddress);
        if (reason != null) open.decrementAndGet();
        return reason;
    }

    private void closeConnections(LoopTurns turns) {
        for (ServerConnection connection : List.copyOf(turns.connections())) if (connection.listener() == this) connection.closeNow();
    }
}
