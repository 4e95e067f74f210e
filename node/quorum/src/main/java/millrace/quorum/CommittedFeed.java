package millrace.quorum;

import java.util.ArrayList;
import java.util.List;

import millrace.feed.MetadataFeed;
import millrace.metadata.MetadataImage;
import millrace.ports.EventLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The feed of the images that this node knows to be committed. Subscribers are told on the quorum's own loop.
final class CommittedFeed implements MetadataFeed {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedFeed.class);

    private final EventLoop loop;
    /// Touched on the loop only.
    private final List<Subscriber> subscribers = new ArrayList<>();
    private volatile MetadataImage current = MetadataImage.EMPTY;

    CommittedFeed(EventLoop loop) {
        this.loop = loop;
    }

    @Override public MetadataImage current() {
        return current;
    }

    @Override public void subscribe(Subscriber subscriber) {
        loop.execute(() -> {
            subscribers.add(subscriber);
            if (current != MetadataImage.EMPTY) tell(subscriber, MetadataImage.EMPTY, current);
        });
    }

    /// On the loop only.
    void publish(MetadataImage image) {
        MetadataImage before = current;
        if (image.upTo().offset() <= before.upTo().offset()) return;
        current = image;
        for (Subscriber subscriber : subscribers) tell(subscriber, before, image);
    }

    /// One subscriber's mistake is not the others', nor the controller's.
    private static void tell(Subscriber subscriber, MetadataImage before, MetadataImage after) {
        try {
            subscriber.onImage(before, after);
        } catch (RuntimeException mistake) {
            LOG.error("{} could not follow the metadata from offset {} to {}", subscriber, before.upTo().offset(), after.upTo().offset(), mistake);
        }
    }
}
