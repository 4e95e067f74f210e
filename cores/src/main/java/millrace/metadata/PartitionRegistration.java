package millrace.metadata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import millrace.common.Uuid;
import millrace.protocol.metadata.PartitionChangeRecord;
import millrace.protocol.metadata.PartitionRecord;

/// One partition as the cluster knows it.
///
/// Each change raises the partition epoch by one; each change that names a leader (even the same one) raises the leader epoch by one.
///
/// @param replicas in the order of preference: the first is the preferred leader
/// @param directories of the replicas, in the same order ([DirectoryId] has those that are not real)
/// @param isr the in-sync replicas
/// @param elr eligible leader replicas: out of sync, but with everything below the high watermark (KIP-966)
/// @param lastKnownElr whom to try when ISR and ELR are empty
/// @param leader [#NO_LEADER] when there is none
/// @param leaderRecoveryState [#RECOVERED], or [#RECOVERING] after an unclean election until the leader has recovered
public record PartitionRegistration(List<Integer> replicas, List<Uuid> directories, List<Integer> isr, List<Integer> removingReplicas,
                                    List<Integer> addingReplicas, List<Integer> elr, List<Integer> lastKnownElr, int leader,
                                    byte leaderRecoveryState, int leaderEpoch, int partitionEpoch) {
    public static final int NO_LEADER = -1;
    /// In a change record: the leader stays, and with it the leader epoch.
    public static final int NO_LEADER_CHANGE = -2;
    public static final byte RECOVERED = 0;
    public static final byte RECOVERING = 1;
    /// In a change record: the recovery state stays.
    public static final byte NO_RECOVERY_CHANGE = -1;

    public PartitionRegistration {
        replicas = List.copyOf(replicas);
        directories = List.copyOf(directories);
        isr = List.copyOf(isr);
        removingReplicas = List.copyOf(removingReplicas);
        addingReplicas = List.copyOf(addingReplicas);
        elr = List.copyOf(elr);
        lastKnownElr = List.copyOf(lastKnownElr);
        if (directories.size() != replicas.size())
            throw new IllegalArgumentException(directories.size() + " directories for " + replicas.size() + " replicas");
    }

    public boolean hasLeader() {
        return leader != NO_LEADER;
    }

    /// @return the directory of `broker`'s replica
    /// @throws IllegalArgumentException when the broker has no replica of this partition
    public Uuid directoryOf(int broker) {
        int index = replicas.indexOf(broker);
        if (index < 0) throw new IllegalArgumentException("broker " + broker + " has no replica among " + replicas);
        return directories.get(index);
    }

    public int preferredReplica() {
        return replicas.isEmpty() ? NO_LEADER : replicas.getFirst();
    }

    static PartitionRegistration of(PartitionRecord record) {
        return new PartitionRegistration(record.replicas(), orMigrating(record.directories(), record.replicas().size()), record.isr(),
            record.removingReplicas(), record.addingReplicas(), orEmpty(record.eligibleLeaderReplicas()), orEmpty(record.lastKnownElr()),
            record.leader(), record.leaderRecoveryState(), record.leaderEpoch(), record.partitionEpoch());
    }

    /// The partition as a record that stands on its own, for a new partition or a snapshot.
    public PartitionRecord toRecord(Uuid topicId, int partition) {
        return PartitionRecord.builder().partitionId(partition).topicId(topicId).replicas(replicas).isr(isr)
            .removingReplicas(removingReplicas).addingReplicas(addingReplicas).leader(leader).leaderRecoveryState(leaderRecoveryState)
            .leaderEpoch(leaderEpoch).partitionEpoch(partitionEpoch).directories(directories)
            .eligibleLeaderReplicas(elr.isEmpty() ? null : elr).lastKnownElr(lastKnownElr.isEmpty() ? null : lastKnownElr)
            .build();
    }

    public PartitionRegistration apply(PartitionChangeRecord change) {
        List<Integer> nextReplicas = change.replicas() == null ? replicas : change.replicas();
        List<Uuid> nextDirectories = change.directories() != null ? orMigrating(change.directories(), nextReplicas.size())
            : change.replicas() == null ? directories : directoriesOf(nextReplicas);
        boolean namesLeader = change.leader() != NO_LEADER_CHANGE;
        return new PartitionRegistration(nextReplicas, nextDirectories,
            change.isr() == null ? isr : change.isr(),
            change.removingReplicas() == null ? removingReplicas : change.removingReplicas(),
            change.addingReplicas() == null ? addingReplicas : change.addingReplicas(),
            change.eligibleLeaderReplicas() == null ? elr : change.eligibleLeaderReplicas(),
            change.lastKnownElr() == null ? lastKnownElr : change.lastKnownElr(),
            namesLeader ? change.leader() : leader,
            change.leaderRecoveryState() == NO_RECOVERY_CHANGE ? leaderRecoveryState : change.leaderRecoveryState(),
            namesLeader ? leaderEpoch + 1 : leaderEpoch,
            partitionEpoch + 1);
    }

    PartitionRegistration withoutElr() {
        if (elr.isEmpty() && lastKnownElr.isEmpty()) return this;
        return new PartitionRegistration(replicas, directories, isr, removingReplicas, addingReplicas, List.of(), List.of(), leader,
            leaderRecoveryState, leaderEpoch, partitionEpoch + 1);
    }

    private List<Uuid> directoriesOf(List<Integer> brokers) {
        var kept = new ArrayList<Uuid>(brokers.size());
        for (int broker : brokers) kept.add(replicas.contains(broker) ? directoryOf(broker) : DirectoryId.UNASSIGNED);
        return kept;
    }

    /// A record older than directory ids names none: its brokers will.
    private static List<Uuid> orMigrating(List<Uuid> directories, int replicas) {
        return directories.isEmpty() ? Collections.nCopies(replicas, DirectoryId.MIGRATING) : directories;
    }

    private static List<Integer> orEmpty(List<Integer> brokers) {
        return brokers == null ? List.of() : brokers;
    }
}
