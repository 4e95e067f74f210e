package millrace.broker.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import millrace.broker.lifecycle.DirectoryReports;
import millrace.broker.metadata.BrokerMetadata;
import millrace.broker.settings.LiveSettings;
import millrace.broker.settings.TopicRules;
import millrace.common.BrokerId;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.feed.MetadataFeed;
import millrace.metadata.MetadataImage;
import millrace.metadata.PartitionRegistration;
import millrace.metadata.TopicImage;
import millrace.ports.Workers;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.OutOfSpace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes this broker's partitions what the metadata image says, and then shows the image to clients.
///
/// It runs on a thread of its own, because opening and deleting logs blocks. Images that come while it is at work are not walked one by
/// one: the next walk goes from the last image that was followed to the newest one.
///
/// Only a topic that a later image no longer has is deleted: that image was made by a committed removal. A log that no image knows at
/// start is set aside as `-stray` and kept, because "missing from my image" must never delete data (reliability scenario 26).
public final class PartitionAssignments implements MetadataFeed.Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionAssignments.class);

    /// Hears of partitions that this broker begins or ceases to lead, and of those that are gone. Called on the follower's thread, in order.
    public interface Listener {
        void onLeading(Partition partition);

        void onNotLeading(Partition partition);

        void onDeleted(TopicImage topic);
    }

    private final int self;
    private final LogDirectories directories;
    private final Partitions partitions;
    private final BrokerMetadata metadata;
    private final LiveSettings settings;
    private final DirectoryReports reports;
    private final Listener listener;
    private final Traffic traffic;
    private final ReplicaMeters replicas;
    private final Workers.SerialExecutor follower;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile Runnable whenOpen = () -> { };
    private volatile MetadataImage newest = MetadataImage.EMPTY;
    private MetadataImage followed = MetadataImage.EMPTY;
    private volatile boolean closed;

    public PartitionAssignments(int self, LogDirectories directories, Partitions partitions, BrokerMetadata metadata, LiveSettings settings,
                                DirectoryReports reports, Listener listener, Traffic traffic, ReplicaMeters replicas, Workers workers) {
        this.self = self;
        this.directories = directories;
        this.partitions = partitions;
        this.metadata = metadata;
        this.settings = settings;
        this.reports = reports;
        this.listener = listener;
        this.traffic = traffic;
        this.replicas = replicas;
        this.follower = workers.serial("partition-assignments");
    }

    @Override public void onImage(MetadataImage before, MetadataImage after) {
        if (closed) return;
        newest = after;
        if (scheduled.compareAndSet(false, true)) follower.execute(this::followNewest);
    }

    /// Runs once, after the first image has been followed: then every log that can be opened is.
    public void whenOpen(Runnable action) {
        whenOpen = action;
    }

    /// Ends the walk that is under way and follows no more images.
    public void close() {
        closed = true;
        follower.close();
    }

    private void followNewest() {
        scheduled.set(false);
        MetadataImage target = newest;
        if (target == followed) return;
        boolean settingsMoved = target.configs() != followed.configs();
        if (settingsMoved) settings.follow(target, self);
        if (followed == MetadataImage.EMPTY) setStraysAside(target);
        List<TopicImage> deleted = deleteTopics(target);
        if (target.topics() != followed.topics() || settingsMoved) followTopics(target, settingsMoved);
        boolean first = followed == MetadataImage.EMPTY;
        followed = target;
        metadata.publish(target);
        if (first) whenOpen.run();
        // Only now: until the image is shown, a group may still commit offsets for a topic that it thinks is there.
        deleted.forEach(listener::onDeleted);
    }

    private void setStraysAside(MetadataImage image) {
        for (var directory : directories.all()) {
            for (var log : directory.logs()) {
                TopicImage topic = image.topics().byName(log.topicPartition().topic());
                PartitionRegistration registration = topic == null || !topic.id().equals(log.topicId()) ? null : topic.partitions().get(log.topicPartition().partition());
                if (registration != null && registration.replicas().contains(self)) continue;
                if (setAside(directory, log.topicPartition())) LOG.warn("{} in {} belongs to no topic of this cluster (topic id {}). It was set aside with the suffix -stray; delete it when you are sure that nobody needs it.",
                        log.topicPartition(), directory.path(), log.topicId());
            }
        }
    }

    private static boolean setAside(LogDirectory directory, TopicPartition topicPartition) {
        try {
            return directory.markStray(topicPartition);
        } catch (LogDirFailure failure) {
            LOG.error("{} could not be set aside: {}", topicPartition, failure.getMessage());
            return false;
        }
    }

    /// Before any is opened: a topic that was deleted and created again has its name, and its folders, in one image step.
    private List<TopicImage> deleteTopics(MetadataImage target) {
        List<TopicImage> deleted = new ArrayList<>();
        if (target.topics() == followed.topics()) return deleted;
        for (TopicImage known : followed.topics().all()) {
            if (target.topics().byId(known.id()) == null) deleted.add(known);
        }
        deleted.forEach(this::delete);
        return deleted;
    }

    private void followTopics(MetadataImage target, boolean settingsMoved) {
        for (TopicImage topic : target.topics().all()) {
            TopicImage known = followed.topics().byId(topic.id());
            if (topic == known && !settingsMoved) continue;
            TopicRules rules = TopicRules.of(settings.broker(), target, topic.name());
            for (Map.Entry<Integer, PartitionRegistration> entry : topic.partitions().entrySet()) {
                PartitionRegistration before = known == null ? null : known.partitions().get(entry.getKey());
                if (entry.getValue() == before && !settingsMoved) continue;
                follow(topic, entry.getKey(), entry.getValue(), rules);
            }
        }
    }

    private void follow(TopicImage topic, int index, PartitionRegistration registration, TopicRules rules) {
        Partition partition = partitions.get(topic.id(), index);
        if (!registration.replicas().contains(self)) {
            if (partition != null) remove(partition);
            return;
        }
        try {
            if (partition == null) partition = open(topic, index, registration, rules);
            else partition.log().updateConfig(rules.log());
            boolean led = partition.isLeading();
            int ledEpoch = partition.leaderEpoch();
            PartitionRegistration before = partition.registration();
            partition.assign(registration, rules.partition());
            if (led && partition.isLeading()) replicas.isrChanged(before, registration);
            if (partition.isLeading() && (!led || ledEpoch != partition.leaderEpoch())) listener.onLeading(partition);
            else if (led && !partition.isLeading()) listener.onNotLeading(partition);
        } catch (LogDirFailure | OutOfSpace | IllegalStateException | LogDirectories.InOfflineDirectory failure) {
            // One partition's log is damaged, not here or has no room: the others, and the image, must not wait for it.
            LOG.error("{}-{} cannot be served: {}", topic.name(), index, failure.getMessage());
        }
    }

    private Partition open(TopicImage topic, int index, PartitionRegistration registration, TopicRules rules) {
        var topicPartition = new TopicPartition(topic.name(), index);
        Optional<LogDirectories.Located> existing = directories.find(topicPartition, registration.directoryOf(self));
        if (existing.isPresent()) {
            existing.get().log().assignTopicId(topic.id());                      // refuses a folder of an older topic whose deletion has failed
            existing.get().log().updateConfig(rules.log());
        }
        LogDirectories.Located located = existing.orElseGet(() -> directories.create(topicPartition, topic.id(), registration, self, rules.log()));
        var partition = new Partition(new BrokerId(self), topicPartition, topic.id(), located.log(), located.directory(), rules.partition(), registration, traffic);
        partitions.add(partition);
        Uuid directory = LogDirectories.id(located.directory());
        if (!directory.equals(registration.directoryOf(self))) reports.report(partition.idPartition(), directory);
        return partition;
    }

    private void delete(TopicImage topic) {
        for (int index : topic.partitions().keySet()) {
            Partition partition = partitions.get(topic.id(), index);
            if (partition != null) remove(partition);
        }
        traffic.forget(topic.name());
    }

    private void remove(Partition partition) {
        boolean led = partition.isLeading();
        partitions.remove(partition);
        partition.close();
        if (led) listener.onNotLeading(partition);
        for (var directory : directories.all()) deleteLog(directory, partition.topicPartition());
    }

    private static void deleteLog(LogDirectory directory, TopicPartition topicPartition) {
        try {
            directory.deleteLog(topicPartition);
        } catch (LogDirFailure failure) {
            LOG.error("{} could not be deleted: {}", topicPartition, failure.getMessage());
        }
    }
}
