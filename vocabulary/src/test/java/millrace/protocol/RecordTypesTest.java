package millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;

import millrace.common.Uuid;
import millrace.protocol.group.GroupRecords;
import millrace.protocol.group.OffsetCommitKey;
import millrace.protocol.group.OffsetCommitValue;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.MetadataRecords;
import millrace.protocol.metadata.TopicRecord;
import org.junit.jupiter.api.Test;

/// A record is found by the number that the log keeps before it.
class RecordTypesTest {
    @Test void aMetadataRecordIsReadByItsKey() {
        TopicRecord topic = TopicRecord.builder().name("orders").topicId(new Uuid(1, 2)).build();
        MetadataRecord back = MetadataRecords.read(topic.recordKey(), reader(topic.toBytes((short) 0)), (short) 0);
        assertThat(back).isEqualTo(topic);
        assertThat(topic.recordKey()).isEqualTo(MetadataRecords.TOPIC_RECORD).isEqualTo((short) 2);
    }

    @Test void aCoordinatorsKeyAndValueAreReadByTheirType() {
        OffsetCommitKey key = OffsetCommitKey.builder().group("g").topic("orders").partition(3).build();
        OffsetCommitValue value = OffsetCommitValue.builder().offset(42).build();
        assertThat(GroupRecords.readKey(GroupRecords.OFFSET_COMMIT, reader(key.toBytes((short) 0)))).isEqualTo(key);
        assertThat(GroupRecords.readValue(GroupRecords.OFFSET_COMMIT, reader(value.toBytes((short) 3)), (short) 3)).isEqualTo(value);
    }

    @Test void whatANewerNodeWroteIsToldApart() {
        assertThat(GroupRecords.knows((short) 999)).isFalse();
        assertThat(MetadataRecords.knows(MetadataRecords.TOPIC_RECORD)).isTrue();
        assertThatExceptionOfType(MalformedMessage.class).isThrownBy(() -> MetadataRecords.read((short) 999, reader(ByteBuffer.allocate(0)), (short) 0))
            .withMessageContaining("no record has the key 999");
    }

    @Test void aRequestIsReadByItsApiKey() {
        MetadataRequest request = MetadataRequest.builder().topics(null).build();
        assertThat(ApiKey.METADATA.readRequest(reader(request.toBytes((short) 12)), (short) 12)).isEqualTo(request);
    }

    private static WireReader reader(ByteBuffer bytes) {
        return WireReader.of(bytes, "Any", 0);
    }
}
