package millrace.controller.elections;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import millrace.common.Uuid;
import millrace.metadata.PartitionRegistration;

/// A reassignment that has come to its end: everyone who was to be added is in sync, so those who were to go may go.
record Reassignment(List<Integer> replicas, List<Integer> isr) {
    /// @return empty while none is under way or it is not done yet
    static Optional<Reassignment> completedBy(PartitionRegistration partition, List<Integer> isr) {
        if (partition.addingReplicas().isEmpty() && partition.removingReplicas().isEmpty()) return Optional.empty();
        if (!isr.containsAll(partition.addingReplicas())) return Optional.empty();
        List<Integer> staying = new ArrayList<>(partition.replicas());
        staying.removeAll(partition.removingReplicas());
        List<Integer> stayingIsr = new ArrayList<>(isr);
        stayingIsr.removeAll(partition.removingReplicas());
        if (staying.isEmpty() || stayingIsr.isEmpty()) return Optional.empty();
        return Optional.of(new Reassignment(staying, stayingIsr));
    }

    List<Uuid> directories(PartitionRegistration partition) {
        return replicas.stream().map(partition::directoryOf).toList();
    }
}
