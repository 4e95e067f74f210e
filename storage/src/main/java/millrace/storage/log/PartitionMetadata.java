package millrace.storage.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import millrace.common.Uuid;

/// `partition.metadata`: the id of the topic that a folder belongs to, so that a topic deleted and created again is not taken for the old one.
///
///     version: 0
///     topic_id: <22 characters>
final class PartitionMetadata {
    static final String FILE_NAME = "partition.metadata";

    private PartitionMetadata() {}

    static ByteBuffer bytes(Uuid topicId) {
        return ByteBuffer.wrap(("version: 0\ntopic_id: " + topicId + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// @return [Uuid#ZERO] when the text holds no id: the power went before its first sync
    static Uuid parse(String text) {
        for (String line : text.split("\n")) {
            if (!line.startsWith("topic_id:")) continue;
            try {
                return Uuid.parse(line.substring("topic_id:".length()).trim());
            } catch (IllegalArgumentException torn) {
                return Uuid.ZERO;
            }
        }
        return Uuid.ZERO;
    }
}
