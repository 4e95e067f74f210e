package millrace.app;

import java.util.List;

import millrace.settings.ListenerAddress;

/// A node that is up.
public interface RunningNode {
    /// The id in `meta.properties`: given, found on disk, or generated.
    String clusterId();

    /// What really listens, with the ports that were bound.
    List<ListenerAddress> listening();

    /// Waits until the node has ended: closed, or given up by itself (it has logged why).
    /// @return whether it was closed
    boolean awaitEnd() throws InterruptedException;

    /// Stops cleanly: refuses new requests, answers or ends what waits, flushes, writes checkpoints, closes. Returns when all
    /// is on disk, within 2 s on a healthy disk. Calling it twice does nothing. Safe from any thread.
    void close();
}
