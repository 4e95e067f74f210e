package millrace.broker.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import millrace.broker.partition.ReplicaMoves;
import millrace.broker.partition.ReplicaMoves.Wanted;
import millrace.common.TopicPartition;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AlterReplicaLogDirsRequest;
import millrace.protocol.message.AlterReplicaLogDirsRequest.AlterReplicaLogDir;
import millrace.protocol.message.AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic;
import millrace.protocol.message.AlterReplicaLogDirsResponse;
import millrace.protocol.message.AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult;
import millrace.protocol.message.AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// AlterReplicaLogDirs (API key 34): moves this broker's replicas between its log directories. The answer says that moves have begun.
/// Source: KIP-113.
public final class AlterReplicaLogDirsHandler implements ApiHandler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse> {
    private final ReplicaMoves moves;

    public AlterReplicaLogDirsHandler(ReplicaMoves moves) {
        this.moves = moves;
    }

    @Override public Answer<AlterReplicaLogDirsResponse> handle(AlterReplicaLogDirsRequest request, Caller caller) {
        List<Wanted> wanted = wanted(request);
        var answer = new Pending<AlterReplicaLogDirsResponse>();
        moves.alter(wanted).whenDone(errors -> answer.complete(response(wanted, errors)));
        return Answer.of(answer);
    }

    private static List<Wanted> wanted(AlterReplicaLogDirsRequest request) {
        List<Wanted> wanted = new ArrayList<>();
        for (AlterReplicaLogDir directory : request.dirs()) {
            for (AlterReplicaLogDirTopic topic : directory.topics()) {
                for (int partition : topic.partitions()) wanted.add(new Wanted(new TopicPartition(topic.name(), partition), Path.of(directory.path()).normalize()));
            }
        }
        return wanted;
    }

    private static AlterReplicaLogDirsResponse response(List<Wanted> wanted, List<ErrorCode> errors) {
        Map<String, List<AlterReplicaLogDirPartitionResult>> topics = new LinkedHashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            TopicPartition replica = wanted.get(i).replica();
            topics.computeIfAbsent(replica.topic(), _ -> new ArrayList<>()).add(new AlterReplicaLogDirPartitionResult(replica.partition(), errors.get(i).code()));
        }
        return AlterReplicaLogDirsResponse.builder().results(topics.entrySet().stream()
                .map(topic -> new AlterReplicaLogDirTopicResult(topic.getKey(), topic.getValue())).toList()).build();
    }
}
