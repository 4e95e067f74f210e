package millrace.controller;

import static millrace.controller.ControllerWorld.assigned;
import static millrace.controller.ControllerWorld.directory;
import static millrace.controller.ControllerWorld.topic;
import static millrace.controller.ControllerWorld.withBrokers;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import millrace.common.Uuid;
import millrace.metadata.ConfigResource;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.CreatePartitionsRequest;
import millrace.protocol.message.CreatePartitionsResponse;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsResponse;
import millrace.protocol.message.DeleteTopicsRequest;
import millrace.protocol.message.DeleteTopicsResponse;
import org.junit.jupiter.api.Test;

class TopicsTest {
    private final ControllerWorld world = withBrokers(1, 2, 3);

    @Test void defaultsComeFromTheBrokersSettings() {
        var defaults = new ControllerWorld(Map.of("num.partitions", "4", "default.replication.factor", "2"));
        defaults.unfenced(1);
        defaults.unfenced(2);
        var result = defaults.create(topic("orders").build()).topics().getFirst();
        assertThat(result.errorMessage()).isNull();
        assertThat(result.numPartitions()).isEqualTo(4);
        assertThat(result.replicationFactor()).isEqualTo((short) 2);
        assertThat(defaults.image().topics().byName("orders").partitions()).hasSize(4).allSatisfy((_, partition) -> {
            assertThat(partition.isr()).hasSize(2).isEqualTo(partition.replicas()).contains(partition.leader());
            assertThat(partition.directories()).isEqualTo(partition.replicas().stream().map(ControllerWorld::directory).toList());
        });
    }

    @Test void namesAreChecked() {
        for (String name : List.of("", ".", "..", "white space", "ümlaut", "a/b", "x".repeat(250)))
            assertThat(world.error(topic(name).build())).as(name).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(world.error(topic("x".repeat(249)).build())).isEqualTo(ErrorCode.NONE);
        assertThat(world.error(topic("__cluster_metadata").build())).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test void namesThatDifferOnlyInDotsAndUnderscoresCollide() {
        assertThat(world.error(topic("a.b_c").build())).isEqualTo(ErrorCode.NONE);
        assertThat(world.error(topic("a_b.c").build())).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(world.error(topic("a.b.c").build())).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(world.error(topic("a.b_c").build())).isEqualTo(ErrorCode.TOPIC_ALREADY_EXISTS);
        assertThat(world.error(topic("aAb").build())).isEqualTo(ErrorCode.NONE);
        assertThat(world.error(topic("a-b_c").build())).isEqualTo(ErrorCode.NONE);
    }

    @Test void countsAreChecked() {
        assertThat(world.error(topic("a").numPartitions(0).build())).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(world.error(topic("a").numPartitions(-2).build())).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(world.error(topic("a").replicationFactor((short) 0).build())).isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR);
        assertThat(world.error(topic("a").replicationFactor((short) 4).build())).isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR);
        assertThat(world.error(topic("a").numPartitions(10_001).build())).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(new ControllerWorld(Map.of()).error(topic("a").build())).isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR);
    }

    @Test void replicasMayBeAssignedByHand() {
        assertThat(world.error(assigned("orders", List.of(3, 1)))).isEqualTo(ErrorCode.NONE);
        assertThat(world.partition("orders", 0)).satisfies(partition -> {
            assertThat(partition.replicas()).containsExactly(3, 1);
            assertThat(partition.leader()).isEqualTo(3);
            assertThat(partition.directories()).containsExactly(directory(3), directory(1));
        });
        for (List<Integer> wrong : List.of(List.<Integer>of(), List.of(1, 1), List.of(9)))
            assertThat(world.error(assigned("wrong", wrong))).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(world.error(assigned("wrong", List.of(1)).toBuilder().replicationFactor((short) 1).build())).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(world.error(assigned("wrong", List.of(1)).toBuilder().numPartitions(1).build())).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(world.error(topic("wrong").assignments(List.of(part(0, 1), part(2, 1))).build())).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(world.error(topic("wrong").assignments(List.of(part(0, 1), part(0, 2))).build())).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(world.error(topic("wrong").assignments(List.of(part(0, 1), part(1, 2, 3))).build())).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        world.falls(2);
        assertThat(world.error(assigned("wrong", List.of(2)))).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(world.error(assigned("partly", List.of(2, 1)))).isEqualTo(ErrorCode.NONE);
        assertThat(world.partition("partly", 0).isr()).containsExactly(1);
    }

    private static CreateTopicsRequest.CreatableReplicaAssignment part(int index, Integer... brokers) {
        return CreateTopicsRequest.CreatableReplicaAssignment.builder().partitionIndex(index).brokerIds(List.of(brokers)).build();
    }

    @Test void configsAreCheckedKeptAndTold() {
        var retention = CreateTopicsRequest.CreatableTopicConfig.builder().name("retention.ms").value("1000").build();
        var result = world.create(topic("orders").configs(List.of(retention)).build()).topics().getFirst();
        assertThat(result.configs()).anySatisfy(config -> {
            assertThat(config.name()).isEqualTo("retention.ms");
            assertThat(config.value()).isEqualTo("1000");
            assertThat(config.configSource()).isEqualTo((byte) 1);
        });
        assertThat(world.image().configs().of(ConfigResource.TOPIC, "orders")).containsExactly(Map.entry("retention.ms", "1000"));
        var wrong = world.create(topic("wrong").configs(List.of(retention.toBuilder().value("soon").build())).build()).topics().getFirst();
        assertThat(wrong.errorCode()).isEqualTo(ErrorCode.INVALID_CONFIG.code());
        world.delete("orders");
        assertThat(world.image().configs().resources()).isEmpty();
    }

    @Test void validateOnlyAnswersAndChangesNothing() {
        int end = world.log.size();
        CreateTopicsResponse response = world.ask(new ControllerCommand.CreateTopics(CreateTopicsRequest.builder().topics(List.of(topic("orders").numPartitions(3).build()))
            .validateOnly(true).build(), (short) 7, 5));
        assertThat(response.topics().getFirst().errorCode()).isZero();
        assertThat(response.topics().getFirst().numPartitions()).isEqualTo(3);
        assertThat(world.log).hasSize(end);
        assertThat(world.image().topics().byName("orders")).isNull();
    }

    @Test void eachTopicOfARequestSucceedsOrFailsByItself() {
        CreateTopicsResponse response = world.create(topic("a").build(), topic("bad name").build(), topic("twice").build(), topic("twice").build(), topic("b").build());
        assertThat(response.topics()).extracting(CreateTopicsResponse.CreatableTopicResult::name).containsExactly("a", "bad name", "twice", "b");
        assertThat(response.topics()).extracting(result -> ErrorCode.forCode(result.errorCode())).containsExactly(ErrorCode.NONE, ErrorCode.INVALID_TOPIC_EXCEPTION,
            ErrorCode.INVALID_REQUEST, ErrorCode.NONE);
    }

    @Test void partitionsAreAddedAndNeverTakenAway() {
        world.create(topic("orders").numPartitions(2).replicationFactor((short) 2).build());
        assertThat(grow("orders", 5, false)).isEqualTo(ErrorCode.NONE);
        assertThat(world.image().topics().byName("orders").partitions()).hasSize(5).allSatisfy((_, partition) -> assertThat(partition.replicas()).hasSize(2));
        assertThat(grow("orders", 5, false)).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(grow("orders", 4, false)).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(grow("absent", 4, false)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(grow("orders", 9, true)).isEqualTo(ErrorCode.NONE);
        assertThat(world.image().topics().byName("orders").partitions()).hasSize(5);
    }

    private ErrorCode grow(String topic, int count, boolean validateOnly) {
        CreatePartitionsResponse response = world.ask(new ControllerCommand.CreatePartitions(CreatePartitionsRequest.builder().topics(List.of(
            CreatePartitionsRequest.CreatePartitionsTopic.builder().name(topic).count(count).assignments(null).build())).validateOnly(validateOnly).build(), 5));
        return ErrorCode.forCode(response.results().getFirst().errorCode());
    }

    @Test void aTopicThatIsCreatedAgainHasAnotherId() {
        world.create(topic("orders").build());
        Uuid first = world.image().topics().byName("orders").id();
        world.delete("orders");
        world.create(topic("orders").build());
        assertThat(world.image().topics().byName("orders").id()).isNotEqualTo(first);
        assertThat(world.image().topics().byId(first)).isNull();
    }

    @Test void topicsAreDeletedByNameOrById() {
        world.create(topic("a").build(), topic("b").build());
        Uuid id = world.image().topics().byName("b").id();
        assertThat(ErrorCode.forCode(world.delete("absent").responses().getFirst().errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(world.delete("a").responses().getFirst().errorCode()).isZero();
        assertThat(delete(null, id)).isEqualTo(ErrorCode.NONE);
        assertThat(delete(null, id)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
        assertThat(delete(null, Uuid.ZERO)).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(delete("a", id)).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(world.image().topics().size()).isZero();
    }

    private ErrorCode delete(String name, Uuid id) {
        DeleteTopicsResponse response = world.ask(new ControllerCommand.DeleteTopics(DeleteTopicsRequest.builder().topics(List.of(
            DeleteTopicsRequest.DeleteTopicState.builder().name(name).topicId(id).build())).build(), (short) 6));
        return ErrorCode.forCode(response.responses().getFirst().errorCode());
    }

    @Test void aTopicNamedByItsNameAndByItsIdIsAnsweredOnceAndStays() {
        world.create(topic("a").build());
        Uuid id = world.image().topics().byName("a").id();
        DeleteTopicsResponse response = world.ask(new ControllerCommand.DeleteTopics(DeleteTopicsRequest.builder().topics(List.of(
            DeleteTopicsRequest.DeleteTopicState.builder().name(null).topicId(id).build(),
            DeleteTopicsRequest.DeleteTopicState.builder().name("a").build())).build(), (short) 6));
        assertThat(response.responses()).singleElement().satisfies(result -> {
            assertThat(result.topicId()).isEqualTo(id);
            assertThat(ErrorCode.forCode(result.errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
        });
        assertThat(world.image().topics().byName("a")).isNotNull();
    }

    @Test void oneRequestForTooManyPartitionsCreatesNone() {
        var response = world.create(topic("a").numPartitions(6_000).build(), topic("b").numPartitions(4_001).build());
        assertThat(response.topics()).extracting(each -> ErrorCode.forCode(each.errorCode())).containsOnly(ErrorCode.POLICY_VIOLATION);
        assertThat(world.image().topics().size()).isZero();
    }

    @Test void deletionMayBeForbidden() {
        var forbidding = new ControllerWorld(Map.of("delete.topic.enable", "false"));
        forbidding.unfenced(1);
        forbidding.create(topic("orders").build());
        assertThat(ErrorCode.forCode(forbidding.delete("orders").responses().getFirst().errorCode())).isEqualTo(ErrorCode.TOPIC_DELETION_DISABLED);
    }
}
