package millrace.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// [ClusterAdmin] on kafka-clients.
final class KafkaAdmin implements ClusterAdmin {
    private final Admin admin;

    KafkaAdmin(Admin admin) {
        this.admin = admin;
    }

    @Override public List<String> topicNames(boolean internalToo) {
        return answer(admin.listTopics(new ListTopicsOptions().listInternal(internalToo)).names()).stream().sorted().toList();
    }

    @Override public List<Topic> topics(List<String> names) {
        if (names.isEmpty()) return List.of();
        Map<String, KafkaFuture<TopicDescription>> descriptions = admin.describeTopics(names).topicNameValues();
        List<ConfigResource> resources = names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
        Map<ConfigResource, KafkaFuture<Config>> settings = admin.describeConfigs(resources).values();
        List<Topic> topics = new ArrayList<>();
        for (String name : names) topics.add(topic(description(name, descriptions.get(name)), answer(settings.get(new ConfigResource(ConfigResource.Type.TOPIC, name)))));
        return topics;
    }

    private static TopicDescription description(String name, KafkaFuture<TopicDescription> future) {
        try {
            return answer(future);
        } catch (UnknownTopicOrPartitionException absent) {
            throw Problem.noSuchTopic(name);
        }
    }

    private static Topic topic(TopicDescription description, Config settings) {
        List<Partition> partitions = new ArrayList<>();
        for (TopicPartitionInfo partition : description.partitions())
            partitions.add(new Partition(partition.partition(), partition.leader() == null || partition.leader().isEmpty() ? -1 : partition.leader().id(),
                    ids(partition.replicas()), ids(partition.isr())));
        partitions.sort(Comparator.comparingInt(Partition::number));
        Map<String, String> overrides = new TreeMap<>();
        for (ConfigEntry entry : settings.entries())
            if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) overrides.put(entry.name(), entry.value());
        return new Topic(description.name(), description.topicId().toString(), description.isInternal(), partitions, overrides);
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    @Override public void createTopic(String name, Integer partitions, Short replicationFactor, Map<Integer, List<Integer>> assignment, Map<String, String> settings) {
        NewTopic topic = assignment.isEmpty() ? new NewTopic(name, Optional.ofNullable(partitions), Optional.ofNullable(replicationFactor)) : new NewTopic(name, assignment);
        answer(admin.createTopics(List.of(topic.configs(settings))).all());
    }

    @Override public void deleteTopic(String name) {
        try {
            answer(admin.deleteTopics(List.of(name)).all());
        } catch (UnknownTopicOrPartitionException absent) {
            throw Problem.noSuchTopic(name);
        }
    }

    @Override public List<Group> groups() {
        return answer(admin.listGroups().all()).stream()
                .map(group -> new Group(group.groupId(), group.type().map(Object::toString).orElse(""), group.groupState().map(Object::toString).orElse(""), group.protocol()))
                .sorted(Comparator.comparing(Group::id)).toList();
    }

    @Override public GroupDetail group(String id) {
        ConsumerGroupDescription description = answer(admin.describeConsumerGroups(List.of(id)).all()).get(id);
        Map<TopicPartition, Member> readers = new LinkedHashMap<>();
        List<Member> members = new ArrayList<>();
        for (MemberDescription member : description.members()) {
            List<TopicPartition> assigned = member.assignment().topicPartitions().stream()
                    .sorted(Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition)).toList();
            Member known = new Member(member.consumerId(), member.groupInstanceId().orElse(null), member.clientId(), member.host(), assigned.stream().map(TopicPartition::toString).toList());
            members.add(known);
            for (TopicPartition partition : assigned) readers.put(partition, known);
        }
        Node coordinator = description.coordinator();
        return new GroupDetail(id, description.type().toString(), description.groupState().toString(), description.partitionAssignor(),
                coordinator == null ? "" : coordinator.host() + ":" + coordinator.port(), members, lags(id, readers));
    }

    private List<Lag> lags(String group, Map<TopicPartition, Member> readers) {
        Map<TopicPartition, Long> committed = new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
        for (TopicPartition partition : readers.keySet()) committed.put(partition, -1L);
        for (Map.Entry<TopicPartition, OffsetAndMetadata> offset : answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).entrySet())
            committed.put(offset.getKey(), offset.getValue() == null ? -1L : offset.getValue().offset());
        if (committed.isEmpty()) return List.of();
        Map<TopicPartition, OffsetSpec> ends = new LinkedHashMap<>();
        for (TopicPartition partition : committed.keySet()) ends.put(partition, OffsetSpec.latest());
        var answers = admin.listOffsets(ends);
        List<Lag> lags = new ArrayList<>();
        committed.forEach((partition, offset) -> lags.add(new Lag(partition.topic(), partition.partition(), offset, end(answers.partitionResult(partition)), readers.get(partition))));
        return lags;
    }

    private static long end(KafkaFuture<ListOffsetsResultInfo> future) {
        try {
            return answer(future).offset();
        } catch (org.apache.kafka.common.KafkaException nobodyLeadsIt) {
            return -1;
        }
    }

    private static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) throw cause;
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Problem("interrupted.", null);
        }
    }

    @Override public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
