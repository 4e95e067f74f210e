package millrace.controller;

import static millrace.controller.ControllerWorld.topic;
import static millrace.controller.ControllerWorld.withBrokers;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import millrace.common.Uuid;
import millrace.metadata.ConfigResource;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AllocateProducerIdsRequest;
import millrace.protocol.message.AllocateProducerIdsResponse;
import millrace.protocol.message.AlterConfigsRequest;
import millrace.protocol.message.AlterConfigsResponse;
import millrace.protocol.message.IncrementalAlterConfigsRequest;
import millrace.protocol.message.IncrementalAlterConfigsResponse;
import millrace.protocol.message.UpdateFeaturesRequest;
import millrace.protocol.message.UpdateFeaturesResponse;
import millrace.protocol.metadata.FeatureLevelRecord;
import org.junit.jupiter.api.Test;

class ConfigsAndFeaturesTest {
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private final ControllerWorld world = withBrokers(1);

    private static IncrementalAlterConfigsRequest.AlterConfigsResource alteration(byte type, String resource, byte operation, String name, String value) {
        return IncrementalAlterConfigsRequest.AlterConfigsResource.builder().resourceType(type).resourceName(resource)
            .configs(List.of(IncrementalAlterConfigsRequest.AlterableConfig.builder().name(name).configOperation(operation).value(value).build())).build();
    }

    private ErrorCode alter(byte type, String resource, byte operation, String name, String value) {
        return alter(false, alteration(type, resource, operation, name, value)).getFirst();
    }

    private List<ErrorCode> alter(boolean validateOnly, IncrementalAlterConfigsRequest.AlterConfigsResource... resources) {
        IncrementalAlterConfigsResponse response = world.ask(new ControllerCommand.IncrementalAlterConfigs(IncrementalAlterConfigsRequest.builder()
            .resources(List.of(resources)).validateOnly(validateOnly).build()));
        return response.responses().stream().map(each -> ErrorCode.forCode(each.errorCode())).toList();
    }

    private Map<String, String> orders() {
        return world.image().configs().of(ConfigResource.TOPIC, "orders");
    }

    @Test void settingsAreSetAppendedToSubtractedFromAndDeleted() {
        world.create(topic("orders").build());
        assertThat(alter(ConfigResource.TOPIC, "orders", SET, "cleanup.policy", "compact")).isEqualTo(ErrorCode.NONE);
        assertThat(alter(ConfigResource.TOPIC, "orders", APPEND, "cleanup.policy", "delete")).isEqualTo(ErrorCode.NONE);
        assertThat(orders()).containsExactly(Map.entry("cleanup.policy", "compact,delete"));
        assertThat(alter(ConfigResource.TOPIC, "orders", SUBTRACT, "cleanup.policy", "compact")).isEqualTo(ErrorCode.NONE);
        assertThat(orders()).containsExactly(Map.entry("cleanup.policy", "delete"));
        assertThat(alter(ConfigResource.TOPIC, "orders", DELETE, "cleanup.policy", null)).isEqualTo(ErrorCode.NONE);
        assertThat(orders()).isEmpty();
        assertThat(alter(ConfigResource.TOPIC, "orders", APPEND, "retention.ms", "5")).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(ConfigResource.TOPIC, "orders", SET, "retention.ms", "soon")).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(ConfigResource.TOPIC, "orders", SET, "no.such.key", "5")).isEqualTo(ErrorCode.INVALID_CONFIG);
    }

    @Test void whatStaysTheSameIsNotWritten() {
        world.create(topic("orders").build());
        alter(ConfigResource.TOPIC, "orders", SET, "retention.ms", "5");
        int end = world.log.size();
        alter(ConfigResource.TOPIC, "orders", SET, "retention.ms", "5");
        alter(ConfigResource.TOPIC, "orders", DELETE, "segment.ms", null);
        assertThat(world.log).hasSize(end);
    }

    @Test void resourcesMustExistAndMakeSense() {
        assertThat(alter(ConfigResource.TOPIC, "absent", SET, "retention.ms", "5")).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(alter(ConfigResource.TOPIC, "no/topic", SET, "retention.ms", "5")).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(alter(ConfigResource.TOPIC, "", SET, "retention.ms", "5")).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(ConfigResource.BROKER, "1", SET, "log.retention.ms", "soon")).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(ConfigResource.BROKER, "one", SET, "log.retention.ms", "5")).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(ConfigResource.GROUP, "", SET, "consumer.session.timeout.ms", "50000")).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(ConfigResource.BROKER_LOGGER, "1", SET, "root", "INFO")).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter((byte) 99, "x", SET, "a", "b")).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(alter(ConfigResource.BROKER, "", SET, "log.retention.ms", "5")).isEqualTo(ErrorCode.NONE);
        assertThat(alter(ConfigResource.BROKER, "1", SET, "log.retention.ms", "6")).isEqualTo(ErrorCode.NONE);
        assertThat(alter(ConfigResource.GROUP, "g", SET, "consumer.session.timeout.ms", "50000")).isEqualTo(ErrorCode.NONE);
        assertThat(alter(ConfigResource.CLIENT_METRICS, "m", SET, "interval.ms", "1000")).isEqualTo(ErrorCode.NONE);
    }

    @Test void theClusterDefaultIsInForceForNewTopics() {
        alter(ConfigResource.BROKER, "", SET, "num.partitions", "3");
        world.create(topic("orders").build());
        int partitions = world.image().topics().byName("orders").partitions().size();
        assertThat(partitions).isEqualTo(world.image().configs().of(ConfigResource.BROKER, "").containsKey("num.partitions") ? 3 : 1);
    }

    @Test void aResourceNamedTwiceIsRefusedAndTheOthersAreNot() {
        world.create(topic("orders").build());
        assertThat(alter(false, alteration(ConfigResource.TOPIC, "orders", SET, "retention.ms", "5"), alteration(ConfigResource.TOPIC, "orders", SET, "retention.ms", "6"),
            alteration(ConfigResource.GROUP, "g", SET, "consumer.session.timeout.ms", "50000")))
            .containsExactly(ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST, ErrorCode.NONE);
        assertThat(orders()).isEmpty();
    }

    @Test void validateOnlyChangesNothing() {
        world.create(topic("orders").build());
        assertThat(alter(true, alteration(ConfigResource.TOPIC, "orders", SET, "retention.ms", "5"))).containsExactly(ErrorCode.NONE);
        assertThat(orders()).isEmpty();
    }

    @Test void theOlderApiReplacesEverything() {
        world.create(topic("orders").build());
        alter(ConfigResource.TOPIC, "orders", SET, "retention.ms", "5");
        AlterConfigsResponse response = world.ask(new ControllerCommand.AlterConfigs(AlterConfigsRequest.builder().resources(List.of(
            AlterConfigsRequest.AlterConfigsResource.builder().resourceType(ConfigResource.TOPIC).resourceName("orders")
                .configs(List.of(AlterConfigsRequest.AlterableConfig.builder().name("segment.ms").value("60000").build())).build())).build()));
        assertThat(response.responses().getFirst().errorCode()).isZero();
        assertThat(orders()).containsExactly(Map.entry("segment.ms", "60000"));
    }

    @Test void aNewClusterKeepsTheLevelsThatItWasFormattedWithAsFarAsTheyCanBeKept() {
        var formatted = new ControllerWorld(Map.of(), level("metadata.version", 33), level("share.version", 2), level("group.version", 7),
            level("eligible.leader.replicas.version", 1), level("time.travel", 1));
        assertThat(formatted.image().features().levels()).containsExactly(Map.entry("eligible.leader.replicas.version", (short) 1), Map.entry("group.version", (short) 1),
            Map.entry("metadata.version", (short) 33), Map.entry("share.version", (short) 2));
        assertThat(formatted.log.getFirst()).isEqualTo(level("metadata.version", 33));
    }

    private static FeatureLevelRecord level(String name, int level) {
        return FeatureLevelRecord.builder().name(name).featureLevel((short) level).build();
    }

    private ErrorCode update(String feature, int level, int type) {
        UpdateFeaturesResponse response = world.ask(new ControllerCommand.UpdateFeatures(UpdateFeaturesRequest.builder().featureUpdates(List.of(
            UpdateFeaturesRequest.FeatureUpdateKey.builder().feature(feature).maxVersionLevel((short) level).upgradeType((byte) type).build())).build(), (short) 2));
        return ErrorCode.forCode(response.errorCode());
    }

    @Test void aNewClusterBeginsWithTheNewestTransactionsAndGroups() {
        assertThat(new ControllerWorld(Map.of()).image().features().level("group.version")).isEqualTo((short) 1);
        assertThat(new ControllerWorld(Map.of()).image().features().level("transaction.version")).isEqualTo((short) 2);
        assertThat(new ControllerWorld(Map.of(), level("metadata.version", 33)).image().features().level("transaction.version")).isZero();
    }

    @Test void featuresMoveWithinWhatEveryNodeSupports() {
        assertThat(update("eligible.leader.replicas.version", 1, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(world.image().features().level("eligible.leader.replicas.version")).isEqualTo((short) 1);
        assertThat(update("eligible.leader.replicas.version", 2, 1)).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(update("transaction.version", 3, 1)).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(update("no.such.version", 1, 1)).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(update("eligible.leader.replicas.version", 0, 1)).as("a downgrade must be asked for").isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(update("eligible.leader.replicas.version", 0, 2)).isEqualTo(ErrorCode.NONE);
        assertThat(update("metadata.version", 32, 2)).as("would lose facts").isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(update("metadata.version", 34, 1)).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(update("metadata.version", 6, 2)).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
    }

    @Test void aMetadataUpgradeThenAFeatureThatNeedsIt() {
        var older = new ControllerWorld(Map.of(), level("metadata.version", 21));
        older.unfenced(1);
        UpdateFeaturesResponse response = older.ask(new ControllerCommand.UpdateFeatures(UpdateFeaturesRequest.builder().featureUpdates(List.of(
            UpdateFeaturesRequest.FeatureUpdateKey.builder().feature("eligible.leader.replicas.version").maxVersionLevel((short) 1).build())).build(), (short) 1));
        assertThat(response.results().getFirst().errorCode()).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION.code());
        response = older.ask(new ControllerCommand.UpdateFeatures(UpdateFeaturesRequest.builder().featureUpdates(List.of(
            UpdateFeaturesRequest.FeatureUpdateKey.builder().feature("eligible.leader.replicas.version").maxVersionLevel((short) 1).build(),
            UpdateFeaturesRequest.FeatureUpdateKey.builder().feature("metadata.version").maxVersionLevel((short) 33).build())).build(), (short) 1));
        assertThat(response.results()).allMatch(result -> result.errorCode() == 0);
        assertThat(older.image().features().metadataVersion().level()).isEqualTo((short) 33);
    }

    @Test void producerIdBlocksFollowEachOther() {
        AllocateProducerIdsResponse first = world.ask(new ControllerCommand.AllocateProducerIds(AllocateProducerIdsRequest.builder().brokerId(1).brokerEpoch(world.epoch(1)).build()));
        AllocateProducerIdsResponse second = world.ask(new ControllerCommand.AllocateProducerIds(AllocateProducerIdsRequest.builder().brokerId(1).brokerEpoch(world.epoch(1)).build()));
        assertThat(first.producerIdLen()).isEqualTo(1_000);
        assertThat(second.producerIdStart()).isEqualTo(first.producerIdStart() + 1_000);
        AllocateProducerIdsResponse stale = world.ask(new ControllerCommand.AllocateProducerIds(AllocateProducerIdsRequest.builder().brokerId(1).brokerEpoch(world.epoch(1) - 1).build()));
        assertThat(stale.errorCode()).isEqualTo(ErrorCode.STALE_BROKER_EPOCH.code());
    }

    @Test void idsNeverLookLikeOptionsAndAreNeverReserved() {
        var chance = new Chance(1);
        for (int i = 0; i < 1_000; i++) assertThat(chance.nextUuid()).satisfies(id -> {
            assertThat(id.toString()).doesNotStartWith("-");
            assertThat(id).isNotEqualTo(Uuid.ZERO);
        });
    }
}
