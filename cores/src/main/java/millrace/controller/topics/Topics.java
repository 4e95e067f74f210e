package millrace.controller.topics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.controller.Chance;
import millrace.controller.Changes;
import millrace.controller.Problem;
import millrace.controller.configs.EffectiveSettings;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.ConfigResource;
import millrace.metadata.DirectoryId;
import millrace.metadata.MetadataImage;
import millrace.metadata.PartitionRegistration;
import millrace.metadata.TopicImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.CreatePartitionsRequest;
import millrace.protocol.message.CreatePartitionsResponse;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsResponse;
import millrace.protocol.message.DeleteTopicsRequest;
import millrace.protocol.message.DeleteTopicsResponse;
import millrace.protocol.metadata.ConfigRecord;
import millrace.protocol.metadata.PartitionRecord;
import millrace.protocol.metadata.RemoveTopicRecord;
import millrace.protocol.metadata.TopicRecord;
import millrace.settings.ConfigChange;
import millrace.settings.ConfigEntry;
import org.pcollections.TreePMap;

/// CreateTopics (API key 19), CreatePartitions (37) and DeleteTopics (20). Each topic succeeds or fails by itself.
public final class Topics {
    /// Of all topics of one request together; a request for more is refused before anything is placed.
    static final int MAX_PARTITIONS_PER_REQUEST = 10_000;
    private static final int DEFAULT = -1;

    private final EffectiveSettings settings;

    public Topics(EffectiveSettings settings) {
        this.settings = settings;
    }

    public CreateTopicsResponse create(CreateTopicsRequest request, short version, Chance chance, Changes changes) {
        var times = new TreeMap<String, Integer>();
        for (var topic : request.topics()) times.merge(topic.name(), 1, Integer::sum);
        var answered = new TreeSet<String>();
        var results = new ArrayList<CreateTopicsResponse.CreatableTopicResult>();
        if (partitionsOf(request, changes.image()) > MAX_PARTITIONS_PER_REQUEST)
            return CreateTopicsResponse.builder().topics(request.topics().stream().filter(topic -> answered.add(topic.name())).map(topic -> failed(topic, tooMany())).toList()).build();
        for (var topic : request.topics()) {
            if (!answered.add(topic.name())) continue;
            if (times.get(topic.name()) > 1) {
                results.add(failed(topic, new Problem(ErrorCode.INVALID_REQUEST, "The request names the topic '" + topic.name() + "' more than once.")));
                continue;
            }
            var plan = plan(topic, chance, changes.image());
            switch (plan) {
                case Plan.Refused(Problem problem) -> results.add(failed(topic, problem));
                case Plan.Accepted accepted        -> results.add(carryOut(topic, accepted, version, chance.nextUuid(), changes));
            }
        }
        return CreateTopicsResponse.builder().topics(results).build();
    }

    /// All that is asked for counts, also what would be refused for other reasons.
    private long partitionsOf(CreateTopicsRequest request, MetadataImage image) {
        int byDefault = settings.broker(image).values().integer("num.partitions");
        long partitions = 0;
        for (var topic : request.topics())
            partitions += !topic.assignments().isEmpty() ? topic.assignments().size() : topic.numPartitions() == DEFAULT ? byDefault : Math.max(0, topic.numPartitions());
        return partitions;
    }

    /// What becomes of one topic that was asked for.
    private sealed interface Plan {
        record Refused(Problem problem) implements Plan {}

        /// @param assignments replicas by partition, from 0
        record Accepted(List<List<Integer>> assignments, Map<String, String> configs) implements Plan {}
    }

    private Plan plan(CreateTopicsRequest.CreatableTopic topic, Chance chance, MetadataImage image) {
        Problem name = TopicNames.problemWith(topic.name(), image);
        if (name != null) return new Plan.Refused(name);
        var configs = new LinkedHashMap<String, String>();
        for (var config : topic.configs()) configs.put(config.name(), config.value());
        if (ConfigChange.ofTopic(settings.broker(image), TreePMap.empty()).create(configs) instanceof ConfigChange.Refused(_, String message))
            return new Plan.Refused(new Problem(ErrorCode.INVALID_CONFIG, message));
        return topic.assignments().isEmpty() ? placed(topic, configs, chance, image) : assigned(topic, configs, image);
    }

    private Plan placed(CreateTopicsRequest.CreatableTopic topic, Map<String, String> configs, Chance chance, MetadataImage image) {
        var broker = settings.broker(image).values();
        int partitions = topic.numPartitions() == DEFAULT ? broker.integer("num.partitions") : topic.numPartitions();
        int replicas = topic.replicationFactor() == DEFAULT ? broker.integer("default.replication.factor") : topic.replicationFactor();
        if (partitions <= 0) return new Plan.Refused(new Problem(ErrorCode.INVALID_PARTITIONS,
            "The number of partitions was " + partitions + "; it must be 1 or more, or -1 for the broker's default."));
        if (replicas <= 0) return new Plan.Refused(new Problem(ErrorCode.INVALID_REPLICATION_FACTOR,
            "The replication factor was " + replicas + "; it must be 1 or more, or -1 for the broker's default."));
        var placement = new Placement(image, chance);
        Problem problem = problemWith(placement, replicas);
        if (problem != null) return new Plan.Refused(problem);
        var assignments = new ArrayList<List<Integer>>(partitions);
        for (int i = 0; i < partitions; i++) assignments.add(placement.next(replicas));
        return new Plan.Accepted(assignments, configs);
    }

    private static Problem tooMany() {
        return new Problem(ErrorCode.POLICY_VIOLATION, "One request may create " + MAX_PARTITIONS_PER_REQUEST + " partitions; send several requests.");
    }

    private static Problem problemWith(Placement placement, int replicas) {
        if (replicas > placement.usable()) return new Problem(ErrorCode.INVALID_REPLICATION_FACTOR, "The replication factor " + replicas
            + " cannot be reached: " + placement.usable() + " broker(s) are registered and take new replicas (one whose log directories are all offline or cordoned takes none).");
        if (placement.unfenced() == 0) return new Problem(ErrorCode.INVALID_REPLICATION_FACTOR, "All brokers are fenced or shutting down; try again when one has started.");
        return null;
    }

    private Plan assigned(CreateTopicsRequest.CreatableTopic topic, Map<String, String> configs, MetadataImage image) {
        if (topic.replicationFactor() != DEFAULT) return new Plan.Refused(new Problem(ErrorCode.INVALID_REQUEST,
            "Replicas are assigned by hand, so the replication factor must be -1."));
        if (topic.numPartitions() != DEFAULT) return new Plan.Refused(new Problem(ErrorCode.INVALID_REQUEST,
            "Replicas are assigned by hand, so the number of partitions must be -1."));
        var byPartition = new TreeMap<Integer, List<Integer>>();
        for (var assignment : topic.assignments()) {
            if (byPartition.put(assignment.partitionIndex(), assignment.brokerIds()) != null) return new Plan.Refused(new Problem(ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                "Partition " + assignment.partitionIndex() + " is assigned more than once."));
        }
        if (byPartition.firstKey() != 0 || byPartition.lastKey() != byPartition.size() - 1) return new Plan.Refused(new Problem(ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "The assigned partitions must be numbered from 0 without gaps, they are " + byPartition.keySet() + "."));
        int replicas = byPartition.get(0).size();
        for (Map.Entry<Integer, List<Integer>> assignment : byPartition.entrySet()) {
            Problem problem = problemWith(assignment.getKey(), assignment.getValue(), replicas, image);
            if (problem != null) return new Plan.Refused(problem);
        }
        return new Plan.Accepted(List.copyOf(byPartition.values()), configs);
    }

    private static Problem problemWith(int partition, List<Integer> replicas, int replicationFactor, MetadataImage image) {
        if (replicas.isEmpty()) return assignment("Partition " + partition + " is assigned to no broker.");
        if (new TreeSet<>(replicas).size() != replicas.size()) return assignment("Partition " + partition + " is assigned to a broker twice: " + replicas + ".");
        for (int broker : replicas) if (image.cluster().broker(broker) == null)
            return assignment("Partition " + partition + " is assigned to broker " + broker + ", which is not registered.");
        if (replicas.size() != replicationFactor) return assignment("Partition " + partition + " has a replication factor of " + replicas.size()
            + ", others have " + replicationFactor + "; it must be the same for all.");
        if (replicas.stream().noneMatch(image.cluster()::isActive))
            return assignment("Partition " + partition + " is assigned to brokers " + replicas + ", all of which are fenced or shutting down.");
        return null;
    }

    private static Problem assignment(String message) {
        return new Problem(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
    }

    private CreateTopicsResponse.CreatableTopicResult carryOut(CreateTopicsRequest.CreatableTopic topic, Plan.Accepted plan, short version, Uuid id, Changes changes) {
        changes.add(TopicRecord.builder().name(topic.name()).topicId(id).build());
        plan.configs.forEach((name, value) -> changes.add(ConfigRecord.builder().resourceType(ConfigResource.TOPIC).resourceName(topic.name())
            .name(name).value(value).build()));
        for (int i = 0; i < plan.assignments.size(); i++) changes.add(born(id, i, plan.assignments.get(i), changes.image()));
        var result = CreateTopicsResponse.CreatableTopicResult.builder().name(topic.name()).topicId(id).errorMessage(null);
        if (version < 5) return result.build();
        return result.numPartitions(plan.assignments.size()).replicationFactor((short) plan.assignments.getFirst().size())
            .configs(settings.topic(changes.image(), plan.configs).entries().stream().map(Topics::config).toList()).build();
    }

    private static CreateTopicsResponse.CreatableTopicConfigs config(ConfigEntry entry) {
        return CreateTopicsResponse.CreatableTopicConfigs.builder().name(entry.name()).value(entry.value()).readOnly(entry.readOnly())
            .configSource(entry.source().id()).isSensitive(entry.sensitive()).build();
    }

    /// A new partition: everyone who is there is in sync, and the first of them leads.
    private static PartitionRecord born(Uuid topicId, int index, List<Integer> replicas, MetadataImage image) {
        List<Integer> isr = replicas.stream().filter(image.cluster()::isActive).toList();
        List<Uuid> directories = replicas.stream().map(broker -> directoryFor(image.cluster().broker(broker))).toList();
        return PartitionRecord.builder().topicId(topicId).partitionId(index).replicas(replicas).isr(isr).leader(isr.getFirst()).leaderEpoch(0).partitionEpoch(0)
            .leaderRecoveryState(PartitionRegistration.RECOVERED).directories(directories).build();
    }

    private static Uuid directoryFor(BrokerRegistration broker) {
        if (broker.cordonedDirectories() == null) return DirectoryId.forNewReplica(broker.directories());
        return DirectoryId.forNewReplica(broker.directories().stream().filter(directory -> !broker.cordonedDirectories().contains(directory)).toList());
    }

    private static CreateTopicsResponse.CreatableTopicResult failed(CreateTopicsRequest.CreatableTopic topic, Problem problem) {
        return CreateTopicsResponse.CreatableTopicResult.builder().name(topic.name()).errorCode(problem.code()).errorMessage(problem.message()).build();
    }

    public CreatePartitionsResponse createPartitions(CreatePartitionsRequest request, Chance chance, Changes changes) {
        var times = new TreeMap<String, Integer>();
        for (var topic : request.topics()) times.merge(topic.name(), 1, Integer::sum);
        var answered = new TreeSet<String>();
        var results = new ArrayList<CreatePartitionsResponse.CreatePartitionsTopicResult>();
        int budget = MAX_PARTITIONS_PER_REQUEST;
        for (var topic : request.topics()) {
            if (!answered.add(topic.name())) continue;
            Problem problem = times.get(topic.name()) > 1
                ? new Problem(ErrorCode.INVALID_REQUEST, "The request names the topic '" + topic.name() + "' more than once.")
                : grow(topic, chance, changes, budget);
            var result = CreatePartitionsResponse.CreatePartitionsTopicResult.builder().name(topic.name());
            if (problem == null) budget -= topic.count();
            else result.errorCode(problem.code()).errorMessage(problem.message());
            results.add(result.build());
        }
        return CreatePartitionsResponse.builder().results(results).build();
    }

    private static Problem grow(CreatePartitionsRequest.CreatePartitionsTopic wanted, Chance chance, Changes changes, int budget) {
        MetadataImage image = changes.image();
        TopicImage topic = image.topics().byName(wanted.name());
        if (topic == null) return new Problem(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic '" + wanted.name() + "'.");
        int now = topic.partitions().size();
        int more = wanted.count() - now;
        if (more == 0) return new Problem(ErrorCode.INVALID_PARTITIONS, "Topic already has " + now + " partition(s).");
        if (more < 0) return new Problem(ErrorCode.INVALID_PARTITIONS, "Topic '" + wanted.name() + "' has " + now + " partition(s), " + wanted.count() + " would not be more.");
        if (more > budget) return tooMany();
        int replicas = topic.partitions().get(0).replicas().size();
        var assignments = new ArrayList<List<Integer>>();
        if (wanted.assignments() == null) {
            var placement = new Placement(image, chance);
            Problem problem = problemWith(placement, replicas);
            if (problem != null) return problem;
            for (int i = 0; i < more; i++) assignments.add(placement.next(replicas));
        } else {
            if (wanted.assignments().size() != more) return assignment("There are to be " + more + " more partition(s), but " + wanted.assignments().size() + " are assigned.");
            for (var assigned : wanted.assignments()) {
                Problem problem = problemWith(now + assignments.size(), assigned.brokerIds(), replicas, image);
                if (problem != null) return problem;
                assignments.add(assigned.brokerIds());
            }
        }
        for (int i = 0; i < more; i++) changes.add(born(topic.id(), now + i, assignments.get(i), image));
        return null;
    }

    public DeleteTopicsResponse delete(DeleteTopicsRequest request, short version, Changes changes) {
        List<DeleteTopicsRequest.DeleteTopicState> wanted = version >= 6 ? request.topics()
            : request.topicNames().stream().map(name -> DeleteTopicsRequest.DeleteTopicState.builder().name(name).build()).toList();
        var results = new ArrayList<DeleteTopicsResponse.DeletableTopicResult>();
        for (int i = 0; i < wanted.size(); i++) {
            var topic = wanted.get(i);
            if (wanted.indexOf(topic) < i || isAnsweredUnderItsName(topic, wanted, changes.image())) continue;
            TopicImage alsoById = alsoAskedById(topic, wanted, changes.image());
            if (alsoById != null) results.add(undeleted(topic.toBuilder().topicId(alsoById.id()).build(), askedTwice()));
            else results.add(wanted.lastIndexOf(topic) > i ? undeleted(topic, askedTwice()) : delete(topic, version, changes));
        }
        return DeleteTopicsResponse.builder().responses(results).build();
    }

    private static Problem askedTwice() {
        return new Problem(ErrorCode.INVALID_REQUEST, "The request names this topic more than once.");
    }

    /// @return the topic when the request has it by this name and, in another entry, by its id
    private static TopicImage alsoAskedById(DeleteTopicsRequest.DeleteTopicState byName, List<DeleteTopicsRequest.DeleteTopicState> wanted, MetadataImage image) {
        TopicImage topic = byName.name() == null || !byName.topicId().equals(Uuid.ZERO) ? null : image.topics().byName(byName.name());
        return topic != null && wanted.contains(DeleteTopicsRequest.DeleteTopicState.builder().name(null).topicId(topic.id()).build()) ? topic : null;
    }

    private static boolean isAnsweredUnderItsName(DeleteTopicsRequest.DeleteTopicState byId, List<DeleteTopicsRequest.DeleteTopicState> wanted, MetadataImage image) {
        TopicImage topic = byId.name() != null || byId.topicId().equals(Uuid.ZERO) ? null : image.topics().byId(byId.topicId());
        return topic != null && wanted.contains(DeleteTopicsRequest.DeleteTopicState.builder().name(topic.name()).build());
    }

    private DeleteTopicsResponse.DeletableTopicResult delete(DeleteTopicsRequest.DeleteTopicState wanted, short version, Changes changes) {
        if (!settings.broker(changes.image()).values().bool("delete.topic.enable"))
            return undeleted(wanted, new Problem(version < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED, "Topics cannot be deleted: delete.topic.enable is false."));
        boolean byId = !wanted.topicId().equals(Uuid.ZERO);
        if (wanted.name() == null && !byId) return undeleted(wanted, new Problem(ErrorCode.INVALID_REQUEST, "Neither a topic name nor a topic id was given."));
        if (wanted.name() != null && byId) return undeleted(wanted, new Problem(ErrorCode.INVALID_REQUEST, "Give the topic's name or its id, not both."));
        TopicImage topic = byId ? changes.image().topics().byId(wanted.topicId()) : changes.image().topics().byName(wanted.name());
        if (topic == null) return undeleted(wanted, byId ? new Problem(ErrorCode.UNKNOWN_TOPIC_ID, "There is no topic with id " + wanted.topicId() + ".")
            : new Problem(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic '" + wanted.name() + "'."));
        changes.add(RemoveTopicRecord.builder().topicId(topic.id()).build());
        return DeleteTopicsResponse.DeletableTopicResult.builder().name(topic.name()).topicId(topic.id()).build();
    }

    private static DeleteTopicsResponse.DeletableTopicResult undeleted(DeleteTopicsRequest.DeleteTopicState wanted, Problem problem) {
        return DeleteTopicsResponse.DeletableTopicResult.builder().name(wanted.name()).topicId(wanted.topicId())
            .errorCode(problem.code()).errorMessage(problem.message()).build();
    }
}
