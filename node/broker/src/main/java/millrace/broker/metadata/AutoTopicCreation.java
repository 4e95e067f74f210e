package millrace.broker.metadata;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import millrace.feed.ControllerLink;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import millrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import millrace.protocol.message.CreateTopicsResponse;
import millrace.wire.Pending;

/// Creates topics that clients ask for by just using them, and the internal ones when they are first needed.
///
/// While a topic's creation is under way, everybody who wants the same topic waits for the same answer.
public final class AutoTopicCreation {
    private static final int MAX_NAME_LENGTH = 249;
    private static final short CREATE_TOPICS_VERSION = 7;
    private static final int TIMEOUT_MS = 30_000;
    private static final int MAX_UNDER_WAY = 1_000;

    /// How an internal topic is made.
    public record InternalTopic(int partitions, short replicationFactor, TreeMap<String, String> configs) {}

    private final boolean enabled;
    private final Function<String, InternalTopic> internalTopics;
    private final ControllerLink controller;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<String, Pending<ErrorCode>> underWay = new TreeMap<>();

    /// @param enabled `auto.create.topics.enable`; internal topics are created regardless
    /// @param internalTopics by name, as the settings of now would make them; null for a topic that is not internal
    public AutoTopicCreation(boolean enabled, Function<String, InternalTopic> internalTopics, ControllerLink controller) {
        this.enabled = enabled;
        this.internalTopics = internalTopics;
        this.controller = controller;
    }

    public boolean isEnabled() {
        return enabled;
    }

    /// Letters, digits, '.', '_' and '-', up to 249 characters, and neither "." nor "..".
    public static boolean isLegalName(String name) {
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || name.equals(".") || name.equals("..")) return false;
        return name.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-');
    }

    /// @return `NONE` once the creation is committed, or why there is no such topic; `LEADER_NOT_AVAILABLE` (ask again) at once while a thousand
    ///         others are being created
    public Pending<ErrorCode> create(String name, String principal, String clientAddress) {
        if (!isLegalName(name)) return Pending.of(ErrorCode.INVALID_TOPIC_EXCEPTION);
        Pending<ErrorCode> result;
        lock.lock();
        try {
            Pending<ErrorCode> already = underWay.get(name);
            if (already != null) return already;
            if (underWay.size() >= MAX_UNDER_WAY) return Pending.of(ErrorCode.LEADER_NOT_AVAILABLE);
            result = new Pending<>();
            underWay.put(name, result);
        } finally {
            lock.unlock();
        }
        Pending<CreateTopicsResponse> answer = controller.send(request(name), CREATE_TOPICS_VERSION, principal, clientAddress);
        answer.whenDone(response -> {
            lock.lock();
            try {
                underWay.remove(name);
            } finally {
                lock.unlock();
            }
            result.complete(response.topics().isEmpty() ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.forCode(response.topics().getFirst().errorCode()));
        });
        return result;
    }

    private CreateTopicsRequest request(String name) {
        InternalTopic internal = internalTopics.apply(name);
        CreatableTopic topic = internal == null
                ? CreatableTopic.builder().name(name).numPartitions(-1).replicationFactor((short) -1).build()
                : CreatableTopic.builder().name(name).numPartitions(internal.partitions()).replicationFactor(internal.replicationFactor())
                        .configs(internal.configs().entrySet().stream().map(entry -> new CreatableTopicConfig(entry.getKey(), entry.getValue())).toList()).build();
        return CreateTopicsRequest.builder().topics(List.of(topic)).timeoutMs(TIMEOUT_MS).build();
    }
}
