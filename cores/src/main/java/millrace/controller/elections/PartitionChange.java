package millrace.controller.elections;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntPredicate;

import millrace.common.Uuid;
import millrace.metadata.PartitionRegistration;
import millrace.protocol.metadata.PartitionChangeRecord;

/// Works out one partition's change: told what the ISR is to be and who may lead, it elects, keeps the ELR, completes a
/// reassignment, and says the difference in one record.
///
/// ELR, while the feature is on: when the ISR falls below min.insync.replicas, whoever leaves it keeps everything below the high
/// watermark (which rests meanwhile), so it stays eligible. Once the ISR is large enough again, ELR and last known ELR are empty.
final class PartitionChange {
    enum Election {
        /// The preferred replica if it can, else as `ONLINE`.
        PREFERRED,
        /// The present leader if it can, else the first replica that has everything committed.
        ONLINE,
        /// As `ONLINE`, and if there is none the first replica that is there at all.
        UNCLEAN
    }

    private final PartitionRegistration partition;
    private final IntPredicate mayLead;
    private final boolean keepsElr;
    private final int minInSyncReplicas;
    private Election election = Election.ONLINE;
    private List<Integer> targetIsr;
    private List<Integer> lostTheirData = List.of();
    private List<Uuid> targetDirectories;
    private byte targetRecoveryState;

    /// @param mayLead whether a broker is there to lead this partition
    /// @param keepsElr the ELR feature is finalized
    PartitionChange(PartitionRegistration partition, IntPredicate mayLead, boolean keepsElr, int minInSyncReplicas) {
        this.partition = partition;
        this.mayLead = mayLead;
        this.keepsElr = keepsElr;
        this.minInSyncReplicas = minInSyncReplicas;
        this.targetIsr = partition.isr();
        this.targetDirectories = partition.directories();
        this.targetRecoveryState = partition.leaderRecoveryState();
    }

    PartitionChange election(Election kind) {
        election = kind;
        return this;
    }

    PartitionChange isr(List<Integer> isr) {
        targetIsr = isr;
        return this;
    }

    PartitionChange isrWithout(int broker) {
        return isr(without(partition.isr(), List.of(broker)));
    }

    /// A broker stopped without flushing: it may lack what its log had, so it is eligible no more.
    PartitionChange lostItsData(int broker) {
        lostTheirData = List.of(broker);
        return isrWithout(broker);
    }

    PartitionChange directories(List<Uuid> directories) {
        targetDirectories = directories;
        return this;
    }

    PartitionChange recoveryState(byte state) {
        targetRecoveryState = state;
        return this;
    }

    /// @return empty when everything stays as it is
    Optional<PartitionChangeRecord> build(Uuid topicId, int index) {
        var reassignment = Reassignment.completedBy(partition, targetIsr);
        List<Integer> replicas = reassignment.map(Reassignment::replicas).orElse(partition.replicas());
        List<Integer> isr = reassignment.map(Reassignment::isr).orElse(targetIsr);
        List<Uuid> directories = reassignment.map(done -> done.directories(partition)).orElse(targetDirectories);
        List<Integer> elr = without(partition.elr(), lostTheirData);

        int leader = elect(replicas, isr, elr);
        byte recoveryState = targetRecoveryState;
        if (leader != PartitionRegistration.NO_LEADER && !isr.contains(leader)) {
            if (!elr.contains(leader)) recoveryState = PartitionRegistration.RECOVERING;
            isr = List.of(leader);
        }
        // The last in-sync replica is all that is known to be whole; only an ELR can keep that knowledge elsewhere.
        if (isr.isEmpty() && !keepsElr) isr = partition.isr();

        List<Integer> nextElr = partition.elr();
        List<Integer> nextLastKnownElr = partition.lastKnownElr();
        if (keepsElr) {
            boolean enough = isr.size() >= Math.min(minInSyncReplicas, replicas.size());
            nextElr = enough ? List.of() : eligible(isr, elr);
            nextLastKnownElr = enough ? List.of() : lastKnown(isr, nextElr);
        }
        return difference(topicId, index, reassignment.isPresent(), replicas, directories, isr, leader, recoveryState, nextElr, nextLastKnownElr);
    }

    private int elect(List<Integer> replicas, List<Integer> isr, List<Integer> elr) {
        int preferred = replicas.getFirst();
        if (election == Election.PREFERRED && isWhole(preferred, isr, elr)) return preferred;
        if (partition.hasLeader() && replicas.contains(partition.leader()) && isWhole(partition.leader(), isr, elr)) return partition.leader();
        for (int replica : replicas) if (isWhole(replica, isr, elr)) return replica;
        if (mayTryLastKnown(isr, elr)) return partition.lastKnownElr().getFirst();
        if (election == Election.UNCLEAN) {
            if (partition.hasLeader() && replicas.contains(partition.leader()) && mayLead.test(partition.leader())) return partition.leader();
            for (int replica : replicas) if (mayLead.test(replica)) return replica;
        }
        return PartitionRegistration.NO_LEADER;
    }

    private boolean isWhole(int replica, List<Integer> isr, List<Integer> elr) {
        return (isr.contains(replica) || keepsElr && elr.contains(replica)) && mayLead.test(replica);
    }

    /// Nobody else can have more than the one last leader, once it is back.
    private boolean mayTryLastKnown(List<Integer> isr, List<Integer> elr) {
        return keepsElr && isr.isEmpty() && elr.isEmpty() && partition.lastKnownElr().size() == 1 && mayLead.test(partition.lastKnownElr().getFirst());
    }

    private List<Integer> eligible(List<Integer> isr, List<Integer> elr) {
        var eligible = new TreeSet<>(elr);
        eligible.addAll(partition.isr());
        eligible.removeAll(isr);
        eligible.removeAll(lostTheirData);
        return List.copyOf(eligible);
    }

    private List<Integer> lastKnown(List<Integer> isr, List<Integer> elr) {
        if (isr.isEmpty() && elr.isEmpty() && partition.hasLeader()) return List.of(partition.leader());
        var known = new TreeSet<>(partition.lastKnownElr());
        known.addAll(partition.isr());
        known.addAll(partition.elr());
        known.removeAll(isr);
        known.removeAll(elr);
        return isr.isEmpty() && elr.isEmpty() && partition.lastKnownElr().size() == 1 ? partition.lastKnownElr() : List.copyOf(known);
    }

    private Optional<PartitionChangeRecord> difference(Uuid topicId, int index, boolean reassigned, List<Integer> replicas, List<Uuid> directories,
                                                       List<Integer> isr, int leader, byte recoveryState, List<Integer> elr, List<Integer> lastKnownElr) {
        var record = PartitionChangeRecord.builder().topicId(topicId).partitionId(index);
        boolean leaves = !replicas.containsAll(partition.replicas());
        // A replica that leaves must hear of it, so the epoch moves even where the leader stays.
        if (leader != partition.leader() || leaves) record.leader(leader);
        if (!isr.equals(partition.isr())) record.isr(isr);
        if (recoveryState != partition.leaderRecoveryState()) record.leaderRecoveryState(recoveryState);
        if (!elr.equals(partition.elr())) record.eligibleLeaderReplicas(elr);
        if (!lastKnownElr.equals(partition.lastKnownElr())) record.lastKnownElr(lastKnownElr);
        if (!directories.equals(partition.directories())) record.directories(directories);
        if (reassigned) record.replicas(replicas).addingReplicas(List.of()).removingReplicas(List.of()).directories(directories);
        var built = record.build();
        return built.equals(PartitionChangeRecord.builder().topicId(topicId).partitionId(index).build()) ? Optional.empty() : Optional.of(built);
    }

    private static List<Integer> without(List<Integer> brokers, List<Integer> leaving) {
        var left = new ArrayList<>(brokers);
        left.removeAll(leaving);
        return left;
    }
}
