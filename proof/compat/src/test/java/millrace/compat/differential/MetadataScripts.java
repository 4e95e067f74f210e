package millrace.compat.differential;

import static millrace.protocol.ApiKey.API_VERSIONS;
import static millrace.protocol.ApiKey.DESCRIBE_CLUSTER;
import static millrace.protocol.ApiKey.FIND_COORDINATOR;
import static millrace.protocol.ApiKey.METADATA;

import java.util.ArrayList;
import java.util.List;
import millrace.common.Uuid;
import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.DescribeClusterRequest;
import millrace.protocol.message.DescribeTopicPartitionsRequest;
import millrace.protocol.message.DescribeTopicPartitionsRequest.Cursor;
import millrace.protocol.message.DescribeTopicPartitionsRequest.TopicRequest;
import millrace.protocol.message.DescribeTopicPartitionsResponse;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import millrace.protocol.message.MetadataResponse;

/// What a client asks first: versions, the cluster, topics, coordinators.
final class MetadataScripts {
    private static final Uuid NOBODYS = new Uuid(0x1234, 0x5678);

    private MetadataScripts() {}

    static List<Script> all() {
        return List.of(new Script("ApiVersions", MetadataScripts::apiVersions), new Script("Metadata", MetadataScripts::metadata),
                new Script("Metadata creates topics", MetadataScripts::autoCreation), new Script("DescribeCluster", MetadataScripts::describeCluster),
                new Script("DescribeTopicPartitions", MetadataScripts::describeTopicPartitions), new Script("FindCoordinator", MetadataScripts::findCoordinator));
    }

    private static void apiVersions(Session session) {
        Versions.each(API_VERSIONS, version -> session.ask("as a client asks", software("differential", "1.0"), version));
        session.ask("a name with a blank", software("dif ferential", "1.0"), 3);
        session.ask("no name", software("", ""), 4);
        session.ask("a name that ends with a dash", software("differential-", "1.0"), 4);
        session.ask("another cluster", ApiVersionsRequest.builder().clientSoftwareName("a").clientSoftwareVersion("1").clusterId("another-cluster-0000").nodeId(1).build(), 5);
        session.ask("another node", ApiVersionsRequest.builder().clientSoftwareName("a").clientSoftwareVersion("1").nodeId(77).build(), 5);
        MetadataResponse known = session.quietly(MetadataRequest.builder().topics(List.of()).build(), 12);
        session.ask("this cluster and another node", ApiVersionsRequest.builder().clientSoftwareName("a").clientSoftwareVersion("1").clusterId(known.clusterId()).nodeId(77).build(), 5);
        session.ask("this cluster and this node", ApiVersionsRequest.builder().clientSoftwareName("a").clientSoftwareVersion("1").clusterId(known.clusterId()).nodeId(1).build(), 5);
        session.ask("this cluster and no node", ApiVersionsRequest.builder().clientSoftwareName("a").clientSoftwareVersion("1").clusterId(known.clusterId()).build(), 5);
    }

    private static ApiVersionsRequest software(String name, String version) {
        return ApiVersionsRequest.builder().clientSoftwareName(name).clientSoftwareVersion(version).build();
    }

    private static void metadata(Session session) {
        session.topic("metadata.one", 1);
        Uuid two = session.topic("metadata.two", 3);
        Versions.each(METADATA, version -> {
            session.ask("all topics", MetadataRequest.builder().topics(version == 0 ? List.of() : null).build(), version);
            if (version > 0) session.ask("no topics", MetadataRequest.builder().topics(List.of()).build(), version);
            session.ask("one topic", names("metadata.two"), version);
            session.ask("the same topic twice", names("metadata.two", "metadata.two"), version);
            if (version >= 4) session.ask("topics that are not there", names("metadata.absent", "metadata.one", "metadata.gone").toBuilder().allowAutoTopicCreation(false).build(), version);
            session.ask("names that cannot be", names("metadata/slash", "..", "", "a".repeat(250)), version);
            if (version >= 8) session.ask("with authorized operations of the topic", names("metadata.one", "metadata.absent", "metadata/slash").toBuilder().allowAutoTopicCreation(false).includeTopicAuthorizedOperations(true).build(), version);
            if (version >= 8 && version <= 10) session.ask("with authorized operations of the cluster", names("metadata.one").toBuilder().includeClusterAuthorizedOperations(true).build(), version);
            if (version >= 12) {
                session.ask("by id", ids(two), version);
                session.ask("by an id of nobody", ids(NOBODYS, two), version);
                session.ask("by id and by name", MetadataRequest.builder().topics(List.of(new MetadataRequestTopic(two, null), MetadataRequestTopic.builder().name("metadata.one").build())).build(), version);
                session.ask("neither id nor name", MetadataRequest.builder().topics(List.of(new MetadataRequestTopic(Uuid.ZERO, null))).build(), version);
            }
        });
        session.tell("main", "an id in a version without", MetadataRequest.builder().topics(List.of(new MetadataRequestTopic(two, null))).build(), 10);
        session.tell("main", "an id and a name", MetadataRequest.builder().topics(List.of(new MetadataRequestTopic(two, "metadata.one"))).build(), 12);
    }

    private static MetadataRequest names(String... names) {
        List<MetadataRequestTopic> topics = new ArrayList<>();
        for (String name : names) topics.add(MetadataRequestTopic.builder().name(name).build());
        return MetadataRequest.builder().topics(topics).allowAutoTopicCreation(true).build();
    }

    private static MetadataRequest ids(Uuid... ids) {
        List<MetadataRequestTopic> topics = new ArrayList<>();
        for (Uuid id : ids) topics.add(new MetadataRequestTopic(id, null));
        return MetadataRequest.builder().topics(topics).build();
    }

    private static void autoCreation(Session session) {
        session.ask("may not be created", names("auto.not").toBuilder().allowAutoTopicCreation(false).build(), 12);
        session.ask("may be created", names("auto.yes"), 12);
        session.awaitTopic("auto.yes", 1);
        session.ask("is there", names("auto.yes"), 12);
        session.ask("old versions always create", names("auto.old"), 1);
        session.awaitTopic("auto.old", 1);
        session.ask("several at once", names("auto.a", "auto.b", "auto/bad"), 9);
        session.awaitTopic("auto.a", 1);
        session.awaitTopic("auto.b", 1);
        session.ask("collides with another", names("auto_a"), 9);
        session.ask("was not created", names("auto.not").toBuilder().allowAutoTopicCreation(false).build(), 12);
    }

    private static void describeCluster(Session session) {
        Versions.each(DESCRIBE_CLUSTER, version -> {
            session.ask("plain", DescribeClusterRequest.builder().build(), version);
            session.ask("with authorized operations", DescribeClusterRequest.builder().includeClusterAuthorizedOperations(true).build(), version);
            if (version >= 1) session.ask("controllers from a broker", DescribeClusterRequest.builder().endpointType((byte) 2).build(), version);
            if (version >= 1) session.ask("an unknown kind of endpoint", DescribeClusterRequest.builder().endpointType((byte) 9).build(), version);
            if (version >= 2) session.ask("with fenced brokers", DescribeClusterRequest.builder().includeFencedBrokers(true).build(), version);
        });
    }

    private static void describeTopicPartitions(Session session) {
        session.topic("partitions.a", 2);
        session.topic("partitions.b", 5);
        session.topic("partitions.c", 1);
        session.ask("three topics", describe(2_000, null, "partitions.c", "partitions.a", "partitions.b"), 0);
        session.ask("absent and invalid", describe(2_000, null, "partitions.none", "partitions.a", "bad/name", "partitions.a"), 0);
        DescribeTopicPartitionsResponse first = session.ask("the first four", describe(4, null, "partitions.b", "partitions.a", "partitions.c"), 0);
        note(session, "order of the first four", first);
        DescribeTopicPartitionsResponse second = session.ask("from the cursor", describe(4, new Cursor("partitions.b", 2), "partitions.a", "partitions.b", "partitions.c"), 0);
        note(session, "order from the cursor", second);
        session.ask("a cursor past the topic's end", describe(4, new Cursor("partitions.b", 9), "partitions.b", "partitions.c"), 0);
        session.ask("a cursor at an absent topic", describe(4, new Cursor("partitions.bb", 0), "partitions.a", "partitions.c"), 0);
        session.ask("all topics from a cursor at an absent one", describe(3, new Cursor("partitions.aa", 0)), 0);
        session.ask("all topics from a cursor", describe(3, new Cursor("partitions.a", 1)), 0);
        session.ask("a cursor at an absent topic that is asked for", describe(4, new Cursor("partitions.bb", 0), "partitions.a", "partitions.bb", "partitions.c"), 0);
        session.ask("a cursor after all topics", describe(4, new Cursor("z", 0), "partitions.a", "partitions.c"), 0);
        session.ask("exactly the limit", describe(2, null, "partitions.a"), 0);
        session.ask("exactly the limit, more topics", describe(2, null, "partitions.a", "partitions.b"), 0);
        session.tell("main", "a limit of none", describe(0, null, "partitions.a"), 0);
        session.tell("main", "a limit below none", describe(-5, null, "partitions.a"), 0);
        session.tell("main", "a cursor before the first partition", describe(4, new Cursor("partitions.a", -1), "partitions.a"), 0);
        session.ask("an empty name", describe(4, null, ""), 0);
    }

    private static void note(Session session, String step, DescribeTopicPartitionsResponse answer) {
        session.note(step, answer.topics().stream().map(topic -> topic.name() + topic.partitions().stream().map(each -> each.partitionIndex()).toList()).toList().toString());
    }

    private static DescribeTopicPartitionsRequest describe(int limit, Cursor cursor, String... names) {
        List<TopicRequest> topics = new ArrayList<>();
        for (String name : names) topics.add(new TopicRequest(name));
        return DescribeTopicPartitionsRequest.builder().topics(topics).responsePartitionLimit(limit).cursor(cursor).build();
    }

    private static void findCoordinator(Session session) {
        session.awaitCoordinator("coordinated");
        Versions.each(FIND_COORDINATOR, version -> {
            for (byte type = (byte) (version == 0 ? 0 : -1); type <= (version == 0 ? 0 : 3); type++) {
                if (type == 1) continue;        // see [#transactions]
                String of = "coordinator of type " + type;
                session.tell("main", of, find(version, type, "coordinated"), version);
                session.tell("main", of + ", no key", find(version, type, ""), version);
            }
            if (version >= 4) {
                session.ask("several", FindCoordinatorRequest.builder().coordinatorKeys(List.of("a", "b", "a", "")).build(), version);
                session.ask("none at all", FindCoordinatorRequest.builder().coordinatorKeys(List.of()).build(), version);
            }
        });
    }

    /// The last script: Kafka answers the first question by creating an internal topic, which others would see.
    static Script transactions() {
        return new Script("Transactions", session -> session.<FindCoordinatorResponse>askUntil("a coordinator", find(3, (byte) 1, "transactional"), 3, answer -> answer.errorCode() == 0));
    }

    private static FindCoordinatorRequest find(int version, byte type, String key) {
        var request = FindCoordinatorRequest.builder().keyType(type);
        return version >= 4 ? request.coordinatorKeys(List.of(key)).build() : request.key(key).build();
    }
}
