package millrace.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import millrace.protocol.metadata.MetadataRecord;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.image.writer.ImageWriterOptions;
import org.apache.kafka.image.writer.RecordListWriter;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.server.common.ApiMessageAndVersion;

/// Apache Kafka's own image, fed with the bytes that we write; its snapshot, read back, must give the facts that we hold.
public final class ApacheImage {
    private org.apache.kafka.image.MetadataImage image = org.apache.kafka.image.MetadataImage.EMPTY;

    public static void seesTheSameIn(List<MetadataRecord> log, MetadataImage expected) {
        var apache = new ApacheImage();
        for (int offset = 0; offset < log.size(); offset++) apache.take(log.get(offset), offset);
        MetadataImage told = MetadataImage.EMPTY.apply(apache.snapshot());
        assertThat(told.topics()).isEqualTo(expected.topics());
        assertThat(told.cluster()).isEqualTo(expected.cluster());
        assertThat(told.configs()).isEqualTo(expected.configs());
        assertThat(told.sameFacts(expected)).as("\n%s\nbut Apache Kafka has\n%s", expected, told).isTrue();
    }

    /// One record at a time: what Apache makes of a topic's settings depends on whether the topic is removed in the same step.
    private void take(MetadataRecord record, long offset) {
        var delta = new MetadataDelta.Builder().setImage(image).build();
        ByteBuffer bytes = MetadataFrame.write(record, MetadataVersion.LATEST);
        delta.replay(MetadataRecordSerde.INSTANCE.read(new ByteBufferAccessor(bytes), bytes.remaining()).message());
        image = delta.apply(new MetadataProvenance(offset, 1, 1, true));
    }

    private List<MetadataRecord> snapshot() {
        var writer = new RecordListWriter();
        image.write(writer, new ImageWriterOptions.Builder(image).setEligibleLeaderReplicasEnabled(true).build());
        var records = new ArrayList<MetadataRecord>();
        for (ApiMessageAndVersion record : writer.records()) {
            var cache = new ObjectSerializationCache();
            var bytes = ByteBuffer.allocate(MetadataRecordSerde.INSTANCE.recordSize(record, cache));
            MetadataRecordSerde.INSTANCE.write(record, cache, new ByteBufferAccessor(bytes));
            records.add(MetadataFrame.read(bytes.flip()));
        }
        return records;
    }
}
