package millrace.quorum;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import millrace.common.OffsetAndEpoch;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.MetadataImage;
import millrace.metadata.PartitionRegistration;
import millrace.metadata.TopicImage;
import millrace.metrics.Attribute;
import millrace.metrics.Family;
import millrace.metrics.FamilyName;
import millrace.metrics.Gauge;
import millrace.metrics.Measured;
import millrace.metrics.Readings;
import millrace.ports.EventLoop;

/// What the controller knows of the cluster, and where the quorum stands, under Kafka's names. The cluster is counted in the committed image while
/// somebody looks, and whether this node's controller decides is so at that moment; the rest of the quorum's state belongs to its loop, so it is what it was at the last tick.
final class QuorumMeters implements Measured {
    private static final String CONTROLLER = "kafka.controller";
    private static final String TYPE = "KafkaController";

    record Facts(String state, int leader, int epoch, long highWatermark, OffsetAndEpoch logEnd, int voters) {}

    private final Supplier<MetadataImage> image;
    private final BooleanSupplier active;
    private final EventLoop loop;
    private final Supplier<Facts> onLoop;
    private volatile Facts facts;

    /// @param active whether this node's controller decides; from any thread
    /// @param onLoop asked on the loop only
    QuorumMeters(Supplier<MetadataImage> image, BooleanSupplier active, EventLoop loop, Supplier<Facts> onLoop) {
        this.image = image;
        this.active = active;
        this.loop = loop;
        this.onLoop = onLoop;
        look();
    }

    @Override public void tick(long nowNanos) {
        look();
    }

    private void look() {
        loop.execute(() -> facts = onLoop.get());
    }

    @Override public List<Family> families() {
        return List.of(Family.of(CONTROLLER, TYPE, "ActiveControllerCount", new Gauge(() -> active.getAsBoolean() ? 1 : 0)),
                ofCluster("ActiveBrokerCount", cluster -> (int) cluster.cluster().brokers().values().stream().filter(broker -> !broker.fenced()).count()),
                ofCluster("FencedBrokerCount", cluster -> (int) cluster.cluster().brokers().values().stream().filter(BrokerRegistration::fenced).count()),
                ofCluster("GlobalTopicCount", cluster -> cluster.topics().size()),
                ofCluster("GlobalPartitionCount", cluster -> partitions(cluster, _ -> true)),
                ofCluster("OfflinePartitionsCount", cluster -> partitions(cluster, partition -> !partition.hasLeader())),
                ofCluster("PreferredReplicaImbalanceCount", cluster -> partitions(cluster, partition -> partition.leader() != partition.preferredReplica())),
                Family.of(CONTROLLER, TYPE, "LastCommittedRecordOffset", new Gauge(() -> image.get().upTo().offset())),
                Family.of(CONTROLLER, TYPE, "LastAppliedRecordOffset", new Gauge(() -> image.get().upTo().offset())),
                ofQuorum());
    }

    private Family ofCluster(String name, ToIntFunction<MetadataImage> count) {
        return Family.of(CONTROLLER, TYPE, name, new Gauge(() -> count.applyAsInt(image.get())));
    }

    private static int partitions(MetadataImage image, Predicate<PartitionRegistration> which) {
        int count = 0;
        for (TopicImage topic : image.topics().all()) for (PartitionRegistration partition : topic.partitions().values()) if (which.test(partition)) count++;
        return count;
    }

    /// Not there before the loop has been asked once.
    private Family ofQuorum() {
        return new Family(FamilyName.of("kafka.server", "raft-metrics", null), visitor -> {
            Facts now = facts;
            if (now != null) visitor.accept(List.of(), readings(now));
        }, _ -> facts == null ? null : readings(facts));
    }

    /// The type of each is a number's with Kafka, the state's too.
    private static Readings readings(Facts facts) {
        return Readings.of(new Attribute("current-state", Double.class, facts::state), new Attribute("current-leader", Double.class, facts::leader), new Attribute("current-epoch", Double.class, facts::epoch),
                new Attribute("high-watermark", Double.class, facts::highWatermark), new Attribute("log-end-offset", Double.class, () -> facts.logEnd().offset()),
                new Attribute("log-end-epoch", Double.class, () -> facts.logEnd().epoch()), new Attribute("number-of-voters", Double.class, facts::voters));
    }
}
