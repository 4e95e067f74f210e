package millrace.compat.differential;

import static millrace.protocol.ApiKey.CREATE_PARTITIONS;
import static millrace.protocol.ApiKey.CREATE_TOPICS;
import static millrace.protocol.ApiKey.DELETE_RECORDS;
import static millrace.protocol.ApiKey.DELETE_TOPICS;
import static millrace.protocol.ApiKey.DESCRIBE_LOG_DIRS;

import java.util.ArrayList;
import java.util.List;
import millrace.common.Uuid;
import millrace.protocol.message.CreatePartitionsRequest;
import millrace.protocol.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import millrace.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsRequest.CreatableReplicaAssignment;
import millrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import millrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import millrace.protocol.message.DeleteRecordsRequest;
import millrace.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import millrace.protocol.message.DeleteRecordsRequest.DeleteRecordsTopic;
import millrace.protocol.message.DeleteTopicsRequest;
import millrace.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import millrace.protocol.message.DescribeLogDirsRequest;
import millrace.protocol.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.MetadataRequest.MetadataRequestTopic;

/// The life of topics, as an operator leads it.
final class TopicScripts {
    private TopicScripts() {}

    static List<Script> all() {
        return List.of(new Script("CreateTopics", TopicScripts::createTopics), new Script("CreateTopics refuses", TopicScripts::refusedTopics),
                new Script("CreatePartitions", TopicScripts::createPartitions), new Script("DeleteTopics", TopicScripts::deleteTopics),
                new Script("DeleteRecords", TopicScripts::deleteRecords), new Script("DescribeLogDirs", TopicScripts::describeLogDirs));
    }

    private static CreatableTopic.Builder creatable(String name, int partitions, int replicationFactor) {
        return CreatableTopic.builder().name(name).numPartitions(partitions).replicationFactor((short) replicationFactor);
    }

    private static CreateTopicsRequest create(CreatableTopic.Builder... topics) {
        List<CreatableTopic> all = new ArrayList<>();
        for (var each : topics) all.add(each.build());
        return CreateTopicsRequest.builder().topics(all).timeoutMs(10_000).build();
    }

    private static List<CreatableTopicConfig> configs(String... pairs) {
        List<CreatableTopicConfig> configs = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) configs.add(new CreatableTopicConfig(pairs[i], pairs[i + 1]));
        return configs;
    }

    private static List<CreatableReplicaAssignment> assigned(int... partitions) {
        List<CreatableReplicaAssignment> assignments = new ArrayList<>();
        for (int partition : partitions) assignments.add(new CreatableReplicaAssignment(partition, List.of(1)));
        return assignments;
    }

    private static void createTopics(Session session) {
        Versions.each(CREATE_TOPICS, version -> {
            String name = "create.v" + version;
            session.ask("validated only", create(creatable(name, 2, 1)).toBuilder().validateOnly(true).build(), version);
            session.ask("created", create(creatable(name, 2, 1)), version);
            session.ask("exists", create(creatable(name, 2, 1)), version);
            session.ask("exists, validated only", create(creatable(name, 2, 1)).toBuilder().validateOnly(true).build(), version);
            session.ask("with configs", create(creatable(name + ".configs", 1, 1).configs(configs("retention.ms", "1000", "cleanup.policy", "compact,delete"))), version);
            session.ask("assigned by hand", create(creatable(name + ".assigned", -1, -1).assignments(assigned(0, 1))), version);
            if (version >= 4) session.ask("defaults", create(creatable(name + ".defaults", -1, -1)), version);
            session.ask("twice in a request", create(creatable(name + ".twice", 1, 1), creatable(name + ".twice", 1, 1), creatable(name + ".once", 1, 1)), version);
            session.ask("nothing", create(), version);
        });
        session.tell("main", "defaults in a version without", create(creatable("create.early", -1, -1)), 3);
        session.quietly(create(creatable("create.never", 1, 1)).toBuilder().validateOnly(true).build(), 7);
        session.ask("validated only was not created", MetadataRequest.builder().topics(List.of(MetadataRequestTopic.builder().name("create.never").build())).allowAutoTopicCreation(false).build(), 9);
        session.ask("no time to wait", create(creatable("create.zero.timeout", 1, 1)).toBuilder().timeoutMs(0).build(), 7);
        session.quietly(delete(new DeleteTopicState("create.zero.timeout", Uuid.ZERO)), 6);
    }

    private static void refusedTopics(Session session) {
        session.topic("refused.a.b", 1);
        int version = Versions.newest(CREATE_TOPICS);
        session.ask("names", create(creatable("", 1, 1), creatable(".", 1, 1), creatable("..", 1, 1), creatable("sla/sh", 1, 1), creatable("bl ank", 1, 1), creatable("x".repeat(249), 1, 1),
                creatable("x".repeat(250), 1, 1), creatable("umlaut-ä", 1, 1), creatable("refused.a_b", 1, 1), creatable("__internal", 1, 1)), version);
        session.ask("counts", create(creatable("refused.0", 0, 1), creatable("refused.-2", -2, 1), creatable("refused.rf0", 1, 0), creatable("refused.rf2", 1, 2), creatable("refused.rf-2", 1, -2)), version);
        session.ask("assignments", create(
                creatable("refused.gap", -1, -1).assignments(assigned(0, 2)),
                creatable("refused.from1", -1, -1).assignments(assigned(1)),
                creatable("refused.double", -1, -1).assignments(assigned(0, 0)),
                creatable("refused.counted", 1, -1).assignments(assigned(0)),
                creatable("refused.factored", -1, 1).assignments(assigned(0)),
                creatable("refused.nobody", -1, -1).assignments(List.of(new CreatableReplicaAssignment(0, List.of(99)))),
                creatable("refused.empty", -1, -1).assignments(List.of(new CreatableReplicaAssignment(0, List.of()))),
                creatable("refused.self", -1, -1).assignments(List.of(new CreatableReplicaAssignment(0, List.of(1, 1)))),
                creatable("refused.uneven", -1, -1).assignments(List.of(new CreatableReplicaAssignment(0, List.of(1)), new CreatableReplicaAssignment(1, List.of(1, 2))))), version);
        session.ask("configs", create(
                creatable("refused.unknown", 1, 1).configs(configs("no.such.config", "1")),
                creatable("refused.number", 1, 1).configs(configs("retention.ms", "soon")),
                creatable("refused.bound", 1, 1).configs(configs("min.insync.replicas", "0")),
                creatable("refused.choice", 1, 1).configs(configs("cleanup.policy", "shred")),
                creatable("refused.null", 1, 1).configs(configs("retention.ms", null)),
                creatable("refused.codec", 1, 1).configs(configs("compression.type", "brotli")),
                creatable("refused.lag", 1, 1).configs(configs("min.compaction.lag.ms", "10", "max.compaction.lag.ms", "5")),
                creatable("refused.remote", 1, 1).configs(configs("remote.storage.enable", "true")),
                creatable("refused.twice", 1, 1).configs(configs("retention.ms", "1", "retention.ms", "2")),
                creatable("refused.blank", 1, 1).configs(configs("", "2"))), version);
        session.ask("configs, validated only", create(creatable("refused.number", 1, 1).configs(configs("retention.ms", "soon"))).toBuilder().validateOnly(true).build(), version);
        session.ask("too many partitions at once", create(creatable("refused.many", 10_001, 1)), version);
        session.ask("too many partitions over two topics", create(creatable("refused.half", 6_000, 1), creatable("refused.half2", 6_000, 1)), version);
    }

    private static CreatePartitionsTopic grow(String name, int count, List<CreatePartitionsAssignment> assignments) {
        return CreatePartitionsTopic.builder().name(name).count(count).assignments(assignments).build();
    }

    private static CreatePartitionsRequest grow(CreatePartitionsTopic... topics) {
        return CreatePartitionsRequest.builder().topics(List.of(topics)).timeoutMs(10_000).build();
    }

    private static void createPartitions(Session session) {
        var one = new CreatePartitionsAssignment(List.of(1));
        Versions.each(CREATE_PARTITIONS, version -> {
            String name = "grow.v" + version;
            session.topic(name, 2);
            session.ask("validated only", grow(grow(name, 3, null)).toBuilder().validateOnly(true).build(), version);
            session.ask("grown", grow(grow(name, 3, null)), version);
            session.ask("grown by assignment", grow(grow(name, 5, List.of(one, one))), version);
            session.awaitTopic(name, 5);
            session.ask("is as large already", grow(grow(name, 5, null)), version);
            session.ask("is larger already", grow(grow(name, 1, null)), version);
            session.ask("wrong ones", grow(grow(name + ".absent", 3, null), grow(name, 0, null)), version);
            session.ask("below zero", grow(grow(name, -1, null)), version);
            session.ask("too few assignments", grow(grow(name, 7, List.of(one))), version);
            session.ask("too many assignments", grow(grow(name, 6, List.of(one, one))), version);
            session.ask("an assignment to nobody", grow(grow(name, 6, List.of(new CreatePartitionsAssignment(List.of(99))))), version);
            session.ask("an assignment twice to one", grow(grow(name, 6, List.of(new CreatePartitionsAssignment(List.of(1, 1))))), version);
            session.ask("an empty assignment", grow(grow(name, 6, List.of(new CreatePartitionsAssignment(List.of())))), version);
            session.ask("no assignments", grow(grow(name, 6, List.of())), version);
            session.ask("twice in a request", grow(grow(name, 6, null), grow(name, 7, null)), version);
            session.ask("nothing", grow(), version);
        });
        session.ask("too many at once", grow(grow("grow.v0", 10_050, null)), 3);
    }

    private static void deleteTopics(Session session) {
        Versions.each(DELETE_TOPICS, version -> {
            String name = "delete.v" + version;
            Uuid first = session.topic(name + ".first", 1);
            session.topic(name + ".second", 1);
            Uuid third = session.topic(name + ".third", 2);
            if (version < 6) {
                session.ask("two and an absent one", DeleteTopicsRequest.builder().topicNames(List.of(name + ".first", name + ".none", name + ".second")).timeoutMs(10_000).build(), version);
                session.ask("again", DeleteTopicsRequest.builder().topicNames(List.of(name + ".first")).timeoutMs(10_000).build(), version);
                session.ask("twice", DeleteTopicsRequest.builder().topicNames(List.of(name + ".third", name + ".third")).timeoutMs(10_000).build(), version);
                session.ask("nothing", DeleteTopicsRequest.builder().topicNames(List.of()).timeoutMs(10_000).build(), version);
            } else {
                session.ask("by id, by name, absent", delete(new DeleteTopicState(null, first), new DeleteTopicState(name + ".second", Uuid.ZERO), new DeleteTopicState(name + ".none", Uuid.ZERO),
                        new DeleteTopicState(null, new Uuid(7, 7))), version);
                session.ask("again by id", delete(new DeleteTopicState(null, first)), version);
                session.tell("main", "id and name", delete(new DeleteTopicState(name + ".third", third)), version);
                session.ask("neither", delete(new DeleteTopicState(null, Uuid.ZERO)), version);
                session.ask("by id and by name", delete(new DeleteTopicState(null, third), new DeleteTopicState(name + ".third", Uuid.ZERO)), version);
                session.ask("twice by id", delete(new DeleteTopicState(null, third), new DeleteTopicState(null, third)), version);
            }
        });
        session.topic("delete.reborn", 1);
        session.ask("deleted", delete(new DeleteTopicState("delete.reborn", Uuid.ZERO)), 6);
        session.ask("created again", CreateTopicsRequest.builder().topics(List.of(creatable("delete.reborn", 1, 1).build())).timeoutMs(10_000).build(), 6);
    }

    private static DeleteTopicsRequest delete(DeleteTopicState... topics) {
        return DeleteTopicsRequest.builder().topics(List.of(topics)).timeoutMs(10_000).build();
    }

    private static void deleteRecords(Session session) {
        Versions.each(DELETE_RECORDS, version -> {
            String name = "records.v" + version;
            session.topic(name, 2);
            ProduceScripts.fill(session, name, 0, 10);
            session.ask("up to 4", deleteBefore(name, 0, 4), version);
            session.ask("backwards", deleteBefore(name, 0, 2), version);
            session.ask("the same again", deleteBefore(name, 0, 4), version);
            session.ask("beyond the end", deleteBefore(name, 0, 11), version);
            session.ask("below zero", deleteBefore(name, 0, -7), version);
            session.ask("all", deleteBefore(name, 0, -1), version);
            session.ask("an empty partition", deleteBefore(name, 1, -1), version);
            session.ask("an absent partition", deleteBefore(name, 9, 0), version);
            session.ask("an absent topic", deleteBefore(name + ".none", 0, 0), version);
            session.ask("an invalid topic", deleteBefore("bad/name", 0, 0), version);
            session.ask("what is left after v" + version, FetchScripts.fetch(name, 0, 0).build(), 12);
        });
        session.topic("records.compacted", 1, "cleanup.policy", "compact");
        session.ask("a compacted topic", deleteBefore("records.compacted", 0, 0), 2);
        session.topic("records.both", 1, "cleanup.policy", "compact,delete");
        session.ask("compacted and deleted", deleteBefore("records.both", 0, -1), 2);
        session.ask("an internal topic", deleteBefore("__consumer_offsets", 0, 0), 2);
        session.ask("nothing", DeleteRecordsRequest.builder().topics(List.of()).build(), 2);
    }

    private static DeleteRecordsRequest deleteBefore(String topic, int partition, long offset) {
        return DeleteRecordsRequest.builder().timeoutMs(5_000).topics(List.of(new DeleteRecordsTopic(topic, List.of(new DeleteRecordsPartition(partition, offset))))).build();
    }

    private static void describeLogDirs(Session session) {
        session.topic("dirs", 2);
        ProduceScripts.fill(session, "dirs", 1, 5);
        Versions.each(DESCRIBE_LOG_DIRS, version -> {
            session.ask("one topic", dirs(new DescribableLogDirTopic("dirs", List.of(0, 1))), version);
            session.ask("one partition and an absent one", dirs(new DescribableLogDirTopic("dirs", List.of(1, 7))), version);
            session.ask("an absent topic", dirs(new DescribableLogDirTopic("dirs.none", List.of(0))), version);
            session.ask("a topic without partitions", dirs(new DescribableLogDirTopic("dirs", List.of())), version);
            session.ask("no topics", dirs(), version);
        });
    }

    private static DescribeLogDirsRequest dirs(DescribableLogDirTopic... topics) {
        return DescribeLogDirsRequest.builder().topics(List.of(topics)).build();
    }
}
