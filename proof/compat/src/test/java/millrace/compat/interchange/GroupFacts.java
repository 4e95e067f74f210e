package millrace.compat.interchange;

import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.common.GroupType;

/// Groups of every kind as a list shows them, and what they have committed.
final class GroupFacts {
    private GroupFacts() {}

    static void addTo(Facts facts, Admin admin) {
        for (GroupListing group : Clients.get(admin.listGroups().all())) {
            facts.add("group " + group.groupId(), group.type().map(GroupType::toString).orElse("?") + ", protocol '" + group.protocol() + "', "
                    + group.groupState().map(Object::toString).orElse("?"));
            if (group.groupId().startsWith(LivingMember.PREFIX)) continue;
            if (group.type().filter(type -> type == GroupType.CLASSIC || type == GroupType.CONSUMER).isPresent()) addOffsets(facts, admin, group.groupId());
        }
    }

    private static void addOffsets(Facts facts, Admin admin, String group) {
        var offsets = new TreeMap<String, String>();
        Clients.get(admin.listConsumerGroupOffsets(Map.of(group, new ListConsumerGroupOffsetsSpec())).partitionsToOffsetAndMetadata(group)).forEach((partition, committed) ->
                offsets.put(partition.toString(), committed == null ? "none" : committed.offset() + " of epoch " + committed.leaderEpoch().orElse(-1) + " '" + committed.metadata() + "'"));
        facts.add("group " + group + " offsets", offsets);
    }
}
