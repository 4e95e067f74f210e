package millrace.bench.groups;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import millrace.common.Uuid;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import millrace.protocol.message.CreateTopicsResponse;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;

/// Makes ready what a load needs: topics, and the topic in which the groups are kept.
final class Topics {
    private static final int WITHIN_MS = 120_000;
    private static final int CREATE_TOPICS = 7;
    private static final int FIND_COORDINATOR = 4;
    private static final byte OF_GROUP = 0;
    private static final int ASK_AGAIN_MS = 100;

    private Topics() {}

    /// @return the new topics, name ─▶ id, in the order of their creation; each by itself, as Kafka refuses very many partitions in one request
    static Map<String, Uuid> create(InetSocketAddress broker, String prefix, int topics, int partitionsOfEach) throws IOException {
        Map<String, Uuid> ids = new LinkedHashMap<>();
        try (var link = new Link(broker, "topics")) {
            for (int i = 0; i < topics; i++) {
                var topic = new CreatableTopic(prefix + i, partitionsOfEach, (short) 1, List.of(), List.of());
                var result = link.ask(new CreateTopicsRequest(List.of(topic), WITHIN_MS, false), CREATE_TOPICS, CreateTopicsResponse.class).topics().getFirst();
                if (result.errorCode() != ErrorCode.NONE.code()) throw new IOException("topic " + topic.name() + " cannot be created: " + result.errorMessage());
                ids.put(result.name(), result.topicId());
            }
        }
        return ids;
    }

    /// Asks for the group's coordinator until there is one: the first question makes the broker create `__consumer_offsets`.
    static void awaitCoordinator(InetSocketAddress broker, String group) throws IOException, InterruptedException {
        try (var link = new Link(broker, "topics")) {
            while (link.ask(new FindCoordinatorRequest("", OF_GROUP, List.of(group)), FIND_COORDINATOR, FindCoordinatorResponse.class)
                    .coordinators().getFirst().errorCode() != ErrorCode.NONE.code()) Thread.sleep(ASK_AGAIN_MS);
        }
    }
}
