package millrace.storage.sync;

import java.util.function.Consumer;
import millrace.ports.Workers;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.PartitionLog;

/// Group commit for one log directory. (Signatures first; bodies in the next commits.)
public final class SyncOwner implements AutoCloseable {
    public SyncOwner(Workers workers, String name, Consumer<LogDirFailure> onFailure) {}

    /// Asks for everything below `uptoOffset` to be on the device. Cheap, from any thread. [PartitionLog#onFlushed] tells when.
    public void requestSync(PartitionLog log, long uptoOffset) { throw new UnsupportedOperationException("signatures only"); }

    /// Runs once after each round, after the logs' own listeners: for one wake-up per round.
    public void onRoundEnd(Runnable hook) { throw new UnsupportedOperationException("signatures only"); }

    @Override public void close() { throw new UnsupportedOperationException("signatures only"); }
}
