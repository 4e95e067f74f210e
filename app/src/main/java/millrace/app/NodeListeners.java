package millrace.app;

import java.io.IOException;
import java.util.List;
import millrace.app.NodeSettings.Listener;
import millrace.ports.Cancellable;
import millrace.ports.EventLoop;
import millrace.ports.Net;
import millrace.settings.BrokerSettings;
import millrace.settings.HostPort;
import millrace.settings.ListenerAddress;
import millrace.settings.SettingValues;
import millrace.wire.Handlers;
import millrace.wire.ListenerSettings;
import millrace.wire.ServerListener;
import millrace.wire.WireRuntime;

/// The listeners of the settings: first they take their ports, later they serve.
///
/// Clients that come before wait, which saves them a refusal and the pause before they try again. But a client that has other nodes to turn to
/// must not wait for one that recovers its logs for minutes: [#listenFor] gives the ports back after a while, [#listen] takes them for good.
final class NodeListeners implements AutoCloseable {
    private final List<Door> doors;
    private Cancellable turningAway;
    private boolean kept;

    NodeListeners(List<Listener> listeners, SettingValues values, Net net, WireRuntime runtime) {
        this.doors = listeners.stream().map(listener -> new Door(listener, new ServerListener(net, listener.name(), settings(listener, values), runtime))).toList();
    }

    private static ListenerSettings settings(Listener listener, SettingValues values) {
        int maxRequestBytes = values.integer("socket.request.max.bytes");
        return ListenerSettings.DEFAULTS.withMaxRequestBytes(maxRequestBytes).withMaxFirstRequestBytes(maxRequestBytes)
                .withMaxIdleMs(values.longValue("connections.max.idle.ms")).withMaxConnections(listener.maxConnections());
    }

    /// Takes every port. Whoever connects waits for [#serve], unless [#listen] is not called within `patienceMs`: then the ports are given back.
    /// @param loop whose thread gives them back
    /// @throws StartFailure where one cannot be had; it names the listener
    synchronized void listenFor(long patienceMs, EventLoop loop) throws StartFailure {
        for (Door door : doors) door.takePort();
        turningAway = loop.schedule(patienceMs, this::turnAway);
    }

    /// Takes the ports that are not taken, and keeps them. Whoever connects waits for [#serve].
    /// @throws StartFailure where one cannot be had; it names the listener
    synchronized void listen() throws StartFailure {
        if (turningAway != null) turningAway.cancel();
        kept = true;
        for (Door door : doors) door.takePort();
    }

    private synchronized void turnAway() {
        if (!kept) doors.forEach(Door::turnAway);
    }

    /// @param controller whether the controller's listeners are meant, or the clients'
    void serve(boolean controller, Handlers handlers) {
        for (Door door : doors) if (door.listener.controller() == controller) door.server.serve(handlers);
    }

    /// Takes up what has changed while the node runs.
    void follow(BrokerSettings now) {
        for (Door door : doors) door.server.maxConnections(ConnectionSettings.ofListener(now, door.listener.name()));
    }

    /// @return the ports that were really taken
    synchronized List<ListenerAddress> listening() {
        return doors.stream().map(Door::address).toList();
    }

    @Override public synchronized void close() {
        kept = true;
        doors.forEach(door -> door.server.close());
    }

    /// A listener, and the port it has, 0 while it has none.
    private static final class Door {
        private final Listener listener;
        private final ServerListener server;
        private int port;

        Door(Listener listener, ServerListener server) {
            this.listener = listener;
            this.server = server;
        }

        void takePort() throws StartFailure {
            if (port != 0) return;
            HostPort wanted = listener.address().address();
            try {
                port = server.listen(wanted.host(), wanted.port()).port();
            } catch (IOException taken) {
                throw StartFailure.cannotListen(listener.address(), taken);
            }
        }

        void turnAway() {
            server.turnAway();
            port = 0;
        }

        ListenerAddress address() {
            return new ListenerAddress(listener.name(), new HostPort(listener.address().address().host(), port));
        }
    }
}
