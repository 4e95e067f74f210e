package millrace.group.consumer;

import java.util.Set;

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
    private TopicsImage hashedTopics;
    private ClusterImage hashedCluster;
    private Set<String> hashedNames;
    private long topicHash;

    boolean hasSeen(MetadataImage image) {
        return image.topics() == topics && image.cluster() == cluster;
    }

    void saw(MetadataImage image) {
        topics = image.topics();
        cluster = image.cluster();
    }

    /// As [TopicHash#ofGroup]; it goes through all partitions of all topics, and members that come and go seldom change what it is over.
    long topicHash(Set<String> names, MetadataImage image) {
        if (image.topics() != hashedTopics || image.cluster() != hashedCluster || !names.equals(hashedNames)) {
            topicHash = TopicHash.ofGroup(names, image);
            hashedTopics = image.topics();
            hashedCluster = image.cluster();
            hashedNames = names;
        }
        return topicHash;
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
