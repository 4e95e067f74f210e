package millrace.metadata;

import java.util.List;
import java.util.Map;

import millrace.common.Uuid;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.TopicRecord;
import org.pcollections.TreePMap;

/// One topic and its partitions, by partition index.
public record TopicImage(Uuid id, String name, TreePMap<Integer, PartitionRegistration> partitions) {
    TopicImage with(int partition, PartitionRegistration registration) {
        return new TopicImage(id, name, partitions.plus(partition, registration));
    }

    TopicImage withoutElr() {
        TopicImage cleared = this;
        for (Map.Entry<Integer, PartitionRegistration> partition : partitions.entrySet()) {
            PartitionRegistration without = partition.getValue().withoutElr();
            if (without != partition.getValue()) cleared = cleared.with(partition.getKey(), without);
        }
        return cleared;
    }

    void addTo(List<MetadataRecord> records) {
        records.add(TopicRecord.builder().name(name).topicId(id).build());
        partitions.forEach((index, partition) -> records.add(partition.toRecord(id, index)));
    }
}
