package millrace.broker.settings;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import millrace.metadata.ConfigResource;
import millrace.metadata.MetadataImage;
import millrace.settings.BrokerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This broker's settings as they are now: the file, and over it what the cluster has set while running.
public final class LiveSettings {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSettings.class);

    private volatile BrokerSettings broker;
    private final List<Consumer<BrokerSettings>> followers = new CopyOnWriteArrayList<>();

    public LiveSettings(BrokerSettings fromFile) {
        this.broker = fromFile;
    }

    public BrokerSettings broker() {
        return broker;
    }

    /// Takes up the dynamic layers of a newer image.
    public void follow(MetadataImage image, int brokerId) {
        BrokerSettings moved = broker.withDynamic(image.configs().of(ConfigResource.BROKER, ""), image.configs().of(ConfigResource.BROKER, Integer.toString(brokerId)));
        for (String wrong : moved.rejected()) LOG.warn("A dynamic broker setting is left out: {}", wrong);
        broker = moved;
        followers.forEach(follower -> follower.accept(moved));
    }

    /// Is told after each change, on the thread that follows the metadata.
    public void whenMoved(Consumer<BrokerSettings> follower) {
        followers.add(follower);
    }
}
