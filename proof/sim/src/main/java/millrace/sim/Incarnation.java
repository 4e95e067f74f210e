package millrace.sim;

import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.ports.EventLoop;
import millrace.ports.Net;
import millrace.ports.Randomness;
import millrace.ports.Workers;
import millrace.sim.disk.SimDisk;

/// One life of a process on a [Node]: the ports that the code under test is given. Once it has ended, nothing of it runs again
/// and nothing it still holds has any effect.
public final class Incarnation implements SimDisk.Host {
    private final Node node;
    private final int number;
    private final SimDisk disk;
    private final Workers workers = new SimWorkers(this);
    private final Randomness randomness;
    private boolean alive = true;
    private int diskCallsToLive = Integer.MAX_VALUE;
    private boolean powerGoesToo;

    Incarnation(Node node, int number) {
        this.node = node;
        this.number = number;
        this.randomness = new SimRandomness(node.chance().split());
        this.disk = new SimDisk(node.platter(), this, node.world().faultPlan(), node.chance().split());
    }

    public Node node() {
        return node;
    }

    World world() {
        return node.world();
    }

    @Override public boolean isAlive() {
        return alive;
    }

    void end() {
        alive = false;
    }

    public Clock clock() {
        return node.clock();
    }

    public Disk disk() {
        return disk;
    }

    public Workers workers() {
        return workers;
    }

    public Randomness randomness() {
        return randomness;
    }

    public EventLoop loop(String name) {
        return new SimEventLoop(this, name);
    }

    /// The network as this process sees it. `loops` own its connections.
    public Net net(int loops) {
        return world().network().at(this, loops);
    }

    void dieInsideDiskCall(int calls, boolean power) {
        diskCallsToLive = calls;
        powerGoesToo = power;
    }

    @Override public boolean diesNow() {
        if (diskCallsToLive == Integer.MAX_VALUE) return false;
        return --diskCallsToLive <= 0;
    }

    @Override public void die() {
        diskCallsToLive = Integer.MAX_VALUE;
        if (powerGoesToo) node.powerLoss();
        else node.crash();
        Lane.vanish();
    }

    @Override public void vanish() {
        Lane.vanish();
    }

    @Override public void sleep(long nanos) {
        Lane.sleep(world(), this, nanos);
        if (!alive) Lane.vanish();
    }

    @Override public long timestampMs() {
        return node.clock().timestampMs();
    }

    @Override public void note(String line) {
        world().note(node.name() + " " + line);
    }

    @Override public String toString() {
        return node.name() + "#" + number;
    }
}
