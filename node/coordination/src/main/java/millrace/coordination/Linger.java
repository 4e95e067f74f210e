package millrace.coordination;

/// How long what a coordinator has decided may wait for company before it is appended, all of it as one batch with one sync of the device.
///
/// With Kafka's value of -1 it depends on who waits. What nobody goes on sooner for (a resting member that takes up a new epoch) waits [#PATIENT_MS], unless
/// something comes that cannot wait and takes it along; everything else is appended at once. Apache Kafka's coordinators append when what was asked before has
/// had its turn; here turns are taken at once, and whoever waits for the device shares its syncs without waiting for more
/// ([millrace.storage.sync.SyncOwner]).
///
/// @param settingMs `group.coordinator.append.linger.ms`; 0 for not at all, -1 for as above
public record Linger(int settingMs) {
    public static final int ADAPTIVE = -1;
    /// A two-hundredth of the usual heartbeat interval.
    static final int PATIENT_MS = 25;
    static final Linger NONE = new Linger(0);

    public Linger {
        if (settingMs < ADAPTIVE) throw new IllegalArgumentException("a linger of " + settingMs + " ms");
    }

    /// @param patient whether nobody goes on sooner for it
    /// @return how long it may wait; 0 for not at all
    int waitMs(boolean patient) {
        if (settingMs != ADAPTIVE) return settingMs;
        return patient ? PATIENT_MS : 0;
    }
}
