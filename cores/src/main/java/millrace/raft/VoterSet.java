package millrace.raft;

import java.util.List;

import millrace.common.Uuid;
import millrace.metadata.Endpoint;
import org.pcollections.TreePMap;

/// Those whose votes count, by node id.
public record VoterSet(TreePMap<Integer, Voter> voters) {
    public static final VoterSet EMPTY = new VoterSet(TreePMap.empty());

    /// @param endpoints where it listens for the quorum
    public record Voter(ReplicaKey key, List<Endpoint> endpoints) {
        public Voter {
            endpoints = List.copyOf(endpoints);
        }
    }

    public static VoterSet of(List<Voter> voters) {
        TreePMap<Integer, Voter> byId = TreePMap.empty();
        for (Voter voter : voters) byId = byId.plus(voter.key().id(), voter);
        return new VoterSet(byId);
    }

    /// @return whether `replica` is a voter. An unknown directory, on either side, matches every one (kraft.version 0).
    public boolean contains(ReplicaKey replica) {
        Voter voter = voters.get(replica.id());
        if (voter == null) return false;
        Uuid known = voter.key().directoryId();
        return known.equals(Uuid.ZERO) || replica.directoryId().equals(Uuid.ZERO) || known.equals(replica.directoryId());
    }

    /// @return how many voters decide
    public int majority() {
        return voters.size() / 2 + 1;
    }

    public boolean isOnly(ReplicaKey replica) {
        return voters.size() == 1 && contains(replica);
    }
}
