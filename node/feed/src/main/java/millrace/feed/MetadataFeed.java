package millrace.feed;

import millrace.metadata.MetadataImage;

/// Committed metadata as it grows.
public interface MetadataFeed {
    /// The newest committed image. Safe from any thread; it never goes back.
    MetadataImage current();

    /// From now on `subscriber` is told of every step. It is first told the step from [MetadataImage#EMPTY] to the current image,
    /// on the feed's own loop, not on the caller's stack. There is no leaving: a subscriber lives as long as the node.
    void subscribe(Subscriber subscriber);

    interface Subscriber {
        /// One step. Steps come one at a time, in order, on the feed's own loop; `before` is the same object as the last step's
        /// `after`. Several commits may come as one step. It must not block.
        void onImage(MetadataImage before, MetadataImage after);
    }
}
