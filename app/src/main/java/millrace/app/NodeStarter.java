package millrace.app;

/// Joins the parts of a node for these settings and starts them.
@FunctionalInterface
public interface NodeStarter {
    /// Returns when clients can produce and consume.
    /// @throws StartFailure when it cannot start; everything already started has been closed again
    RunningNode start(NodeSettings settings) throws StartFailure;
}
