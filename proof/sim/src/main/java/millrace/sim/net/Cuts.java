package millrace.sim.net;

import millrace.sim.Chance;
import millrace.sim.World;

/// Machines that do not reach each other for a while.
public final class Cuts {
    private Cuts() {}

    /// One way or both, for a while: what has been sent waits, and breaks off when that takes too long.
    public static void strike(World world, Chance chance, String clients, String machine, long longestNanos) {
        boolean bothWays = chance.coin();
        String from = bothWays || chance.coin() ? clients : machine;
        String to = from.equals(clients) ? machine : clients;
        world.network().cut(from, to);
        if (bothWays) world.network().cut(to, from);
        world.at(chance.between(0, longestNanos), () -> {
            world.network().join(from, to);
            world.network().join(to, from);
        });
    }
}
