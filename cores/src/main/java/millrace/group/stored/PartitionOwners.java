package millrace.group.stored;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

import millrace.common.Uuid;
import org.pcollections.TreePMap;

/// Who has which partition: everybody who has it, be it to keep or to give up.
///
/// By owner and not by epoch, because epochs repeat: a partition that went from one member to another and back within an epoch, or a
/// member that came back, look alike by epoch, and the partition would count as free while somebody reads it (scenario 51, KAFKA-16147).
///
/// A partition has one owner, but for a moment while a log is replayed whose older records compaction has taken away in part.
///
/// @param byTopic topic id ─▶ partition ─▶ member ids
record PartitionOwners(TreePMap<Uuid, TreePMap<Integer, List<String>>> byTopic) {
    static final PartitionOwners NOBODY = new PartitionOwners(TreePMap.empty());

    PartitionOwners with(String memberId, AssignedPartitions partitions) {
        var owners = byTopic;
        for (var topic : partitions.epochs().entrySet()) owners = owners.plus(topic.getKey(), added(owners.get(topic.getKey()), topic.getValue(), memberId));
        return new PartitionOwners(owners);
    }

    private static TreePMap<Integer, List<String>> added(TreePMap<Integer, List<String>> before, SortedMap<Integer, Integer> partitions, String memberId) {
        TreePMap<Integer, List<String>> owners = before == null ? TreePMap.empty() : before;
        for (int partition : partitions.keySet()) {
            List<String> others = owners.get(partition);
            owners = owners.plus(partition, others == null ? List.of(memberId) : and(others, memberId));
        }
        return owners;
    }

    private static List<String> and(List<String> others, String memberId) {
        List<String> all = new ArrayList<>(others);
        all.add(memberId);
        all.sort(null);
        return List.copyOf(all);
    }

    PartitionOwners without(String memberId, AssignedPartitions partitions) {
        var owners = byTopic;
        for (var topic : partitions.epochs().entrySet()) {
            TreePMap<Integer, List<String>> left = removed(owners.get(topic.getKey()), topic.getValue(), memberId);
            owners = left.isEmpty() ? owners.minus(topic.getKey()) : owners.plus(topic.getKey(), left);
        }
        return new PartitionOwners(owners);
    }

    private static TreePMap<Integer, List<String>> removed(TreePMap<Integer, List<String>> before, SortedMap<Integer, Integer> partitions, String memberId) {
        TreePMap<Integer, List<String>> owners = before;
        for (int partition : partitions.keySet()) {
            List<String> others = new ArrayList<>(owners.get(partition));
            others.remove(memberId);
            owners = others.isEmpty() ? owners.minus(partition) : owners.plus(partition, List.copyOf(others));
        }
        return owners;
    }

    /// @return whether somebody else than `memberId` has the partition
    boolean othersHave(Uuid topic, int partition, String memberId) {
        TreePMap<Integer, List<String>> partitions = byTopic.get(topic);
        List<String> owners = partitions == null ? null : partitions.get(partition);
        if (owners == null) return false;
        for (String owner : owners) {
            if (!owner.equals(memberId)) return true;
        }
        return false;
    }
}
