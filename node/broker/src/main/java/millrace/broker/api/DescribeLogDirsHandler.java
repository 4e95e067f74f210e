package millrace.broker.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import millrace.broker.partition.LogDirectories;
import millrace.broker.partition.Partition;
import millrace.broker.partition.Partitions;
import millrace.broker.partition.Partitions.Leading;
import millrace.common.TopicPartition;
import millrace.ports.Disk;
import millrace.ports.Workers;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.DescribeLogDirsRequest;
import millrace.protocol.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import millrace.protocol.message.DescribeLogDirsResponse;
import millrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsPartition;
import millrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import millrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsTopic;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.PartitionLog;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// DescribeLogDirs (API key 35): each log directory with its partitions, their sizes, and the space of its file system.
/// Asking the file system may block, so the answer is made off the event loop. Source: KIP-113, KIP-827 (space), KIP-1066 (cordoned).
public final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequest, DescribeLogDirsResponse> {
    private final LogDirectories directories;
    private final Partitions partitions;
    private final Disk disk;
    private final Workers workers;

    public DescribeLogDirsHandler(LogDirectories directories, Partitions partitions, Disk disk, Workers workers) {
        this.directories = directories;
        this.partitions = partitions;
        this.disk = disk;
        this.workers = workers;
    }

    @Override public Answer<DescribeLogDirsResponse> handle(DescribeLogDirsRequest request, Caller caller) {
        var answer = new Pending<DescribeLogDirsResponse>();
        TreeSet<TopicPartition> wanted = wanted(request);
        workers.run("describe-log-dirs", () -> answer.complete(DescribeLogDirsResponse.builder().results(describe(wanted)).build()));
        return Answer.of(answer);
    }

    private List<DescribeLogDirsResult> describe(TreeSet<TopicPartition> wanted) {
        List<DescribeLogDirsResult> results = new ArrayList<>();
        for (LogDirectory directory : directories.all()) results.add(describe(directory, wanted));
        for (Path directory : directories.offlineAtStart().keySet()) results.add(offline(directory));
        return results;
    }

    private static DescribeLogDirsResult offline(Path directory) {
        return DescribeLogDirsResult.builder().errorCode(ErrorCode.KAFKA_STORAGE_ERROR.code()).logDir(directory.toString()).build();
    }

    /// @return null for all
    private static TreeSet<TopicPartition> wanted(DescribeLogDirsRequest request) {
        if (request.topics() == null) return null;
        var wanted = new TreeSet<TopicPartition>();
        for (DescribableLogDirTopic topic : request.topics()) {
            for (int partition : topic.partitions()) wanted.add(new TopicPartition(topic.topic(), partition));
        }
        return wanted;
    }

    private DescribeLogDirsResult describe(LogDirectory directory, TreeSet<TopicPartition> wanted) {
        if (directory.failure().isPresent()) return offline(directory.path());
        var topics = new TreeMap<String, List<DescribeLogDirsPartition>>();
        for (PartitionLog log : directory.logs()) add(log, describe(log), wanted, topics);
        for (PartitionLog copy : directory.futures()) add(copy, describeCopy(copy), wanted, topics);
        var described = topics.entrySet().stream().map(topic -> new DescribeLogDirsTopic(topic.getKey(), topic.getValue())).toList();
        var result = DescribeLogDirsResult.builder().logDir(directory.path().toString()).topics(described).isCordoned(directories.isCordoned(directory));
        try {
            return result.totalBytes(disk.totalBytes(directory.path())).usableBytes(disk.usableBytes(directory.path())).build();
        } catch (IOException unknownSpace) {
            return result.build();
        }
    }

    private static void add(PartitionLog log, DescribeLogDirsPartition described, TreeSet<TopicPartition> wanted, TreeMap<String, List<DescribeLogDirsPartition>> topics) {
        TopicPartition id = log.topicPartition();
        if (wanted == null || wanted.contains(id)) topics.computeIfAbsent(id.topic(), _ -> new ArrayList<>()).add(described);
    }

    /// Of a copy that is being made here the lag says how much of the replica it has not got yet.
    private DescribeLogDirsPartition describeCopy(PartitionLog copy) {
        TopicPartition id = copy.topicPartition();
        long end = partitions.find(id.topic(), id.partition()) instanceof Leading(Partition partition) ? partition.logEndOffset() : copy.logEndOffset();
        return new DescribeLogDirsPartition(id.partition(), copy.sizeInBytes(), Math.max(0, end - copy.logEndOffset()), true);
    }

    private DescribeLogDirsPartition describe(PartitionLog log) {
        TopicPartition id = log.topicPartition();
        long highWatermark = partitions.find(id.topic(), id.partition()) instanceof Leading(Partition partition) ? partition.highWatermark() : log.highWatermark();
        return new DescribeLogDirsPartition(id.partition(), log.sizeInBytes(), Math.max(0, log.logEndOffset() - highWatermark), false);
    }
}
