package millrace.sim.group;

import java.util.function.Consumer;
import java.util.function.LongFunction;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.sim.Node;

/// A coordinator that dies and is started again as the world wishes. Whoever waits for an answer then waits for ever, as on a real network.
public interface GroupNode {
    Node node();

    void start();

    boolean isServing();

    /// @return how often it has been started
    int life();

    /// @param command makes the command for a token that no other has
    /// @param answer  runs at the moment when the reply is given out
    void submit(String groupId, LongFunction<GroupCommand> command, Consumer<GroupAnswer> answer);
}
