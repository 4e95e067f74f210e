package millrace.coordination;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import millrace.common.Uuid;
import millrace.coordination.ProducerIdSource.Given;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.metadata.MetadataImage;
import millrace.ports.Randomness;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.WriteTxnMarkersRequest;
import millrace.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult;
import millrace.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerResult;
import millrace.protocol.message.WriteTxnMarkersResponse.WritableTxnMarkerTopicResult;
import millrace.protocol.message.WriteTxnMarkersResponse;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.FeatureLevelRecord;
import millrace.protocol.metadata.PartitionRecord;
import millrace.protocol.metadata.RegisterBrokerRecord.BrokerEndpoint;
import millrace.protocol.metadata.RegisterBrokerRecord;
import millrace.protocol.metadata.TopicRecord;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Condition;
import millrace.wire.Pending;

/// One broker with its group coordinators and handlers, in a cluster that consists of an image.
final class Scene {
    static final String GROUP = "orders";
    static final Uuid TOPIC_ID = new Uuid(7, 7);
    static final int OFFSETS_PARTITIONS = 4;

    final FakeTime time = new FakeTime();
    final Cluster cluster = new Cluster();
    final GroupCoordinators coordinators;
    final TransactionCoordinators transactions;
    final List<WriteTxnMarkersRequest> markers = new ArrayList<>();
    long nextProducerId = 1_000;
    ErrorCode markerError = ErrorCode.NONE;
    final FakePartition partition;
    private final Map<ApiKey, ApiHandler<?, ?>> handlers;
    private final CoordinationSettings settings;

    Scene() {
        this(CoordinationSettings.DEFAULTS);
    }

    Scene(CoordinationSettings settings) {
        this.settings = settings;
        cluster.add("t", TOPIC_ID, 2);
        cluster.add(OffsetsTopic.NAME, new Uuid(9, 9), OFFSETS_PARTITIONS);
        partition = new FakePartition(OffsetsTopic.partitionOf(GROUP, OFFSETS_PARTITIONS));
        coordinators = newCoordinators();
        transactions = new TransactionCoordinators(cluster, TransactionCoordinationSettings.DEFAULTS, this::producerId, this::writeMarkers, time, List.of(time), time);
        handlers = new EnumMap<>(GroupHandlers.all(coordinators, transactions, cluster));
        handlers.putAll(TransactionHandlers.all(transactions, coordinators, cluster, this::producerId));
    }

    private Pending<Given> producerId() {
        return Pending.of(new Given(ErrorCode.NONE, nextProducerId++));
    }

    /// Every partition takes its marker at once, or refuses it as the test wishes.
    private Pending<WriteTxnMarkersResponse> writeMarkers(int brokerId, WriteTxnMarkersRequest request) {
        markers.add(request);
        short error = markerError.code();
        return Pending.of(new WriteTxnMarkersResponse(request.markers().stream().map(marker -> new WritableTxnMarkerResult(marker.producerId(),
                marker.topics().stream().map(topic -> new WritableTxnMarkerTopicResult(topic.name(),
                        topic.partitionIndexes().stream().map(index -> new WritableTxnMarkerPartitionResult(index, error)).toList())).toList())).toList()));
    }

    GroupCoordinators newCoordinators() {
        return new GroupCoordinators(cluster, settings, time, List.of(time), time, new Counter());
    }

    Scene elected() {
        coordinators.onElected(partition);
        time.work();
        return this;
    }

    /// @return the log of the coordinator of that transactional id, which is active
    FakePartition leadsTransactions(String transactionalId) {
        cluster.add(TransactionTopic.NAME, new Uuid(8, 8), OFFSETS_PARTITIONS);
        var log = new FakePartition(TransactionTopic.NAME, TransactionTopic.partitionOf(transactionalId, OFFSETS_PARTITIONS));
        transactions.onElected(log);
        time.work();
        return log;
    }

    /// @return the answer as it stands: [Answer.Now] once it is there
    <Q extends ApiRequest, R extends ApiResponse> Asked<R> ask(Q request, int version) {
        return ask(request, version, "c1");
    }

    <Q extends ApiRequest, R extends ApiResponse> Asked<R> ask(Q request, int version, String connection) {
        return ask(request, version, connection, "test");
    }

    /// @param software what the client says that it is
    @SuppressWarnings("unchecked")
    <Q extends ApiRequest, R extends ApiResponse> Asked<R> ask(Q request, int version, String connection, String software) {
        var handler = (ApiHandler<Q, R>) handlers.get(request.apiKey());
        var caller = new Caller((short) version, "anna", "127.0.0.1", "User:ANONYMOUS", "PLAINTEXT", connection, time, software, "1", time.monotonicMs());
        return new Asked<>(handler.handle(request, caller), (short) version);
    }

    static final class Asked<R extends ApiResponse> {
        private Answer<R> answer;
        private final short version;

        private Asked(Answer<R> answer, short version) {
            this.answer = answer;
            this.version = version;
        }

        boolean waits() {
            while (answer instanceof Answer.Waiting<R> waiting && waiting.condition().holds()) answer = waiting.then().get();
            return answer instanceof Answer.Waiting<R>;
        }

        /// @return what the connection tells while it waits
        Condition.Yielding waiting() {
            return (Condition.Yielding) ((Answer.Waiting<R>) answer).condition();
        }

        /// The deadline of the answer has passed.
        Asked<R> givesUp() {
            if (answer instanceof Answer.Waiting<R> waiting) answer = waiting.then().get();
            return this;
        }

        /// @return why the connection is closed
        String closes() {
            return ((Answer.Close<R>) answer).reason();
        }

        /// @return the response, which can be written in the version that was asked in
        R response() {
            if (waits()) throw new AssertionError("there is no answer yet");
            R response = ((Answer.Now<R>) answer).response();
            response.toBytes(version);
            return response;
        }
    }

    static final class Cluster implements ClusterView {
        private final List<MetadataRecord> records = new ArrayList<>();
        private MetadataImage image = MetadataImage.EMPTY;
        final List<String> created = new ArrayList<>();
        Pending<ErrorCode> creation = new Pending<>();

        Cluster() {
            apply(RegisterBrokerRecord.builder().brokerId(1).brokerEpoch(5).incarnationId(new Uuid(1, 1)).fenced(false)
                    .endPoints(List.of(new BrokerEndpoint("PLAINTEXT", "localhost", 9092, (short) 0))).build());
        }

        void add(String topic, Uuid id, int partitions) {
            apply(TopicRecord.builder().name(topic).topicId(id).build());
            for (int i = 0; i < partitions; i++)
                apply(PartitionRecord.builder().partitionId(i).topicId(id).replicas(List.of(1)).isr(List.of(1)).leader(1).leaderEpoch(1).partitionEpoch(1)
                        .directories(List.of(new Uuid(2, 2))).build());
        }

        void finalizes(String feature, int level) {
            apply(FeatureLevelRecord.builder().name(feature).featureLevel((short) level).build());
        }

        private void apply(MetadataRecord record) {
            records.add(record);
            image = image.apply(record);
        }

        void without(String topic) {
            List<MetadataRecord> kept = new ArrayList<>();
            Uuid id = image.topics().byName(topic).id();
            for (MetadataRecord each : records) {
                boolean gone = each instanceof TopicRecord named && named.topicId().equals(id) || each instanceof PartitionRecord of && of.topicId().equals(id);
                if (!gone) kept.add(each);
            }
            records.clear();
            image = MetadataImage.EMPTY;
            kept.forEach(this::apply);
        }

        @Override public MetadataImage image() {
            return image;
        }

        @Override public ConsumerTimes consumerTimes(String groupId) {
            return ConsumerTimes.DEFAULTS;
        }

        @Override public Pending<ErrorCode> ensureInternalTopic(String name) {
            created.add(name);
            return creation;
        }
    }

    private static final class Counter implements Randomness {
        private long next = 1;

        @Override public long nextLong() {
            return next++;
        }

        @Override public int nextInt(int bound) {
            return (int) (next++ % bound);
        }
    }
}
