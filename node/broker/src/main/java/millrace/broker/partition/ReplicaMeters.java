package millrace.broker.partition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import millrace.common.TopicPartition;
import millrace.metadata.PartitionRegistration;
import millrace.metrics.Family;
import millrace.metrics.FamilyName;
import millrace.metrics.Gauge;
import millrace.metrics.Measured;
import millrace.metrics.RateMeter;
import millrace.ports.Clock;
import millrace.storage.directory.LogDirectory;

/// What this broker's replicas and log directories are like, under Kafka's names. Nothing is kept but two counters: everything else is asked of
/// the partition while somebody looks.
public final class ReplicaMeters implements Measured {
    private static final String SERVER = "kafka.server";
    private static final String LOG = "kafka.log";
    private static final String REPLICAS = "ReplicaManager";
    private static final String DIRECTORIES = "LogManager";

    private final Partitions partitions;
    private final LogDirectories directories;
    private final RateMeter isrShrinks;
    private final RateMeter isrExpands;

    public ReplicaMeters(Clock clock, Partitions partitions, LogDirectories directories) {
        this.partitions = partitions;
        this.directories = directories;
        this.isrShrinks = new RateMeter(clock, "shrinks");
        this.isrExpands = new RateMeter(clock, "expands");
    }

    /// The ISR of a partition that this broker leads has changed.
    void isrChanged(PartitionRegistration before, PartitionRegistration after) {
        if (after.isr().size() < before.isr().size()) isrShrinks.mark(1);
        if (after.isr().size() > before.isr().size()) isrExpands.mark(1);
    }

    @Override public void tick(long nowNanos) {
        isrShrinks.tick();
        isrExpands.tick();
    }

    @Override public List<Family> families() {
        List<Family> families = new ArrayList<>(List.of(
                Family.of(SERVER, REPLICAS, "PartitionCount", new Gauge(() -> partitions.unordered().size())),
                counting("LeaderCount", Partition::isLeading),
                counting("UnderReplicatedPartitions", ReplicaMeters::isUnderReplicated),
                counting("UnderMinIsrPartitionCount", partition -> overMinIsr(partition) < 0),
                counting("AtMinIsrPartitionCount", partition -> overMinIsr(partition) == 0),
                counting("OfflineReplicaCount", Partition::isOffline),
                Family.of(SERVER, REPLICAS, "IsrShrinksPerSec", isrShrinks), Family.of(SERVER, REPLICAS, "IsrExpandsPerSec", isrExpands),
                ofPartition("UnderReplicated", partition -> isUnderReplicated(partition) ? 1 : 0),
                ofPartition("UnderMinIsr", partition -> overMinIsr(partition) < 0 ? 1 : 0),
                ofPartition("AtMinIsr", partition -> overMinIsr(partition) == 0 ? 1 : 0),
                ofPartition("InSyncReplicasCount", partition -> partition.isLeading() ? partition.registration().isr().size() : 0),
                ofPartition("ReplicasCount", partition -> partition.registration().replicas().size()),
                ofPartition("LastStableOffsetLag", partition -> partition.highWatermark() - partition.lastStableOffset())));
        families.addAll(List.of(
                ofLog("Size", partition -> partition.log().sizeInBytes()), ofLog("NumLogSegments", partition -> (long) partition.log().segmentCount()),
                ofLog("LogStartOffset", Partition::logStartOffset), ofLog("LogEndOffset", Partition::logEndOffset),
                Family.of(LOG, DIRECTORIES, "OfflineLogDirectoryCount", new Gauge(() -> directories.paths().size() - directories.online().size())),
                ofDirectory("LogDirectoryOffline", path -> directories.online().stream().noneMatch(each -> each.path().equals(path))),
                Family.of(LOG, DIRECTORIES, "CordonedLogDirectoryCount", new Gauge(() -> (int) directories.all().stream().filter(directories::isCordoned).count())),
                ofDirectory("LogDirectoryCordoned", path -> directories.all().stream().anyMatch(each -> each.path().equals(path) && directories.isCordoned(each))),
                Family.of("millrace", "Storage", "UnservedLogs", new Gauge(() -> directories.all().stream().map(LogDirectory::damaged).mapToInt(Map::size).sum()))));
        return families;
    }

    private static boolean isUnderReplicated(Partition partition) {
        return partition.isLeading() && partition.registration().isr().size() < partition.registration().replicas().size();
    }

    /// @return how many in-sync replicas there are beyond those that acks=all needs; far beyond where this broker does not lead
    private static int overMinIsr(Partition partition) {
        return partition.isLeading() ? partition.registration().isr().size() - partition.minInSyncReplicas() : Integer.MAX_VALUE;
    }

    private Family counting(String name, Predicate<Partition> which) {
        return Family.of(SERVER, REPLICAS, name, new Gauge(() -> (int) partitions.unordered().stream().filter(which).count()));
    }

    private Family ofPartition(String name, ToLongFunction<Partition> value) {
        return overPartitions(FamilyName.of("kafka.cluster", "Partition", name, "topic", "partition"), value);
    }

    private Family ofLog(String name, ToLongFunction<Partition> value) {
        return overPartitions(FamilyName.of(LOG, "Log", name, "topic", "partition"), value);
    }

    private Family overPartitions(FamilyName name, ToLongFunction<Partition> value) {
        return Family.over(name, partition -> List.of(partition.topicPartition().topic(), Integer.toString(partition.topicPartition().partition())),
                visitor -> partitions.unordered().forEach(visitor), this::partition, partition -> new Gauge(() -> value.applyAsLong(partition)));
    }

    private Partition partition(List<String> labels) {
        String number = labels.getLast();
        boolean isNumber = !number.isEmpty() && number.length() < 10 && number.chars().allMatch(Character::isDigit);
        return isNumber ? partitions.get(new TopicPartition(labels.getFirst(), Integer.parseInt(number))) : null;
    }

    private Family ofDirectory(String name, Predicate<Path> is) {
        return Family.over(FamilyName.of(LOG, DIRECTORIES, name, "logDirectory"), path -> List.of(path.toString()), visitor -> directories.paths().forEach(visitor),
                labels -> directories.paths().stream().filter(path -> path.toString().equals(labels.getFirst())).findFirst().orElse(null),
                path -> new Gauge(() -> is.test(path) ? 1 : 0));
    }
}
