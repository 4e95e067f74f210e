package millrace.metadata;

import java.util.List;

import millrace.common.Uuid;

/// Ids that stand for a log directory which is not a real one. Source: KIP-858.
public final class DirectoryId {
    /// The replica has no directory yet: the broker chooses one and reports it.
    public static final Uuid UNASSIGNED = new Uuid(0, 0);
    /// The replica was in a directory that is offline.
    public static final Uuid LOST = new Uuid(0, 1);
    /// The replica is older than directory ids; the broker knows where it is and reports it.
    public static final Uuid MIGRATING = new Uuid(0, 2);

    private DirectoryId() {}

    /// @return whether a replica in `directory` of a broker with these online directories is there to be used
    static boolean isOnline(Uuid directory, List<Uuid> online) {
        if (directory.equals(UNASSIGNED) || directory.equals(MIGRATING)) return true;
        return !directory.equals(LOST) && online.contains(directory);
    }

    /// Where a new replica goes: into the broker's only directory, else the broker chooses.
    public static Uuid forNewReplica(List<Uuid> online) {
        return online.size() == 1 ? online.getFirst() : UNASSIGNED;
    }
}
