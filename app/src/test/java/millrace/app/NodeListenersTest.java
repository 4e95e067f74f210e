package millrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;

import millrace.app.NodeSettings.Listener;
import millrace.bindings.net.NetSettings;
import millrace.bindings.net.NettyNet;
import millrace.bindings.time.SystemClock;
import millrace.settings.HostPort;
import millrace.settings.ListenerAddress;
import millrace.settings.SecurityProtocol;
import millrace.settings.SettingTable;
import millrace.settings.SettingValues;
import millrace.wire.ConnectionLimits;
import millrace.wire.Handlers;
import millrace.wire.Meter;
import millrace.wire.RequestMemory;
import millrace.wire.WireRuntime;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodeListenersTest {
    private static final long LONG_MS = TimeUnit.HOURS.toMillis(1);

    private final NettyNet net = new NettyNet(NetSettings.defaults().withLoops(1));
    private NodeListeners listeners;

    @BeforeEach void make() {
        listeners = listeners(0);
    }

    @AfterEach void close() {
        listeners.close();
        net.close();
    }

    @Test void whoComesWhileTheLogsAreOpenedStaysUntilTheyAreServed() throws Exception {
        listeners.listenFor(LONG_MS, net.loops().getFirst());
        int port = port();
        try (var waiting = new Socket("127.0.0.1", port)) {
            listeners.listen();
            assertThat(port()).isEqualTo(port);
            waiting.setSoTimeout(200);
            assertThatThrownBy(() -> waiting.getInputStream().read()).as("it is still open").isInstanceOf(java.net.SocketTimeoutException.class);
            listeners.serve(false, Handlers.builder().build());
        }
    }

    @Test void whereThatTakesTooLongTheyAreTurnedAwayAndPortsAreTakenAnewAtItsEnd() throws Exception {
        int port = aFreePort();
        listeners.close();
        listeners = listeners(port);
        listeners.listenFor(1, net.loops().getFirst());
        while (accepts(port)) Thread.onSpinWait();
        listeners.listen();
        assertThat(accepts(port)).isTrue();
        assertThat(port()).isEqualTo(port);
    }

    @Test void aPortThatIsTakenIsToldBeforeAnythingElseIsDone() throws Exception {
        try (var other = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            listeners.close();
            listeners = listeners(other.getLocalPort());
            assertThatThrownBy(() -> listeners.listenFor(LONG_MS, net.loops().getFirst())).isInstanceOf(StartFailure.class).hasMessageContaining("" + other.getLocalPort());
        }
    }

    private NodeListeners listeners(int port) {
        var listener = new Listener(new ListenerAddress("PLAINTEXT", new HostPort("127.0.0.1", port)), SecurityProtocol.PLAINTEXT, false, 10);
        var runtime = new WireRuntime(new SystemClock(), new RequestMemory(1 << 20), ConnectionLimits.none(), Meter.NONE);
        return new NodeListeners(List.of(listener), SettingValues.defaultsOf(SettingTable.BROKER), net, runtime);
    }

    private int port() {
        return listeners.listening().getFirst().address().port();
    }

    private static boolean accepts(int port) {
        try (var socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    private static int aFreePort() throws IOException {
        try (var free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }
}
