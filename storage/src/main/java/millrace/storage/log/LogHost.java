package millrace.storage.log;

import java.nio.file.Path;
import java.util.List;

/// What a [PartitionLog] asks of whoever keeps it (a `LogDirectory`, or a test).
public interface LogHost {
    /// The log is about to be truncated, and its [PartitionLog#recoveryPoint] has fallen before. When this returns, the lower value is on
    /// the device too, if a higher one was. Called with the log's flush lock held, off the event loops.
    void recoveryPointLowered(PartitionLog log);

    /// The log has been truncated, on the device, and may be appended to again. When this returns, copies of it that were made elsewhere do not bring back
    /// what was cut. Called without locks, off the event loops; also when nothing was cut, because it could not be done the last time.
    /// @throws OutOfSpace when there is no room to write it down
    void truncated(PartitionLog log);

    /// The files have left the log, renamed to `.deleted`; they may go once `delayMs` milliseconds have passed.
    void deleteLater(List<Path> files, long delayMs);

    /// `flush.messages` has been reached.
    void flushWanted(PartitionLog log);

    void onEvent(LogEvent event);
}
