package millrace.compat.differential;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import millrace.common.Uuid;
import millrace.compat.differential.WireConnection.Outcome;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import millrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import millrace.protocol.message.CreateTopicsResponse;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.HeartbeatResponse;
import millrace.protocol.message.ListOffsetsRequest;
import millrace.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import millrace.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import millrace.protocol.message.ListOffsetsResponse;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import millrace.protocol.message.MetadataResponse;

/// One script's talk with one node. `ask` sends, waits, and notes the answer; what prepares the ground ([#topic], [#awaitCoordinator])
/// is not noted, because how long a node takes to get there is its own affair.
final class Session implements AutoCloseable {
    /// The step under which a script that could not go on says why.
    static final String STOPPED = "the script's end";
    private static final int ATTEMPTS = 500;

    private final String host;
    private final int port;
    private final long nowMs;
    private final Rendering rendering = new Rendering();
    private final Transcript transcript = new Transcript();
    private final Map<String, WireConnection> connections = new LinkedHashMap<>();
    private final Map<String, Uuid> topicIds = new HashMap<>();

    /// @param nowMs the time that all records of the script are stamped with, the same for both nodes
    Session(String host, int port, long nowMs) {
        this.host = host;
        this.port = port;
        this.nowMs = nowMs;
    }

    static Transcript run(Script script, String host, int port, long nowMs) {
        try (var session = new Session(host, port, nowMs)) {
            try {
                script.steps().accept(session);
            } catch (RuntimeException e) {
                session.transcript.add(STOPPED, List.of("stopped by " + e));
            }
            return session.transcript;
        }
    }

    long nowMs() {
        return nowMs;
    }

    String bootstrap() {
        return host + ":" + port;
    }

    /// Asks on the connection "main".
    <R extends ApiResponse> R ask(String step, ApiRequest request, int version) {
        return askOn("main", step, request, version);
    }

    <R extends ApiResponse> R askOn(String connection, String step, ApiRequest request, int version) {
        send(connection, request, version);
        return receive(connection, step + " v" + version);
    }

    void send(String connection, ApiRequest request, int version) {
        on(connection).send(request, (short) version);
    }

    /// Reads the answer to the oldest request on this connection that has none yet.
    <R extends ApiResponse> R receive(String connection, String step) {
        Outcome outcome = on(connection).receive();
        note(step, outcome);
        if (!(outcome instanceof Outcome.Answered(ApiResponse response))) throw new IllegalStateException("no answer to " + step + ": " + outcome);
        return cast(response);
    }

    /// Asks something that the node may answer by closing the connection; the next question opens a new one.
    void tell(String connection, String step, ApiRequest request, int version) {
        send(connection, request, version);
        Outcome outcome = on(connection).receive();
        note(step + " v" + version, outcome);
        if (!(outcome instanceof Outcome.Answered)) disconnect(connection);
    }

    /// Sends a request that has no answer, and notes nothing.
    void sendUnanswered(String connection, ApiRequest request, int version) {
        send(connection, request, version);
        on(connection).expectNothing();
    }

    /// Sends bytes as they are on a connection of their own.
    /// @param key how an answer is to be read, if one comes
    void raw(String step, ByteBuffer bytes, ApiKey key, int version, int correlationId) {
        disconnect("raw");
        on("raw").sendRaw(bytes);
        note(step, on("raw").receive(key, (short) version, correlationId));
    }

    void note(String step, String fact) {
        note(step, List.of(fact));
    }

    void note(String step, List<String> facts) {
        transcript.add(step, facts);
    }

    private void note(String step, Outcome outcome) {
        transcript.add(step, switch (outcome) {
            case Outcome.Answered(ApiResponse response) -> rendering.lines(response);
            case Outcome.Closed _                       -> List.of("(the node closed the connection)");
            case Outcome.Silent _                       -> List.of("(no answer)");
        });
    }

    /// @return the answer, which is not noted
    <R extends ApiResponse> R quietly(ApiRequest request, int version) {
        send("quiet", request, version);
        if (on("quiet").receive() instanceof Outcome.Answered(ApiResponse response)) return cast(response);
        throw new IllegalStateException("no answer to " + request);
    }

    /// Asks again until the answer is as wanted, and notes that one.
    <R extends ApiResponse> R askUntil(String step, ApiRequest request, int version, Predicate<R> wanted) {
        awaitQuietly(request, version, wanted);
        return ask(step, request, version);
    }

    <R extends ApiResponse> R awaitQuietly(ApiRequest request, int version, Predicate<R> wanted) {
        R answer = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            answer = quietly(request, version);
            if (wanted.test(answer)) return answer;
            pause();
        }
        throw new IllegalStateException("still not as wanted: " + answer);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(10);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Creates a topic and returns when its partitions can be written and read.
    /// @param configs name, value, name, value ...
    Uuid topic(String name, int partitions, String... configs) {
        var topic = CreatableTopic.builder().name(name).numPartitions(partitions).replicationFactor((short) 1);
        List<CreatableTopicConfig> list = new ArrayList<>();
        for (int i = 0; i < configs.length; i += 2) list.add(new CreatableTopicConfig(configs[i], configs[i + 1]));
        CreateTopicsResponse created = quietly(CreateTopicsRequest.builder().topics(List.of(topic.configs(list).build())).timeoutMs(10_000).build(), 7);
        if (created.topics().getFirst().errorCode() != 0) throw new IllegalStateException("the topic " + name + " was not created: " + created);
        awaitTopic(name, partitions);
        return topicId(name);
    }

    void awaitTopic(String name, int partitions) {
        this.<MetadataResponse>awaitQuietly(metadataOf(name), 12, answer -> answer.topics().getFirst().errorCode() == 0
                && answer.topics().getFirst().partitions().size() == partitions && answer.topics().getFirst().partitions().stream().allMatch(each -> each.errorCode() == 0));
        List<ListOffsetsPartition> all = new ArrayList<>();
        for (int i = 0; i < partitions; i++) all.add(ListOffsetsPartition.builder().partitionIndex(i).timestamp(-1).build());
        this.<ListOffsetsResponse>awaitQuietly(ListOffsetsRequest.builder().replicaId(-1).topics(List.of(new ListOffsetsTopic(name, all))).build(), 5,
                answer -> answer.topics().getFirst().partitions().stream().allMatch(each -> each.errorCode() == 0));
        MetadataResponse known = quietly(metadataOf(name), 12);
        topicIds.put(name, known.topics().getFirst().topicId());
        rendering.topicIs(topicId(name), name);
    }

    Uuid topicId(String name) {
        return topicIds.get(name);
    }

    private static MetadataRequest metadataOf(String name) {
        return MetadataRequest.builder().topics(List.of(MetadataRequestTopic.builder().name(name).build())).allowAutoTopicCreation(false).build();
    }

    /// Returns when the node coordinates this group.
    void awaitCoordinator(String group) {
        this.<FindCoordinatorResponse>awaitQuietly(FindCoordinatorRequest.builder().key(group).build(), 2, answer -> answer.errorCode() == ErrorCode.NONE.code());
        this.<HeartbeatResponse>awaitQuietly(HeartbeatRequest.builder().groupId(group).generationId(1).memberId("nobody").build(), 3,
                answer -> answer.errorCode() == ErrorCode.UNKNOWN_MEMBER_ID.code());
    }

    void disconnect(String connection) {
        var open = connections.remove(connection);
        if (open != null) open.close();
    }

    private WireConnection on(String connection) {
        return connections.computeIfAbsent(connection, _ -> new WireConnection(host, port));
    }

    @SuppressWarnings("unchecked")      // the caller names the response of the request it has just sent
    private static <R extends ApiResponse> R cast(ApiResponse response) {
        return (R) response;
    }

    @Override public void close() {
        connections.values().forEach(WireConnection::close);
    }
}
