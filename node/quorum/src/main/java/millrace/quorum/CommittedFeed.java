package millrace.quorum;

import java.util.ArrayList;
import java.util.List;

import millrace.feed.MetadataFeed;
import millrace.metadata.MetadataImage;
import millrace.ports.EventLoop;

/// The feed of the images that this node knows to be committed. Subscribers are told on the quorum's own loop.
final class CommittedFeed implements MetadataFeed {
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
            if (current != MetadataImage.EMPTY) subscriber.onImage(MetadataImage.EMPTY, current);
        });
    }

    /// On the loop only.
    void publish(MetadataImage image) {
        MetadataImage before = current;
        if (image.upTo().offset() <= before.upTo().offset()) return;
        current = image;
        for (Subscriber subscriber : subscribers) subscriber.onImage(before, image);
    }
}
