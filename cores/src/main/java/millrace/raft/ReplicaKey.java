package millrace.raft;

import millrace.common.Uuid;

/// A replica of the metadata log: a node, and the directory that its copy lives in. A node whose disk was replaced is another replica,
/// which has promised nothing.
///
/// @param directoryId [Uuid#ZERO] when not known (kraft.version 0 knows nodes only)
public record ReplicaKey(int id, Uuid directoryId) implements Comparable<ReplicaKey> {
    @Override public int compareTo(ReplicaKey other) {
        int byId = Integer.compare(id, other.id);
        return byId != 0 ? byId : directoryId.compareTo(other.directoryId);
    }
}
