package millrace.metadata;

import java.util.List;

import millrace.common.Uuid;
import millrace.core.BrokenInvariant;
import millrace.protocol.metadata.ClearElrRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.PartitionChangeRecord;
import millrace.protocol.metadata.PartitionRecord;
import millrace.protocol.metadata.TopicRecord;
import org.pcollections.TreePMap;

/// All topics, by name and by id.
///
/// Invariant: the two maps hold the same topics; a name belongs to one id and an id to one name.
public record TopicsImage(TreePMap<String, TopicImage> topicsByName, TreePMap<Uuid, String> namesById) {
    public static final TopicsImage EMPTY = new TopicsImage(TreePMap.empty(), TreePMap.empty());

    /// @return null when there is no such topic
    public TopicImage byName(String name) {
        return topicsByName.get(name);
    }

    /// @return null when there is no such topic
    public TopicImage byId(Uuid id) {
        String name = namesById.get(id);
        return name == null ? null : topicsByName.get(name);
    }

    /// @return null when there is no such partition
    public PartitionRegistration partition(String topic, int partition) {
        TopicImage image = topicsByName.get(topic);
        return image == null ? null : image.partitions().get(partition);
    }

    /// In name order.
    public Iterable<TopicImage> all() {
        return topicsByName.values();
    }

    public int size() {
        return topicsByName.size();
    }

    TopicsImage apply(TopicRecord record) {
        if (topicsByName.containsKey(record.name()) || namesById.containsKey(record.topicId()))
            throw new BrokenInvariant("Topic record for " + record.name() + " with id " + record.topicId() + ", one of which is taken");
        return new TopicsImage(topicsByName.plus(record.name(), new TopicImage(record.topicId(), record.name(), TreePMap.empty())),
            namesById.plus(record.topicId(), record.name()));
    }

    TopicsImage apply(PartitionRecord record) {
        TopicImage topic = expect(record.topicId(), record);
        return with(topic.with(record.partitionId(), PartitionRegistration.of(record)));
    }

    TopicsImage apply(PartitionChangeRecord record) {
        TopicImage topic = expect(record.topicId(), record);
        PartitionRegistration partition = topic.partitions().get(record.partitionId());
        if (partition == null)
            throw new BrokenInvariant("PartitionChange for " + topic.name() + "-" + record.partitionId() + ", which is not there");
        return with(topic.with(record.partitionId(), partition.apply(record)));
    }

    /// Forgets the eligible leader replicas of one topic, or of all when the record names none.
    TopicsImage apply(ClearElrRecord record) {
        if (!record.topicName().isEmpty()) {
            TopicImage topic = topicsByName.get(record.topicName());
            if (topic == null) throw new BrokenInvariant("ClearElr for topic " + record.topicName() + ", which is not there");
            return with(topic.withoutElr());
        }
        TopicsImage cleared = this;
        for (TopicImage topic : topicsByName.values()) cleared = cleared.with(topic.withoutElr());
        return cleared;
    }

    TopicsImage without(TopicImage topic) {
        return new TopicsImage(topicsByName.minus(topic.name()), namesById.minus(topic.id()));
    }

    void addTo(List<MetadataRecord> records) {
        for (TopicImage topic : topicsByName.values()) topic.addTo(records);
    }

    private TopicImage expect(Uuid id, MetadataRecord record) {
        TopicImage topic = byId(id);
        if (topic == null) throw new BrokenInvariant(record.messageName() + " for topic id " + id + ", which is not there");
        return topic;
    }

    private TopicsImage with(TopicImage topic) {
        if (topicsByName.get(topic.name()) == topic) return this;
        return new TopicsImage(topicsByName.plus(topic.name(), topic), namesById);
    }
}
