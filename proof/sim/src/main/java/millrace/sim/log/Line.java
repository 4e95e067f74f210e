package millrace.sim.log;

import java.util.function.Consumer;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.sim.Chance;
import millrace.sim.World;
import millrace.wire.ClientChannel;
import millrace.wire.Reply;
import millrace.wire.Reply.Answered;

/// A client's way to the node: one connection at a time. Now and then a request lies in the buffers of its connection for long, and its client goes
/// on over another one; it arrives all the same, unless that connection was broken off.
public final class Line {
    private static final long TIME_OUT_MS = 20_000;
    private static final int STUCK_PER_MILLE = 20;
    private static final long LONGEST_STUCK_NANOS = 3_000_000_000L;

    private final World world;
    private final WholeNode node;
    private final Chance chance;
    private ClientChannel channel;

    public Line(World world, WholeNode node) {
        this.world = world;
        this.node = node;
        this.chance = world.chance().split();
    }

    /// @param broken whether the connection that has been used is broken off, or left behind with what is in it. One that was never there has nothing
    ///     in it
    public void replace(boolean broken) {
        if (channel != null && (broken || !channel.isOpen())) channel.close();
        channel = null;
    }

    /// @param answered gets the response, null when there will be none
    /// @return whether the request lies in the buffers for a while; who has more to say before it is answered goes on over another connection ([#replace])
    public <R extends ApiResponse> boolean ask(ApiRequest request, short version, Consumer<R> answered) {
        if (channel == null || channel.closedBecause() != null) channel = node.connect();
        ClientChannel over = channel;
        boolean stuck = over.isOpen() && chance.perMille(STUCK_PER_MILLE);
        if (stuck) world.at(chance.between(0, LONGEST_STUCK_NANOS), () -> send(over, request, version, answered));
        else send(over, request, version, answered);
        return stuck;
    }

    private <R extends ApiResponse> void send(ClientChannel over, ApiRequest request, short version, Consumer<R> answered) {
        over.<R>ask(request, version, TIME_OUT_MS).whenDone(reply -> world.at(0, () -> answered.accept(responseIn(reply))));
    }

    private static <R extends ApiResponse> R responseIn(Reply<R> reply) {
        return reply instanceof Answered<R>(R response) ? response : null;
    }
}
