package millrace.app;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import millrace.app.NodeSettings.Listener;
import millrace.ports.Net;
import millrace.settings.HostPort;
import millrace.settings.ListenerAddress;
import millrace.settings.SettingValues;
import millrace.wire.Handlers;
import millrace.wire.ListenerSettings;
import millrace.wire.ServerListener;
import millrace.wire.WireRuntime;

/// The listeners of the settings: first they take their ports, later they serve.
final class NodeListeners implements AutoCloseable {
    private final Map<Listener, ServerListener> servers = new LinkedHashMap<>();
    private final Map<Listener, Integer> ports = new LinkedHashMap<>();

    NodeListeners(List<Listener> listeners, SettingValues values, Net net, WireRuntime runtime) {
        for (Listener listener : listeners) servers.put(listener, new ServerListener(net, listener.name(), settings(listener, values), runtime));
    }

    private static ListenerSettings settings(Listener listener, SettingValues values) {
        int maxRequestBytes = values.integer("socket.request.max.bytes");
        return ListenerSettings.DEFAULTS.withMaxRequestBytes(maxRequestBytes).withMaxFirstRequestBytes(maxRequestBytes)
                .withMaxIdleMs(values.longValue("connections.max.idle.ms")).withMaxConnections(listener.maxConnections());
    }

    /// Takes every port. Whoever connects waits until [#serve].
    /// @throws StartFailure where one cannot be had; it names the listener
    void listen() throws StartFailure {
        for (Map.Entry<Listener, ServerListener> each : servers.entrySet()) {
            HostPort address = each.getKey().address().address();
            try {
                ports.put(each.getKey(), each.getValue().listen(address.host(), address.port()).port());
            } catch (IOException taken) {
                throw StartFailure.cannotListen(each.getKey().address(), taken);
            }
        }
    }

    /// @param controller whether the controller's listeners are meant, or the clients'
    void serve(boolean controller, Handlers handlers) {
        servers.forEach((listener, server) -> {
            if (listener.controller() == controller) server.serve(handlers);
        });
    }

    /// @return the ports that were really taken
    List<ListenerAddress> listening() {
        return ports.entrySet().stream().map(each -> new ListenerAddress(each.getKey().name(), new HostPort(each.getKey().address().address().host(), each.getValue()))).toList();
    }

    @Override public void close() {
        servers.values().forEach(ServerListener::close);
    }
}
