package millrace.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import millrace.common.OffsetAndEpoch;
import millrace.common.Uuid;
import millrace.core.BrokenInvariant;
import millrace.protocol.MalformedMessage;
import millrace.protocol.metadata.AbortTransactionRecord;
import millrace.protocol.metadata.AccessControlEntryRecord;
import millrace.protocol.metadata.BeginTransactionRecord;
import millrace.protocol.metadata.BrokerRegistrationChangeRecord;
import millrace.protocol.metadata.ClearElrRecord;
import millrace.protocol.metadata.ClientQuotaRecord;
import millrace.protocol.metadata.ConfigRecord;
import millrace.protocol.metadata.DelegationTokenRecord;
import millrace.protocol.metadata.EndTransactionRecord;
import millrace.protocol.metadata.FeatureLevelRecord;
import millrace.protocol.metadata.FenceBrokerRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.NoOpRecord;
import millrace.protocol.metadata.PartitionChangeRecord;
import millrace.protocol.metadata.PartitionRecord;
import millrace.protocol.metadata.ProducerIdsRecord;
import millrace.protocol.metadata.RegisterBrokerRecord;
import millrace.protocol.metadata.RegisterControllerRecord;
import millrace.protocol.metadata.RemoveAccessControlEntryRecord;
import millrace.protocol.metadata.RemoveDelegationTokenRecord;
import millrace.protocol.metadata.RemoveTopicRecord;
import millrace.protocol.metadata.RemoveUserScramCredentialRecord;
import millrace.protocol.metadata.TopicRecord;
import millrace.protocol.metadata.UnfenceBrokerRecord;
import millrace.protocol.metadata.UnregisterBrokerRecord;
import millrace.protocol.metadata.UnregisterControllerRecord;
import millrace.protocol.metadata.UserScramCredentialRecord;
import millrace.protocol.metadata.ZkMigrationStateRecord;
import org.junit.jupiter.api.Test;

class MetadataImageTest {
    private static final Uuid TOPIC = new Uuid(5, 5);
    private static final Uuid DIRECTORY = new Uuid(6, 6);

    private static final FeatureLevelRecord VERSION = FeatureLevelRecord.builder().name("metadata.version").featureLevel((short) 33).build();
    private static final TopicRecord ORDERS = TopicRecord.builder().name("orders").topicId(TOPIC).build();
    private static final PartitionRecord PARTITION = PartitionRecord.builder().topicId(TOPIC).partitionId(0).replicas(List.of(1, 2)).isr(List.of(1, 2))
        .leader(1).leaderEpoch(0).partitionEpoch(0).directories(List.of(DIRECTORY, DirectoryId.UNASSIGNED)).build();

    /// One of everything that leaves something behind.
    private static List<MetadataRecord> everything() {
        return List.of(VERSION, FeatureLevelRecord.builder().name("group.version").featureLevel((short) 1).build(),
            RegisterBrokerRecord.builder().brokerId(1).brokerEpoch(7).incarnationId(new Uuid(1, 1)).fenced(true).logDirs(List.of(DIRECTORY, new Uuid(2, 2)))
                .endPoints(List.of(RegisterBrokerRecord.BrokerEndpoint.builder().name("PLAINTEXT").host("one").port(65_000).build()))
                .features(List.of(RegisterBrokerRecord.BrokerFeature.builder().name("metadata.version").minSupportedVersion((short) 7).maxSupportedVersion((short) 33).build()))
                .rack("a").build(),
            RegisterControllerRecord.builder().controllerId(100).incarnationId(new Uuid(3, 3)).endPoints(List.of(RegisterControllerRecord.ControllerEndpoint.builder()
                .name("CONTROLLER").host("hundred").port(9093).build())).build(),
            BrokerRegistrationChangeRecord.builder().brokerId(1).brokerEpoch(7).fenced((byte) -1).cordonedLogDirs(List.of(DIRECTORY)).build(),
            ORDERS, PARTITION,
            PartitionChangeRecord.builder().topicId(TOPIC).partitionId(0).isr(List.of(2)).leader(2).eligibleLeaderReplicas(List.of(1)).build(),
            ConfigRecord.builder().resourceType((byte) 2).resourceName("orders").name("retention.ms").value("1").build(),
            ConfigRecord.builder().resourceType((byte) 4).resourceName("").name("log.retention.ms").value("2").build(),
            ProducerIdsRecord.builder().brokerId(1).brokerEpoch(7).nextProducerId(3_000).build(),
            ClientQuotaRecord.builder().entity(List.of(ClientQuotaRecord.EntityData.builder().entityType("user").entityName("ann").build(),
                ClientQuotaRecord.EntityData.builder().entityType("client-id").entityName(null).build())).key("producer_byte_rate").value(1_024.5).build(),
            AccessControlEntryRecord.builder().id(new Uuid(9, 9)).resourceType((byte) 2).resourceName("orders").patternType((byte) 3).principal("User:ann").host("*")
                .operation((byte) 3).permissionType((byte) 3).build(),
            UserScramCredentialRecord.builder().name("ann").mechanism((byte) 1).salt(ByteBuffer.wrap(new byte[]{1})).storedKey(ByteBuffer.wrap(new byte[]{2}))
                .serverKey(ByteBuffer.wrap(new byte[]{3})).iterations(4_096).build(),
            DelegationTokenRecord.builder().owner("User:ann").requester("User:ann").renewers(List.of("User:bob")).issueTimestamp(1).maxTimestamp(2).expirationTimestamp(3)
                .tokenId("token").build());
    }

    @Test void aSnapshotLosesNothingAndBeginsWithTheMetadataVersion() {
        MetadataImage image = MetadataImage.EMPTY.apply(everything()).at(new OffsetAndEpoch(20, 3));
        List<MetadataRecord> snapshot = image.toRecords();
        assertThat(snapshot.getFirst()).isEqualTo(VERSION);
        assertThat(MetadataImage.EMPTY.apply(snapshot).at(new OffsetAndEpoch(20, 3))).isEqualTo(image);
        assertThat(snapshot).hasSize(13);
    }

    @Test void apacheKafkaSeesTheSame() {
        ApacheImage.seesTheSameIn(everything(), MetadataImage.EMPTY.apply(everything()));
        var cleared = new ArrayList<MetadataRecord>(everything());
        cleared.add(ClearElrRecord.builder().topicName("").build());
        cleared.add(PartitionChangeRecord.builder().topicId(TOPIC).partitionId(0).replicas(List.of(2, 1, 3)).addingReplicas(List.of(3))
            .directories(List.of(DIRECTORY, DIRECTORY, DIRECTORY)).leader(-1).leaderRecoveryState((byte) 1).build());
        ApacheImage.seesTheSameIn(cleared, MetadataImage.EMPTY.apply(cleared));
    }

    @Test void whatIsRemovedIsGone() {
        MetadataImage image = MetadataImage.EMPTY.apply(everything()).apply(List.of(
            RemoveTopicRecord.builder().topicId(TOPIC).build(),
            UnregisterBrokerRecord.builder().brokerId(1).brokerEpoch(7).build(),
            UnregisterControllerRecord.builder().controllerId(100).build(),
            RemoveAccessControlEntryRecord.builder().id(new Uuid(9, 9)).build(),
            RemoveUserScramCredentialRecord.builder().name("ann").mechanism((byte) 1).build(),
            RemoveDelegationTokenRecord.builder().tokenId("token").build(),
            ConfigRecord.builder().resourceType((byte) 4).resourceName("").name("log.retention.ms").value(null).build(),
            FeatureLevelRecord.builder().name("group.version").featureLevel((short) 0).build(),
            ClientQuotaRecord.builder().entity(List.of(ClientQuotaRecord.EntityData.builder().entityType("client-id").entityName(null).build(),
                ClientQuotaRecord.EntityData.builder().entityType("user").entityName("ann").build())).key("producer_byte_rate").remove(true).build()));
        assertThat(image.toRecords()).containsExactly(VERSION, ProducerIdsRecord.builder().brokerId(-1).brokerEpoch(-1).nextProducerId(3_000).build());
    }

    @Test void recordsThatChangeNothingChangeNothing() {
        MetadataImage image = MetadataImage.EMPTY.apply(everything());
        assertThat(image.apply(List.of(NoOpRecord.builder().build(), ZkMigrationStateRecord.builder().build()))).isEqualTo(image);
    }

    @Test void olderFenceRecordsStillApply() {
        MetadataImage image = MetadataImage.EMPTY.apply(everything());
        assertThat(image.apply(FenceBrokerRecord.builder().id(1).epoch(7).build()).cluster().broker(1).fenced()).isTrue();
        assertThat(image.apply(UnfenceBrokerRecord.builder().id(1).epoch(7).build()).cluster().broker(1).fenced()).isFalse();
    }

    @Test void clearingTheElrIsAChangeOfThePartition() {
        MetadataImage image = MetadataImage.EMPTY.apply(everything());
        for (String name : List.of("orders", "")) {
            PartitionRegistration partition = image.apply(ClearElrRecord.builder().topicName(name).build()).topics().partition("orders", 0);
            assertThat(partition.elr()).isEmpty();
            assertThat(partition.partitionEpoch()).isEqualTo(image.topics().partition("orders", 0).partitionEpoch() + 1);
        }
    }

    @Test void aRecordAboutWhatIsNotThereBreaksTheInvariant() {
        MetadataImage image = MetadataImage.EMPTY.apply(everything());
        for (MetadataRecord wrong : List.of(RemoveTopicRecord.builder().topicId(new Uuid(1, 99)).build(), ORDERS,
                PartitionChangeRecord.builder().topicId(TOPIC).partitionId(8).build(), PARTITION.toBuilder().topicId(new Uuid(1, 99)).build(),
                UnregisterBrokerRecord.builder().brokerId(1).brokerEpoch(8).build(), BrokerRegistrationChangeRecord.builder().brokerId(4).brokerEpoch(7).build(),
                UnregisterControllerRecord.builder().controllerId(4).build()))
            assertThatThrownBy(() -> image.apply(wrong)).as(wrong.toString()).isInstanceOf(BrokenInvariant.class);
    }

    @Test void aTransactionIsSeenWholeOrNotAtAll() {
        ImageFold fold = ImageFold.EMPTY.apply(VERSION).at(new OffsetAndEpoch(0, 1)).apply(BeginTransactionRecord.builder().build()).apply(ORDERS).at(new OffsetAndEpoch(2, 1));
        assertThat(fold.visible().topics().size()).isZero();
        assertThat(fold.visible().upTo().offset()).isZero();
        assertThat(fold.newest().topics().size()).isOne();

        ImageFold ended = fold.apply(EndTransactionRecord.builder().build()).at(new OffsetAndEpoch(3, 1));
        assertThat(ended.visible().topics().size()).isOne();
        assertThat(ended.visible().upTo().offset()).isEqualTo(3);

        ImageFold aborted = fold.apply(AbortTransactionRecord.builder().build()).at(new OffsetAndEpoch(3, 1));
        assertThat(aborted.newest().topics().size()).isZero();
        assertThat(aborted.visible().upTo().offset()).isEqualTo(3);
        assertThatThrownBy(() -> aborted.apply(EndTransactionRecord.builder().build())).isInstanceOf(BrokenInvariant.class);
        assertThatThrownBy(() -> fold.apply(BeginTransactionRecord.builder().build())).isInstanceOf(BrokenInvariant.class);
    }

    @Test void everyRecordCanBeFramedForEveryMetadataVersion() {
        for (short level = MetadataVersion.MINIMUM.level(); level <= MetadataVersion.LATEST.level(); level++) {
            for (MetadataRecord record : everything()) {
                if (record instanceof DelegationTokenRecord && level < 14) continue;
                MetadataRecord read = MetadataFrame.read(MetadataFrame.write(record, new MetadataVersion(level)));
                if (level == MetadataVersion.LATEST.level()) assertThat(read).isEqualTo(record);
                else assertThat(read.recordKey()).isEqualTo(record.recordKey());
            }
        }
    }

    @Test void aFrameIsCheckedBeforeItIsRead() {
        assertThatThrownBy(() -> MetadataFrame.read(ByteBuffer.wrap(new byte[]{2, 2, 0}))).isInstanceOf(MalformedMessage.class).hasMessageContaining("frame version 2");
        assertThatThrownBy(() -> MetadataFrame.read(ByteBuffer.wrap(new byte[]{1, 99, 0}))).isInstanceOf(MalformedMessage.class);
        assertThatThrownBy(() -> MetadataFrame.read(ByteBuffer.wrap(new byte[]{1}))).isInstanceOf(MalformedMessage.class);
    }

    @Test void partitionsOlderThanDirectoryIdsAreMigrating() {
        MetadataImage image = MetadataImage.EMPTY.apply(List.of(ORDERS, PARTITION.toBuilder().directories(List.of()).build()));
        assertThat(image.topics().partition("orders", 0).directories()).containsExactly(DirectoryId.MIGRATING, DirectoryId.MIGRATING);
    }
}
