package millrace.broker.metadata;

import java.util.List;
import java.util.function.BooleanSupplier;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.Endpoint;
import millrace.metadata.MetadataImage;
import millrace.metadata.TopicImage;
import millrace.wire.Condition;
import millrace.wire.Signal;

/// The newest image that this broker has acted on.
public final class BrokerMetadata {
    private final String clusterId;
    private final int brokerId;
    private final Signal changed = new Signal();
    private volatile MetadataImage image = MetadataImage.EMPTY;

    public BrokerMetadata(String clusterId, int brokerId) {
        this.clusterId = clusterId;
        this.brokerId = brokerId;
    }

    public void publish(MetadataImage newest) {
        image = newest;
        changed.raise();
    }

    public MetadataImage image() {
        return image;
    }

    public String clusterId() {
        return clusterId;
    }

    public int brokerId() {
        return brokerId;
    }

    public Condition until(BooleanSupplier holds) {
        return Condition.on(List.of(changed), holds);
    }

    /// @return brokers that take part, in order of their ids
    public List<BrokerRegistration> aliveBrokers() {
        return image.cluster().brokers().values().stream().filter(broker -> !broker.fenced()).toList();
    }

    public boolean isAlive(int id) {
        BrokerRegistration broker = image.cluster().brokers().get(id);
        return broker != null && !broker.fenced();
    }

    /// @return the address by which clients of `listener` reach the broker, or null when it has none
    public static Endpoint endpoint(BrokerRegistration broker, String listener) {
        for (Endpoint endpoint : broker.endpoints()) {
            if (endpoint.listener().equals(listener)) return endpoint;
        }
        return null;
    }

    /// @return where clients of `listener` reach this broker, or null when it is not alive or has no such listener
    public Endpoint aliveEndpoint(int broker, String listener) {
        return isAlive(broker) ? endpoint(image.cluster().brokers().get(broker), listener) : null;
    }

    public String rack(int broker) {
        BrokerRegistration registration = image.cluster().brokers().get(broker);
        return registration == null ? null : registration.rack();
    }

    public TopicImage topic(String name) {
        return image.topics().byName(name);
    }

    /// Topics that the system keeps for itself; clients are told, and automatic creation gives them their own settings.
    public static boolean isInternal(String topic) {
        return topic.equals("__consumer_offsets") || topic.equals("__transaction_state") || topic.equals("__share_group_state");
    }
}
