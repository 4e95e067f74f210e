package millrace.group.migration;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import millrace.common.Uuid;
import millrace.group.stored.Partitions;
import millrace.metadata.TopicImage;
import millrace.metadata.TopicsImage;
import millrace.protocol.MalformedMessage;
import millrace.protocol.WireReader;
import millrace.protocol.message.ConsumerProtocolAssignment;
import millrace.protocol.message.ConsumerProtocolSubscription;

/// What consumers of the classic protocol tell each other: subscriptions and assignments, by topic names.
public final class EmbeddedProtocol {
    /// The protocol type of groups that speak it.
    public static final String TYPE = "consumer";

    private EmbeddedProtocol() {}

    /// @throws MalformedMessage when that is no subscription
    public static ConsumerProtocolSubscription subscription(ByteBuffer metadata) {
        WireReader reader = WireReader.of(metadata, "ConsumerProtocolSubscription", ConsumerProtocolSubscription.HIGHEST_VERSION);
        return ConsumerProtocolSubscription.read(reader, known(reader, ConsumerProtocolSubscription.LOWEST_VERSION, ConsumerProtocolSubscription.HIGHEST_VERSION));
    }

    /// @return what a client says in its subscription that it has; topics that do not exist are left out
    public static Partitions owned(ConsumerProtocolSubscription subscription, TopicsImage topics) {
        SortedMap<Uuid, List<Integer>> owned = new TreeMap<>();
        for (var topic : subscription.ownedPartitions()) {
            TopicImage known = topics.byName(topic.topic());
            if (known != null) owned.computeIfAbsent(known.id(), _ -> new ArrayList<>()).addAll(topic.partitions());
        }
        return Partitions.of(owned);
    }

    /// @throws MalformedMessage when that is no assignment
    public static ConsumerProtocolAssignment assignment(ByteBuffer bytes) {
        WireReader reader = WireReader.of(bytes, "ConsumerProtocolAssignment", ConsumerProtocolAssignment.HIGHEST_VERSION);
        return ConsumerProtocolAssignment.read(reader, known(reader, ConsumerProtocolAssignment.LOWEST_VERSION, ConsumerProtocolAssignment.HIGHEST_VERSION));
    }

    /// @return by ids; topics that do not exist are left out
    public static Partitions partitions(ConsumerProtocolAssignment assignment, TopicsImage topics) {
        SortedMap<Uuid, List<Integer>> assigned = new TreeMap<>();
        for (var topic : assignment.assignedPartitions()) {
            TopicImage known = topics.byName(topic.topic());
            if (known != null) assigned.computeIfAbsent(known.id(), _ -> new ArrayList<>()).addAll(topic.partitions());
        }
        return Partitions.of(assigned);
    }

    /// @param metadata of the member's subscription: it gets its assignment in the version that it speaks
    public static ByteBuffer assignmentBytes(Partitions assigned, TopicsImage topics, ByteBuffer metadata) {
        short said = metadata.remaining() < Short.BYTES ? 0 : metadata.getShort(metadata.position());
        short version = (short) Math.clamp(said, ConsumerProtocolAssignment.LOWEST_VERSION, ConsumerProtocolAssignment.HIGHEST_VERSION);
        List<ConsumerProtocolAssignment.TopicPartition> named = new ArrayList<>(assigned.byTopic().size());
        assigned.byTopic().forEach((id, partitions) -> {
            TopicImage topic = topics.byId(id);
            if (topic != null) named.add(new ConsumerProtocolAssignment.TopicPartition(topic.name(), partitions));
        });
        ByteBuffer body = new ConsumerProtocolAssignment(named, null).toBytes(version);
        return ByteBuffer.allocate(Short.BYTES + body.remaining()).putShort(version).put(body).flip();
    }

    private static short known(WireReader reader, short lowest, short highest) {
        short version = reader.int16("version");
        if (version < lowest) throw reader.malformed("version", "version " + version + " has never been");
        return (short) Math.min(version, highest);
    }
}
