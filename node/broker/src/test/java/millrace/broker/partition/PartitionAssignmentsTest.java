package millrace.broker.partition;

import static millrace.broker.partition.BrokerUnderTest.batch;
import static millrace.broker.partition.BrokerUnderTest.leads;
import static millrace.broker.partition.BrokerUnderTest.removed;
import static millrace.broker.partition.BrokerUnderTest.topic;
import static millrace.broker.partition.BrokerUnderTest.topicId;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.partition.Partitions.Following;
import millrace.broker.partition.Partitions.Leading;
import millrace.common.TopicPartition;
import millrace.metadata.ConfigResource;
import millrace.protocol.ErrorCode;
import millrace.protocol.metadata.ConfigRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.LogConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionAssignmentsTest {
    private static final int OTHER = 2;

    @TempDir Path folder;
    private BrokerUnderTest broker;

    @BeforeEach void start() {
        broker = new BrokerUnderTest(folder);
    }

    @AfterEach void stop() {
        broker.close();
    }

    @Test void aNewTopicIsOpenedAndItsCoordinatorToldBeforeClientsSeeIt() throws IOException {
        broker.commits(topic("orders", 1));
        assertThat(broker.folders()).containsExactly("orders-0");
        assertThat(broker.partitions.find("orders", 0)).isInstanceOf(Leading.class);
        assertThat(broker.partitions.find(topicId(1), 0)).isEqualTo(broker.partitions.find("orders", 0));
        assertThat(broker.heard).containsExactly("leading orders-0 in epoch 0");
        assertThat(broker.metadata.topic("orders")).isNotNull();
    }

    @Test void whatIsNotHereIsToldApartFromWhatIsNowhere() {
        broker.commits(topic("elsewhere", 1, OTHER, List.of(OTHER)));
        assertThat(broker.partitions.find("elsewhere", 0)).isEqualTo(new Absent(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        assertThat(broker.partitions.find("elsewhere", 7)).isEqualTo(new Absent(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        assertThat(broker.partitions.find("nowhere", 0)).isEqualTo(new Absent(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        assertThat(broker.partitions.find(topicId(9), 0)).isEqualTo(new Absent(ErrorCode.UNKNOWN_TOPIC_ID));
    }

    /// `retention.bytes` of the broker would take the first segment; the topic keeps everything.
    @Test void nothingIsDeletedBeforeTheTopicsOwnRulesAreKnown() {
        MetadataRecord[] keeps = topic("orders", 1, "retention.bytes", "-1");
        broker.commits(keeps);
        for (String value : List.of("x", "y")) {
            broker.partition(1).append(batch(value), AppendOrigin.CLIENT, true);
            broker.partition(1).log().roll();
        }
        broker.sync();
        broker.directory.checkpointTick();
        broker.close();
        broker = new BrokerUnderTest(folder, Map.of("log.retention.bytes", "1"));
        var log = broker.directory.log(new TopicPartition("orders", 0)).orElseThrow();
        assertThat(log.highWatermark()).isEqualTo(2);
        for (boolean known : List.of(false, true)) {
            if (known) broker.commits(keeps);
            broker.directory.retentionTick(BrokerUnderTest.NOW_MS, 1_700_000_000_000L);
            assertThat(log.logStartOffset()).isZero();
        }
        broker.commits(ConfigRecord.builder().resourceType(ConfigResource.TOPIC).resourceName("orders").name("retention.bytes").value(null).build());
        broker.directory.retentionTick(BrokerUnderTest.NOW_MS, 1_700_000_000_000L);
        assertThat(log.logStartOffset()).isPositive();
    }

    @Test void leadershipComesAndGoes() {
        broker.commits(topic("orders", 1)).commits(leads(OTHER, 1));
        assertThat(broker.partitions.find("orders", 0)).isInstanceOf(Following.class);
        broker.commits(leads(BrokerUnderTest.SELF, 1));
        assertThat(broker.partitions.find("orders", 0)).isInstanceOf(Leading.class);
        assertThat(broker.heard).containsExactly("leading orders-0 in epoch 0", "not leading orders-0", "leading orders-0 in epoch 2");
    }

    @Test void imagesThatComeTogetherAreFollowedAsOneAndANewEpochIsHeardOf() {
        broker.commits(topic("orders", 1));
        broker.tell(leads(OTHER, 1));
        broker.tell(leads(BrokerUnderTest.SELF, 1));
        broker.follow();
        assertThat(broker.heard).containsExactly("leading orders-0 in epoch 0", "leading orders-0 in epoch 2");
    }

    @Test void aDeletedTopicGoesAndGroupsForgetItOnceNoClientSeesIt() throws IOException {
        broker.commits(topic("orders", 1)).commits(removed(1));
        assertThat(broker.partitions.find("orders", 0)).isEqualTo(new Absent(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        assertThat(broker.folders()).singleElement().asString().startsWith("orders-0.").endsWith("-delete");
        assertThat(broker.heard).containsExactly("leading orders-0 in epoch 0", "not leading orders-0", "deleted orders 1, shown");
    }

    @Test void aTopicDeletedAndCreatedAgainInOneStepBeginsEmptyUnderItsNewId() {
        broker.commits(topic("orders", 1));
        broker.partition(1).append(batch("old"), AppendOrigin.CLIENT, true);
        broker.commits(Stream.concat(Stream.of(removed(1)), Stream.of(topic("orders", 2))).toArray(MetadataRecord[]::new));
        assertThat(broker.partition(1)).isNull();
        assertThat(broker.partition(2).logEndOffset()).isZero();
        assertThat(broker.partition(2).log().topicId()).isEqualTo(topicId(2));
        assertThat(broker.partitions.find("orders", 0)).isEqualTo(new Leading(broker.partition(2)));
        assertThat(broker.heard).contains("deleted orders 1, shown");
    }

    @Test void aChangedSettingReachesTheOpenLog() {
        broker.commits(topic("orders", 1)).commits(ConfigRecord.builder()
                .resourceType(ConfigResource.TOPIC).resourceName("orders").name("max.message.bytes").value("1234").build());
        assertThat(broker.partition(1).log().config().maxMessageBytes()).isEqualTo(1_234);
    }

    @Test void aLogThatNoTopicOwnsIsSetAsideAndKept() throws IOException {
        broker.directory.createLog(new TopicPartition("unknown", 0), topicId(8), LogConfig.DEFAULTS);
        broker.directory.createLog(new TopicPartition("orders", 0), topicId(9), LogConfig.DEFAULTS);
        broker.commits(topic("orders", 1));
        assertThat(broker.folders()).filteredOn(name -> name.endsWith("-stray")).hasSize(2);
        assertThat(broker.partition(1).log().topicId()).isEqualTo(topicId(1));
    }

    @Test void onlyTheFirstImageSetsStraysAside() throws IOException {
        broker.commits(topic("orders", 1));
        broker.directory.createLog(new TopicPartition("unknown", 0), topicId(8), LogConfig.DEFAULTS);
        broker.commits(topic("others", 2));
        assertThat(broker.folders()).containsExactly("orders-0", "others-0", "unknown-0");
    }

    @Test void aLogThatCannotBeOpenedKeepsNeitherTheOthersNorTheImage() {
        broker.commits(topic("first", 5));
        broker.directory.createLog(new TopicPartition("orders", 0), topicId(9), LogConfig.DEFAULTS);
        broker.commits(topic("orders", 1)).commits(topic("others", 2));
        assertThat(broker.partition(1)).isNull();
        assertThat(broker.partition(2)).isNotNull();
        assertThat(broker.metadata.topic("others")).isNotNull();
    }

    @Test void afterClosingImagesAreFollowedNoMore() {
        broker.close();
        broker.commits(topic("orders", 1));
        assertThat(broker.partition(1)).isNull();
        broker = new BrokerUnderTest(folder.resolve("again"));
    }
}
