package millrace.sim.group;

import java.util.function.Consumer;
import java.util.function.LongFunction;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.sim.Node;
import millrace.sim.World;
import millrace.sim.log.Payload;

/// A coordinator that dies and is started again as the world wishes. Whoever waits for an answer then waits for ever, as on a real network.
public interface GroupNode {
    long TYPICAL_DELAY_NANOS = 800_000;

    /// Runs at the moment when a reply is given out.
    interface Issued {
        Issued TO_NOBODY = (_, _) -> { };

        /// @param takenNanos when the coordinator took the command on; what it then waits for may take long
        void issued(GroupAnswer answer, long takenNanos);
    }

    Node node();

    void start();

    boolean isServing();

    /// @return how often it has been started
    int life();

    /// @param client  by its name: what it sends comes in its order, as long as it keeps its connection
    /// @param command makes the command for a token that no other has
    /// @param arrived runs when the client has it
    void submit(String client, String groupId, LongFunction<GroupCommand> command, Issued issued, Consumer<GroupAnswer> arrived);

    /// The client has waited too long, and goes on over another connection, if there are any. What lies in the old one may still come.
    default void reconnect(String client) {}

    /// A member reads on in a partition of the topic, where there is one beside the coordinator; without an answer there is silence.
    default void read(int partition, long from, Consumer<Payload.Contents> arrived) {}

    /// Somebody writes a record for members to read.
    default void write(int partition, long recordId) {}

    /// @return gives a reply out, and to the client a while later
    static Consumer<GroupAnswer> delayed(World world, Issued issued, Consumer<GroupAnswer> arrived) {
        long takenNanos = world.nowNanos();
        return answer -> {
            issued.issued(answer, takenNanos);
            world.at(world.chance().heavyTailed(TYPICAL_DELAY_NANOS), () -> arrived.accept(answer));
        };
    }
}
