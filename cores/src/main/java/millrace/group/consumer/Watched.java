package millrace.group.consumer;

import millrace.metadata.ClusterImage;
import millrace.metadata.MetadataImage;
import millrace.metadata.TopicsImage;

/// Which metadata one group has been looked at with, so that a heartbeat that finds nothing new costs nothing. It may be forgotten at any time.
final class Watched {
    /// All members of a group send heartbeats; topics that come one by one are not to be looked for more often than this.
    private static final long LEAST_REFRESH_MS = 10_000;

    private TopicsImage topics;
    private ClusterImage cluster;
    private TopicsImage resolvedWith;
    private long resolvedMs;

    boolean hasSeen(MetadataImage image) {
        return image.topics() == topics && image.cluster() == cluster;
    }

    void saw(MetadataImage image) {
        topics = image.topics();
        cluster = image.cluster();
    }

    /// @param refreshMs how long an answer is good even though no topic seems to have come or gone
    boolean expressionsAreOld(MetadataImage image, long nowMs, int refreshMs) {
        if (resolvedWith == null) return true;
        long ageMs = nowMs - resolvedMs;
        boolean topicsChanged = resolvedWith.namesById() != image.topics().namesById();
        return topicsChanged && ageMs > LEAST_REFRESH_MS || ageMs > refreshMs;
    }

    void resolvedExpressions(MetadataImage image, long nowMs) {
        resolvedWith = image.topics();
        resolvedMs = nowMs;
    }
}
