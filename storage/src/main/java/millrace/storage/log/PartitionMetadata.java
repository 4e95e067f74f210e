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
    private static final String TOPIC_ID = "topic_id:";

    private PartitionMetadata() {}

    static ByteBuffer bytes(Uuid topicId) {
        return ByteBuffer.wrap(("version: 0\n" + TOPIC_ID + " " + topicId + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// @return [Uuid#ZERO] when the text holds no id: the power went before its first sync
    static Uuid parse(String text) {
        int line = ("\n" + text).indexOf("\n" + TOPIC_ID);
        if (line < 0) return Uuid.ZERO;
        int end = text.indexOf('\n', line);
        try {
            return Uuid.parse(text.substring(line + TOPIC_ID.length(), end < 0 ? text.length() : end).trim());
        } catch (IllegalArgumentException torn) {
            return Uuid.ZERO;
        }
    }
}
