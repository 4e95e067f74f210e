package millrace.sim.log;

import java.util.List;
import millrace.sim.Violation;

/// Says whether a history keeps one law.
public interface LogChecker {
    List<Violation> violations(LogHistory history);

    /// All laws of a log that has not lost its only copy.
    static List<LogChecker> all() {
        return List.of(new AckedRecordsSurvive(), new NoPhantoms(), new OneValuePerOffset(), new NoSkips(), new ProducerOrder(), new NoDuplicates(), new RealTime());
    }

    /// What can still be asked where the device has damaged the only copy: nothing wrong is shown.
    static List<LogChecker> ofDamagedLogs() {
        return List.of(new NoPhantoms(), new ServedAsWritten());
    }
}
