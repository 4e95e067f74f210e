package millrace.sim.net;

import java.io.IOException;
import java.util.List;
import millrace.ports.EventLoop;
import millrace.ports.Net;
import millrace.sim.Incarnation;

/// The [Net] port of one process: listens under its node's name, connects to nodes by theirs.
final class SimNet implements Net {
    private final SimNetwork network;
    private final Incarnation process;
    private final List<EventLoop> loops;

    SimNet(SimNetwork network, Incarnation process, List<EventLoop> loops) {
        this.network = network;
        this.process = process;
        this.loops = loops;
    }

    @Override public Listening listen(String host, int port) throws IOException {
        int bound = network.listen(process, port, loops);
        return new Listening() {
            @Override public String host() {
                return process.node().name();
            }

            @Override public int port() {
                return bound;
            }

            @Override public void accept(DriverFactory drivers) {
                network.accept(process, bound, drivers);
            }

            @Override public void close() {
                network.unlisten(process, bound);
            }
        };
    }

    @Override public void connect(String host, int port, EventLoop loop, ConnectionDriver driver) {
        Connection.open(network, process, loop, driver, host, port);
    }

    @Override public List<? extends EventLoop> loops() {
        return loops;
    }
}
