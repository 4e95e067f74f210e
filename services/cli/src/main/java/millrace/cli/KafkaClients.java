package millrace.cli;

import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The real clients.
final class KafkaClients implements Clients {
    @Override public ClusterAdmin admin(Connection connection) {
        connection.dial();
        return new KafkaAdmin(Admin.create(connection.settings()));
    }

    @Override public Producer<byte[], byte[]> producer(Connection connection, Map<String, Object> settings) {
        connection.dial();
        return new KafkaProducer<>(merged(connection, settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override public Consumer<byte[], byte[]> consumer(Connection connection, Map<String, Object> settings) {
        connection.dial();
        return new KafkaConsumer<>(merged(connection, settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// What `--command-property` says is the last word.
    private static Map<String, Object> merged(Connection connection, Map<String, Object> settings) {
        Map<String, Object> merged = new LinkedHashMap<>(connection.settings());
        merged.putAll(settings);
        merged.putAll(connection.properties);
        return merged;
    }
}
