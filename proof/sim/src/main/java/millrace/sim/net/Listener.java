package millrace.sim.net;

import java.util.ArrayList;
import java.util.List;
import millrace.ports.EventLoop;
import millrace.ports.Net;
import millrace.sim.Incarnation;

/// A port that a process has taken, and the connections that wait there until it accepts.
final class Listener {
    private final Incarnation owner;
    private final List<EventLoop> loops;
    private final List<Connection> waiting = new ArrayList<>();
    private Net.DriverFactory drivers;

    Listener(Incarnation owner, List<EventLoop> loops) {
        this.owner = owner;
        this.loops = loops;
    }

    Incarnation owner() {
        return owner;
    }

    List<EventLoop> loops() {
        return loops;
    }

    void accept(Net.DriverFactory drivers) {
        this.drivers = drivers;
        waiting.forEach(connection -> connection.accept(drivers));
        waiting.clear();
    }

    void come(Connection connection) {
        if (drivers == null) waiting.add(connection);
        else connection.accept(drivers);
    }

    void turnAway() {
        waiting.forEach(connection -> connection.breakNow("the listener was closed"));
    }
}
