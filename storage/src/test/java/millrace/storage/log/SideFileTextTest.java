package millrace.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import millrace.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The two text files that a start reads of every partition.
class SideFileTextTest {
    private static final Uuid ID = new Uuid(0x1122_3344_5566_7788L, 0x99aa_bbcc_ddee_ff00L);

    @Test void epochsAreReadAsKafkaWritesThem() {
        assertThat(LeaderEpochs.parse("0\n0\n")).isEqualTo(LeaderEpochs.EMPTY);
        assertThat(LeaderEpochs.parse("0\n2\n3 0\n7 1200\n")).isEqualTo(LeaderEpochs.EMPTY.with(3, 0).with(7, 1200));
        assertThat(LeaderEpochs.parse("0\n1\n3 0")).isEqualTo(LeaderEpochs.EMPTY.with(3, 0));
        assertThat(LeaderEpochs.parse("0 \r\n 1 \r\n3 0\r\n")).isEqualTo(LeaderEpochs.EMPTY.with(3, 0));
    }

    @Test void linesBehindTheirNumberSayNothing() {
        assertThat(LeaderEpochs.parse("0\n1\n3 0\n7 1200\n")).isEqualTo(LeaderEpochs.EMPTY.with(3, 0));
    }

    @ParameterizedTest @ValueSource(strings = {"", "\n", "0", "0\n", "1\n0\n", "0\n-1\n", "0\n1\n", "0\n1", "0\n2\n3 0\n", "0\n1\n3\n", "0\n1\n3 x\n", "0\n1\n 3 0\n", "x\n0\n"})
    void whatIsNoListOfEpochsIsNone(String text) {
        assertThat(LeaderEpochs.parse(text)).isNull();
    }

    @Test void theTopicIsReadWhereverItsLineStands() {
        assertThat(PartitionMetadata.parse("version: 0\ntopic_id: " + ID + "\n")).isEqualTo(ID);
        assertThat(PartitionMetadata.parse("topic_id: " + ID + "\nversion: 0\n")).isEqualTo(ID);
        assertThat(PartitionMetadata.parse("version: 0\r\ntopic_id: " + ID + "\r\n")).isEqualTo(ID);
        assertThat(PartitionMetadata.parse("version: 0\ntopic_id:" + ID)).isEqualTo(ID);
    }

    @ParameterizedTest @ValueSource(strings = {"", "version: 0\n", "version: 0\ntopic_id:", "version: 0\ntopic_id: abc\n", "version: 0 topic_id: AAAAAAAAAAAAAAAAAAAAAQ\n"})
    void aFileWithoutAnIdNamesNoTopic(String text) {
        assertThat(PartitionMetadata.parse(text)).isEqualTo(Uuid.ZERO);
    }
}
