package millrace.broker.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import millrace.broker.metadata.AutoTopicCreation;
import millrace.broker.metadata.BrokerMetadata;
import millrace.common.Uuid;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.Endpoint;
import millrace.metadata.PartitionRegistration;
import millrace.metadata.TopicImage;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import millrace.protocol.message.MetadataResponse;
import millrace.protocol.message.MetadataResponse.MetadataResponseBroker;
import millrace.protocol.message.MetadataResponse.MetadataResponsePartition;
import millrace.protocol.message.MetadataResponse.MetadataResponseTopic;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Condition;
import millrace.wire.Pending;

/// Metadata (API key 3): who leads what, and where they are reached by the listener that the question came in by.
///
/// A topic that is not there is created when the client allows it and `auto.create.topics.enable` does; the answer then waits for it
/// (up to a second), so that a first produce needs one round trip less than with a "not yet" answer.
/// Source: KIP-516 (ids, from version 10), KIP-430 (authorized operations).
public final class MetadataHandler implements ApiHandler<MetadataRequest, MetadataResponse> {
    private static final long CREATION_WAIT_MS = 1_000;
    private static final short FIRST_VERSION_WHERE_NULL_MEANS_ALL = 1;
    private static final short FIRST_VERSION_THAT_SAYS_WHETHER_TO_CREATE = 4;
    private static final short FIRST_VERSION_THAT_MAY_ASK_BY_ID = 12;

    private final BrokerMetadata metadata;
    private final AutoTopicCreation creation;

    public MetadataHandler(BrokerMetadata metadata, AutoTopicCreation creation) {
        this.metadata = metadata;
        this.creation = creation;
    }

    @Override public Answer<MetadataResponse> handle(MetadataRequest request, Caller caller) {
        if (asksForAll(request, caller)) return Answer.now(response(allTopics(request, caller), request, caller));
        boolean byId = request.topics().stream().anyMatch(topic -> !topic.topicId().equals(Uuid.ZERO));
        if (caller.apiVersion() < FIRST_VERSION_THAT_MAY_ASK_BY_ID && (byId || request.topics().stream().anyMatch(topic -> topic.name() == null))) {
            return Answer.now(refused(request));
        }
        if (byId) return Answer.now(response(topicsById(request, caller), request, caller));
        SequencedSet<String> absent = new LinkedHashSet<>();
        for (MetadataRequestTopic topic : request.topics()) {
            if (topic.name() != null && metadata.topic(topic.name()) == null) absent.add(topic.name());
        }
        boolean mayCreate = caller.apiVersion() < FIRST_VERSION_THAT_SAYS_WHETHER_TO_CREATE || request.allowAutoTopicCreation();
        if (absent.isEmpty() || !mayCreate || !creation.isEnabled()) return Answer.now(response(namedTopics(request, Map.of(), caller), request, caller));
        return createAndAnswer(request, caller, absent);
    }

    private static boolean asksForAll(MetadataRequest request, Caller caller) {
        return caller.apiVersion() < FIRST_VERSION_WHERE_NULL_MEANS_ALL ? request.topics().isEmpty() : request.topics() == null;
    }

    private Answer<MetadataResponse> createAndAnswer(MetadataRequest request, Caller caller, SequencedSet<String> absent) {
        SequencedMap<String, Pending<ErrorCode>> creations = new LinkedHashMap<>();
        for (String topic : absent) creations.put(topic, creation.create(topic, caller.principal(), caller.clientAddress()));
        Condition settled = metadata.until(() -> {
            for (var entry : creations.entrySet()) {
                Pending<ErrorCode> result = entry.getValue();
                boolean refused = result.holds() && result.get() != ErrorCode.NONE;
                if (!refused && metadata.topic(entry.getKey()) == null) return false;
            }
            return true;
        });
        Condition eitherMoves = new EitherOf(settled, creations.sequencedValues());
        return Answer.when(eitherMoves, caller.receivedMs() + CREATION_WAIT_MS, () -> {
            Map<String, ErrorCode> errors = new LinkedHashMap<>();
            creations.forEach((topic, result) -> errors.put(topic, result.holds() ? result.get() : ErrorCode.LEADER_NOT_AVAILABLE));
            return response(namedTopics(request, errors, caller), request, caller);
        });
    }

    /// The image condition, looked at again also when one of the creations has been answered.
    private record EitherOf(Condition settled, Iterable<Pending<ErrorCode>> creations) implements Condition {
        @Override public boolean holds() {
            return settled.holds();
        }

        @Override public void watch(Watcher watcher) {
            settled.watch(watcher);
            for (Pending<ErrorCode> creation : creations) creation.watch(watcher);
        }

        @Override public void unwatch(Watcher watcher) {
            settled.unwatch(watcher);
            for (Pending<ErrorCode> creation : creations) creation.unwatch(watcher);
        }
    }

    private List<MetadataResponseTopic> allTopics(MetadataRequest request, Caller caller) {
        List<MetadataResponseTopic> topics = new ArrayList<>();
        for (TopicImage topic : metadata.image().topics().all()) topics.add(describe(topic, request, caller));
        return topics;
    }

    /// One id makes it a question by ids: entries without one are not answered, as with Kafka.
    private List<MetadataResponseTopic> topicsById(MetadataRequest request, Caller caller) {
        SequencedSet<Uuid> ids = new LinkedHashSet<>();
        for (MetadataRequestTopic wanted : request.topics()) ids.add(wanted.topicId());
        ids.remove(Uuid.ZERO);
        List<MetadataResponseTopic> topics = new ArrayList<>();
        for (Uuid id : ids) {
            TopicImage topic = metadata.image().topics().byId(id);
            topics.add(topic == null ? absent(null, id, ErrorCode.UNKNOWN_TOPIC_ID) : describe(topic, request, caller));
        }
        return topics;
    }

    private List<MetadataResponseTopic> namedTopics(MetadataRequest request, Map<String, ErrorCode> creationErrors, Caller caller) {
        SequencedSet<String> names = new LinkedHashSet<>();
        for (MetadataRequestTopic wanted : request.topics()) names.add(wanted.name());
        List<MetadataResponseTopic> topics = new ArrayList<>();
        for (String name : names) {
            TopicImage topic = name == null ? null : metadata.topic(name);
            topics.add(topic != null ? describe(topic, request, caller)
                    : absent(name, Uuid.ZERO, whyAbsent(name, creationErrors)).toBuilder().topicAuthorizedOperations(operations(request)).build());
        }
        return topics;
    }

    private static ErrorCode whyAbsent(String name, Map<String, ErrorCode> creationErrors) {
        if (name == null || !AutoTopicCreation.isLegalName(name)) return ErrorCode.INVALID_TOPIC_EXCEPTION;
        ErrorCode error = creationErrors.getOrDefault(name, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        // Created, or created by somebody else, but not shown here yet: the client asks again.
        return error == ErrorCode.NONE || error == ErrorCode.TOPIC_ALREADY_EXISTS ? ErrorCode.LEADER_NOT_AVAILABLE : error;
    }

    private static MetadataResponseTopic absent(String name, Uuid id, ErrorCode error) {
        return MetadataResponseTopic.builder().name(name).topicId(id).errorCode(error.code())
                .isInternal(name != null && BrokerMetadata.isInternal(name)).build();
    }

    private static int operations(MetadataRequest request) {
        return request.includeTopicAuthorizedOperations() ? AuthorizedOperations.OF_TOPIC : AuthorizedOperations.NOT_ASKED;
    }

    private MetadataResponseTopic describe(TopicImage topic, MetadataRequest request, Caller caller) {
        List<MetadataResponsePartition> partitions = new ArrayList<>();
        topic.partitions().forEach((index, partition) -> partitions.add(describe(index, partition, caller)));
        return MetadataResponseTopic.builder().name(topic.name()).topicId(topic.id()).isInternal(BrokerMetadata.isInternal(topic.name())).partitions(partitions)
                .topicAuthorizedOperations(operations(request)).build();
    }

    private MetadataResponsePartition describe(int index, PartitionRegistration partition, Caller caller) {
        ErrorCode error = PartitionViews.error(metadata, partition, caller.listenerName());
        return new MetadataResponsePartition(error.code(), index, error == ErrorCode.NONE ? partition.leader() : -1, partition.leaderEpoch(),
                partition.replicas(), partition.isr(), PartitionViews.offlineReplicas(metadata, partition));
    }

    private MetadataResponse response(List<MetadataResponseTopic> topics, MetadataRequest request, Caller caller) {
        List<MetadataResponseBroker> brokers = new ArrayList<>();
        for (BrokerRegistration broker : metadata.aliveBrokers()) {
            Endpoint endpoint = BrokerMetadata.endpoint(broker, caller.listenerName());
            if (endpoint != null) brokers.add(new MetadataResponseBroker(broker.id(), endpoint.host(), endpoint.port(), broker.rack()));
        }
        // Any broker will do as "the controller": what is meant for the real one is forwarded.
        return MetadataResponse.builder().brokers(brokers).clusterId(metadata.clusterId()).controllerId(brokers.isEmpty() ? -1 : metadata.brokerId()).topics(topics)
                .clusterAuthorizedOperations(request.includeClusterAuthorizedOperations() ? AuthorizedOperations.OF_CLUSTER : AuthorizedOperations.NOT_ASKED).build();
    }

    /// A version that cannot ask by id has done so.
    private static MetadataResponse refused(MetadataRequest request) {
        return MetadataResponse.builder().controllerId(-1).topics(request.topics().stream()
                .map(topic -> absent(topic.name() == null ? "" : topic.name(), topic.topicId(), ErrorCode.INVALID_REQUEST)).toList()).build();
    }
}
