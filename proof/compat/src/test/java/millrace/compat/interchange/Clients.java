package millrace.compat.interchange;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import millrace.compat.differential.WireConnection;
import millrace.compat.differential.WireConnection.Outcome;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.ApiVersionsResponse;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Apache's own clients, and a plain socket for what they do not let one ask.
final class Clients {
    private static final int LIMIT_SECONDS = 30;

    private Clients() {}

    static Admin admin(String bootstrap) {
        return Admin.create(Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", "30000"));
    }

    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @param settings key, value, key, value ...
    static KafkaProducer<String, String> producer(String bootstrap, String... settings) {
        return new KafkaProducer<>(with(Map.of("bootstrap.servers", bootstrap, "acks", "all", "delivery.timeout.ms", "240000"), settings),
                new StringSerializer(), new StringSerializer());
    }

    static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, String... settings) {
        return new KafkaConsumer<>(with(Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", "false", "auto.offset.reset", "earliest"), settings),
                new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Map<String, Object> with(Map<String, Object> base, String... settings) {
        Map<String, Object> all = new HashMap<>(base);
        for (int i = 0; i < settings.length; i += 2) all.put(settings[i], settings[i + 1]);
        return all;
    }

    static long logStart(String bootstrap, String topic) {
        var partition = new TopicPartition(topic, 0);
        try (Admin admin = admin(bootstrap)) {
            return get(admin.listOffsets(Map.of(partition, OffsetSpec.earliest())).all()).get(partition).offset();
        }
    }

    static ApiResponse ask(String bootstrap, ApiRequest request, int version) {
        int colon = bootstrap.indexOf(':');
        try (var connection = new WireConnection(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1)))) {
            connection.send(request, (short) version);
            if (connection.receive() instanceof Outcome.Answered(ApiResponse response)) return response;
            throw new IllegalStateException("no answer to " + request);
        }
    }

    static boolean hasFinalized(Admin admin, String feature) {
        var level = get(admin.describeFeatures().featureMetadata()).finalizedFeatures().get(feature);
        return level != null && level.maxVersionLevel() > 0;
    }

    static boolean serves(String bootstrap, ApiKey api) {
        var versions = (ApiVersionsResponse) ask(bootstrap, ApiVersionsRequest.builder().build(), 0);
        return versions.apiKeys().stream().anyMatch(key -> key.apiKey() == api.id());
    }
}
