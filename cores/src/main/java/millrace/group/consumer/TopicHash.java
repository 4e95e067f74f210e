package millrace.group.consumer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.ClusterImage;
import millrace.metadata.MetadataImage;
import millrace.metadata.PartitionRegistration;
import millrace.metadata.TopicImage;

/// One number that stands for all that matters of a group's topics: when it changes, there is something else to be assigned (KIP-1101).
/// It is stored, so it is Kafka's to the bit: a coordinator of either make that takes over must not find a difference where there is none.
///
///     group   XXH3-64 over the hashes of the topics, int64 each, in the order of their names; 0 for no topic
///     topic   XXH3-64 over  int8 0 │ int64 int64 id │ name │ int32 partitions │ for each: int32 index │ for each rack: int32 length │ rack
///             a string is its UTF-16 units, then int32 their number; racks are those of the replicas, sorted, each as often as it occurs;
///             0 for a topic that does not exist
///
/// All numbers are little-endian. Racks that are not known are left out.
final class TopicHash {
    private static final byte MAGIC = 0;

    private TopicHash() {}

    /// @param topics by name; those that do not exist count for nothing
    static long ofGroup(Collection<String> topics, MetadataImage image) {
        HashStream64 hash = Hashing.xxh3_64().hashStream();
        boolean any = false;
        for (String name : new TreeSet<>(topics)) {
            TopicImage topic = image.topics().byName(name);
            if (topic == null) continue;
            hash.putLong(ofTopic(topic, image.cluster()));
            any = true;
        }
        return any ? hash.getAsLong() : 0;
    }

    static long ofTopic(TopicImage topic, ClusterImage cluster) {
        HashStream64 hash = Hashing.xxh3_64().hashStream();
        hash.putByte(MAGIC).putLong(topic.id().mostSignificantBits()).putLong(topic.id().leastSignificantBits()).putString(topic.name())
                .putInt(topic.partitions().size());
        topic.partitions().forEach((index, partition) -> {
            hash.putInt(index);
            for (String rack : racks(partition, cluster)) hash.putInt(rack.length()).putString(rack);
        });
        return hash.getAsLong();
    }

    private static List<String> racks(PartitionRegistration partition, ClusterImage cluster) {
        List<String> racks = new ArrayList<>(partition.replicas().size());
        for (int replica : partition.replicas()) {
            BrokerRegistration broker = cluster.broker(replica);
            if (broker != null && broker.rack() != null) racks.add(broker.rack());
        }
        racks.sort(null);
        return racks;
    }
}
