package millrace.cli;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

import java.util.Map;

/// Makes what talks to a cluster. Each call first makes sure that somebody answers.
interface Clients {
    /// @throws Problem when nobody answers
    ClusterAdmin admin(Connection connection);

    /// @param settings on top of the connection's
    Producer<byte[], byte[]> producer(Connection connection, Map<String, Object> settings);

    /// @param settings on top of the connection's
    Consumer<byte[], byte[]> consumer(Connection connection, Map<String, Object> settings);
}
