package millrace.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import millrace.bindings.disk.NioDisk;
import millrace.common.OffsetAndEpoch;
import millrace.common.Uuid;
import millrace.metadata.Endpoint;
import millrace.metadata.Features;
import millrace.metadata.ImageFold;
import millrace.metadata.MetadataImage;
import millrace.metadata.MetadataVersion;
import millrace.ports.Randomness;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AllocateProducerIdsRequest;
import millrace.protocol.message.AllocateProducerIdsResponse;
import millrace.protocol.message.BrokerHeartbeatRequest;
import millrace.protocol.message.BrokerHeartbeatResponse;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.protocol.message.BrokerRegistrationResponse;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsResponse;
import millrace.protocol.message.DeleteTopicsRequest;
import millrace.protocol.message.DescribeQuorumRequest;
import millrace.protocol.message.DescribeQuorumResponse;
import millrace.protocol.metadata.FeatureLevelRecord;
import millrace.settings.BrokerSettings;
import millrace.wire.Pending;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A quorum of one on a real disk, its turns taken by hand.
class QuorumNodeTest {
    private static final String CLUSTER = "4L6g3nShT-eMCtK--X86sw";
    private static final Uuid DIRECTORY = new Uuid(7, 77);
    private static final List<Endpoint> ENDPOINTS = List.of(new Endpoint("CONTROLLER", "127.0.0.1", 9093, (short) 0));

    @TempDir Path dataDirectory;
    private final BreakableDisk disk = new BreakableDisk(new NioDisk());
    private final Randomness randomness = new Randomness() {
        private long next = 42;

        @Override public long nextLong() {
            return next += 0x9E3779B97F4A7C15L;
        }

        @Override public int nextInt(int bound) {
            return (int) Long.remainderUnsigned(nextLong(), bound);
        }
    };
    private final List<Throwable> failures = new ArrayList<>();
    private TurnLoop turns;
    private QuorumNode node;

    @BeforeEach void startNode() throws IOException {
        start(Map.of());
    }

    private void start(Map<String, String> file) throws IOException {
        turns = new TurnLoop();
        var settings = QuorumSettings.of(1, CLUSTER, DIRECTORY, ENDPOINTS, BrokerSettings.of(file));
        node = QuorumNode.start(settings, disk, turns, turns, turns, randomness, dataDirectory, failures::add);
        turns.settle();
        assertThat(failures).isEmpty();
    }

    private <R extends ApiResponse> R ask(ApiRequest request, int version) {
        Pending<R> answer = node.controllerLink().send(request, (short) version, "User:ANONYMOUS", "127.0.0.1");
        turns.settle();
        assertThat(answer.holds()).as("answered").isTrue();
        return answer.get();
    }

    private long registerBroker() {
        var request = BrokerRegistrationRequest.builder().brokerId(1).clusterId(CLUSTER).incarnationId(new Uuid(3, randomness.nextLong()))
            .listeners(List.of(BrokerRegistrationRequest.Listener.builder().name("PLAINTEXT").host("127.0.0.1").port(9092).build()))
            .features(Features.KEPT.entrySet().stream().map(feature -> BrokerRegistrationRequest.Feature.builder().name(feature.getKey())
                .minSupportedVersion(feature.getValue().min()).maxSupportedVersion(feature.getValue().max()).build()).toList())
            .logDirs(List.of(DIRECTORY)).build();
        BrokerRegistrationResponse response = ask(request, 4);
        assertThat(ErrorCode.forCode(response.errorCode())).isEqualTo(ErrorCode.NONE);
        return response.brokerEpoch();
    }

    private BrokerHeartbeatResponse heartbeat(long epoch) {
        return ask(BrokerHeartbeatRequest.builder().brokerId(1).brokerEpoch(epoch).currentMetadataOffset(node.current().upTo().offset()).build(), 2);
    }

    private CreateTopicsResponse create(String topic, int partitions) {
        return ask(CreateTopicsRequest.builder().topics(List.of(CreateTopicsRequest.CreatableTopic.builder().name(topic).numPartitions(partitions)
            .replicationFactor((short) 1).build())).build(), 7);
    }

    private void stop() {
        Pending<Boolean> stopped = node.stop();
        turns.settle();
        assertThat(stopped.get()).isTrue();
    }

    @Test void anEmptyDirectoryIsFormattedAndLedAtOnce() {
        MetadataImage image = node.current();
        assertThat(image.features().metadataVersion()).isEqualTo(MetadataVersion.LATEST);
        assertThat(image.cluster().controllers().get(1).endpoints()).isEqualTo(ENDPOINTS);
        assertThat(node.features().finalized().levels()).extracting(millrace.wire.Features.Level::name).containsExactly("group.version", "metadata.version",
            "transaction.version", "kraft.version");
        assertThat(dataDirectory.resolve("__cluster_metadata-0/00000000000000000000-0000000000.checkpoint")).exists();
        assertThat(dataDirectory.resolve("__cluster_metadata-0/quorum-state")).content()
            .isEqualTo("{\"leaderId\":1,\"leaderEpoch\":1,\"votedId\":1,\"votedDirectoryId\":\"" + DIRECTORY + "\",\"data_version\":1}");
    }

    @Test void aBrokerRegistersIsUnfencedAndTopicsCanBeCreated() {
        long before = node.current().upTo().offset();
        long epoch = registerBroker();
        assertThat(epoch).isEqualTo(before + 1);
        assertThat(create("too-early", 1).topics().getFirst().errorCode()).isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR.code());

        BrokerHeartbeatResponse heartbeat = heartbeat(epoch);
        assertThat(heartbeat.isFenced()).isFalse();
        var created = create("orders", 3).topics().getFirst();

        assertThat(created.errorMessage()).isNull();
        var topic = node.current().topics().byName("orders");
        assertThat(topic.id()).isEqualTo(created.topicId());
        assertThat(topic.partitions()).hasSize(3).allSatisfy((_, partition) -> {
            assertThat(partition.leader()).isEqualTo(1);
            assertThat(partition.directories()).containsExactly(DIRECTORY);
        });
    }

    @Test void subscribersSeeAChangeBeforeItsRequesterIsAnswered() {
        var order = new ArrayList<String>();
        heartbeat(registerBroker());
        node.feed().subscribe((before, after) -> order.add(before == MetadataImage.EMPTY ? "first" : "topics " + after.topics().size()));
        turns.settle();
        node.send(CreateTopicsRequest.builder().topics(List.of(CreateTopicsRequest.CreatableTopic.builder().name("a").numPartitions(1).replicationFactor((short) 1).build()))
            .build(), (short) 7, "", "").whenDone(_ -> order.add("answered"));
        turns.settle();
        assertThat(order).containsExactly("first", "topics 1", "answered");
    }

    @Test void aRestartFindsEverythingAgainInANewEpoch() throws IOException {
        heartbeat(registerBroker());
        create("orders", 5);
        MetadataImage before = node.current();
        stop();
        start(Map.of());
        assertThat(node.current().topics()).isEqualTo(before.topics());
        assertThat(node.current().upTo().epoch()).isEqualTo(2);
        assertThat(node.current().cluster().brokers()).isEqualTo(before.cluster().brokers());
    }

    @Test void aNodeThatIsKilledLosesNothingThatItAnswered() throws IOException {
        heartbeat(registerBroker());
        create("orders", 5);
        MetadataImage before = node.current();
        start(Map.of());                                     // the old one is never heard of again
        assertThat(node.current().topics()).isEqualTo(before.topics());
        long epoch = registerBroker();
        assertThat(epoch).isGreaterThan(before.cluster().broker(1).epoch());
        heartbeat(epoch);
        assertThat(node.current().topics().byName("orders").partitions()).allSatisfy((_, partition) -> assertThat(partition.leader()).isEqualTo(1));
    }

    @Test void producerIdsAreNeverGivenTwice() throws IOException {
        long first = allocate(registerBroker());
        assertThat(allocate(node.current().cluster().broker(1).epoch())).isEqualTo(first + 1_000);
        start(Map.of());
        assertThat(allocate(registerBroker())).isEqualTo(first + 2_000);
    }

    private long allocate(long epoch) {
        AllocateProducerIdsResponse response = ask(AllocateProducerIdsRequest.builder().brokerId(1).brokerEpoch(epoch).build(), 0);
        assertThat(response.errorCode()).isZero();
        assertThat(response.producerIdLen()).isEqualTo(1_000);
        return response.producerIdStart();
    }

    @Test void snapshotsReplaceTheLogTheyStandFor() throws IOException {
        stop();
        var settings = Map.of("metadata.log.max.record.bytes.between.snapshots", "2000", "metadata.max.retention.bytes", "1", "metadata.log.segment.bytes", "8388608");
        start(settings);
        heartbeat(registerBroker());
        for (int i = 0; i < 30; i++) {
            create("topic-" + i, 4);
            if (i % 3 == 0) ask(DeleteTopicsRequest.builder().topics(List.of(DeleteTopicsRequest.DeleteTopicState.builder().name("topic-" + i).build())).build(), 6);
        }
        MetadataImage before = node.current();
        try (var files = Files.list(dataDirectory.resolve("__cluster_metadata-0"))) {
            List<String> names = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".checkpoint")).sorted().toList();
            assertThat(names).hasSize(2).first().isEqualTo("00000000000000000000-0000000000.checkpoint");
        }
        start(settings);
        assertThat(node.current().topics()).isEqualTo(before.topics());
        assertThat(node.current().sameFacts(ImageFold.of(MetadataImage.EMPTY.apply(node.current().toRecords())).visible())).isTrue();
    }

    @Test void aSnapshotHasTheSameBytesHoweverOftenItIsWritten() {
        heartbeat(registerBroker());
        create("orders", 5);
        MetadataImage image = node.current();
        var id = new OffsetAndEpoch(image.upTo().offset() + 1, image.upTo().epoch());
        var again = MetadataImage.EMPTY.apply(image.toRecords());
        assertThat(Snapshots.batches(id, again.toRecords(), MetadataVersion.LATEST, VotersState.NONE, 5))
            .isEqualTo(Snapshots.batches(id, image.toRecords(), MetadataVersion.LATEST, VotersState.NONE, 5));
    }

    @Test void aLargeDecisionIsAMetadataTransactionAndSurvivesARestart() throws IOException {
        heartbeat(registerBroker());
        assertThat(create("wide", 9_000).topics().getFirst().errorMessage()).isNull();
        assertThat(node.current().topics().byName("wide").partitions()).hasSize(9_000);
        start(Map.of());
        assertThat(node.current().topics().byName("wide").partitions()).hasSize(9_000);
    }

    @Test void whatTheDeviceDidNotTakeIsNeitherShownNorAnswered() {
        heartbeat(registerBroker());
        disk.broken = true;
        CreateTopicsResponse response = create("orders", 1);
        assertThat(response.topics().getFirst().errorCode()).isEqualTo(ErrorCode.NOT_CONTROLLER.code());
        assertThat(node.current().topics().byName("orders")).isNull();
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure).hasMessageContaining("sync the metadata log"));
        assertThat(create("more", 1).topics().getFirst().errorCode()).isEqualTo(ErrorCode.NOT_CONTROLLER.code());
    }

    @Test void aSubscribersMistakeIsItsOwn() {
        heartbeat(registerBroker());
        var seen = new ArrayList<Integer>();
        node.feed().subscribe((_, _) -> {
            throw new IllegalStateException("confused");
        });
        node.feed().subscribe((_, after) -> seen.add(after.topics().size()));
        turns.settle();
        assertThat(create("orders", 1).topics().getFirst().errorCode()).isZero();
        assertThat(seen).containsExactly(0, 1);
    }

    @Test void moreRequestsThanTheMailboxHoldsAreRefused() {
        var answers = new ArrayList<Pending<AllocateProducerIdsResponse>>();
        for (int i = 0; i < 1_030; i++)
            answers.add(node.send(AllocateProducerIdsRequest.builder().brokerId(1).brokerEpoch(1).build(), (short) 0, "", ""));
        turns.settle();
        assertThat(answers).allMatch(Pending::holds);
        assertThat(answers.stream().filter(answer -> answer.get().errorCode() == ErrorCode.NOT_CONTROLLER.code())).hasSize(6);
    }

    @Test void aSilentBrokerIsFenced() throws IOException {
        heartbeat(registerBroker());
        create("orders", 1);
        turns.pass(9_100);
        assertThat(node.current().cluster().broker(1).fenced()).isTrue();
        assertThat(node.current().topics().byName("orders").partitions().get(0).hasLeader()).isFalse();
    }

    @Test void anIdleNodeWritesNothingUnlessAskedTo() throws IOException {
        long end = node.current().upTo().offset();
        turns.pass(60_000);
        assertThat(node.current().upTo().offset()).isEqualTo(end);
        stop();
        start(Map.of("metadata.max.idle.interval.ms", "500"));
        end = node.current().upTo().offset();
        turns.pass(5_000);
        assertThat(node.current().upTo().offset()).isEqualTo(end + 10);
    }

    @Test void theQuorumDescribesItself() {
        DescribeQuorumResponse response = ask(DescribeQuorumRequest.builder().topics(List.of(DescribeQuorumRequest.TopicData.builder()
            .topicName("__cluster_metadata").partitions(List.of(DescribeQuorumRequest.PartitionData.builder().partitionIndex(0).build())).build())).build(), 2);
        var partition = response.topics().getFirst().partitions().getFirst();
        assertThat(partition.leaderId()).isEqualTo(1);
        assertThat(partition.leaderEpoch()).isEqualTo(1);
        assertThat(partition.highWatermark()).isEqualTo(node.current().upTo().offset() + 1);
        assertThat(partition.currentVoters()).singleElement().satisfies(voter -> {
            assertThat(voter.replicaDirectoryId()).isEqualTo(DIRECTORY);
            assertThat(voter.logEndOffset()).isEqualTo(partition.highWatermark());
        });
        assertThat(response.nodes().getFirst().listeners().getFirst().port()).isEqualTo(9093);
    }

    @Test void aFormattedDirectoryIsUsedAsItIs() throws IOException {
        Path formatted = Files.createDirectory(dataDirectory.resolve("formatted"));
        Path directory = Files.createDirectory(formatted.resolve("__cluster_metadata-0"));
        new Snapshots(disk, directory).writeBootstrap(List.of(level("metadata.version", 29), level("group.version", 1), level("share.version", 1)),
            VotersState.alone(QuorumSettings.of(1, CLUSTER, DIRECTORY, ENDPOINTS, BrokerSettings.of(Map.of()))), 5);
        dataDirectory = formatted;
        start(Map.of());
        assertThat(node.current().features().levels()).containsExactly(Map.entry("group.version", (short) 1), Map.entry("metadata.version", (short) 29),
            Map.entry("share.version", (short) 1));
    }

    private static FeatureLevelRecord level(String name, int level) {
        return FeatureLevelRecord.builder().name(name).featureLevel((short) level).build();
    }

    @Test void votersMayBeNamedInTheSettingsFile() throws IOException {
        dataDirectory = Files.createDirectory(dataDirectory.resolve("static"));
        var settings = Map.of("controller.quorum.voters", "1@127.0.0.1:9093");
        for (int epoch = 1; epoch <= 2; epoch++) {
            start(settings);
            heartbeat(registerBroker());
            assertThat(node.current().upTo().epoch()).isEqualTo(epoch);
            assertThat(dataDirectory.resolve("__cluster_metadata-0/quorum-state")).content().contains("\"leaderEpoch\":" + epoch, "\"data_version\":0");
            stop();
        }
        assertThatThrownBy(() -> start(Map.of("controller.quorum.voters", "1@127.0.0.1:9093,2@127.0.0.1:9094"))).hasMessageContaining("quorum of one");
    }

    @Test void aDirectoryOfAnotherVoterIsRefusedWithAReason() {
        var settings = QuorumSettings.of(2, CLUSTER, new Uuid(8, 88), ENDPOINTS, BrokerSettings.of(Map.of()));
        assertThatThrownBy(() -> QuorumNode.start(settings, disk, turns, turns, turns, randomness, dataDirectory, failures::add))
            .isInstanceOf(IOException.class).hasMessageContaining("quorum of one");
    }

    // ---- damaged files

    private Path metadataFile(String name) {
        return dataDirectory.resolve("__cluster_metadata-0").resolve(name);
    }

    private void assertRefused(Path file, byte[] content, String what) throws IOException {
        Files.write(file, content);
        assertThatThrownBy(() -> start(Map.of())).as(what).isInstanceOf(IOException.class).hasMessageContaining(file.getParent().toString()).hasMessageContaining("restore");
        assertThat(file).as(what).hasBinaryContent(content);
    }

    private static byte[] flipped(byte[] whole, int at) {
        byte[] flipped = whole.clone();
        flipped[at] ^= 1;
        return flipped;
    }

    @Test void aDamagedMetadataLogEndsTheStartAndIsNotCut() throws IOException {
        heartbeat(registerBroker());
        create("orders", 5);
        stop();
        Path log = metadataFile("00000000000000000000.log");
        byte[] whole = Files.readAllBytes(log);
        int second = ByteBuffer.wrap(whole).getInt(8) + 12;
        for (int at : List.of(7, 8, 11, 70, second + 7, second + 11, second + 17, second + 70, whole.length - 1)) assertRefused(log, flipped(whole, at), "byte " + at);
        for (int length : List.of(0, second, whole.length - 1)) assertRefused(log, Arrays.copyOf(whole, length), "length " + length);
        Files.delete(log);
        assertThatThrownBy(() -> start(Map.of())).isInstanceOf(IOException.class).hasMessageContaining("no segment is left");
        Files.write(log, whole);
        start(Map.of());
        assertThat(node.current().topics().byName("orders").partitions()).hasSize(5);
    }

    @Test void aDamagedSnapshotEndsTheStart() throws IOException {
        stop();
        Path snapshot = metadataFile("00000000000000000000-0000000000.checkpoint");
        byte[] whole = Files.readAllBytes(snapshot);
        int lastBatch = 0;
        for (int at = 0; at < whole.length; at += ByteBuffer.wrap(whole).getInt(at + 8) + 12) lastBatch = at;
        assertRefused(snapshot, flipped(whole, 70), "a record");
        assertRefused(snapshot, Arrays.copyOf(whole, whole.length - 1), "half a batch at its end");
        assertRefused(snapshot, Arrays.copyOf(whole, lastBatch), "no footer");
        assertRefused(snapshot, new byte[0], "empty");
        Files.write(snapshot, whole);
        start(Map.of());
    }

    @Test void aTornTailBehindWhatWasCommittedIsCutAndAMarkThatIsDamagedIsNone() throws IOException {
        heartbeat(registerBroker());
        create("orders", 5);
        MetadataImage before = node.current();
        Files.write(metadataFile("00000000000000000000.log"), new byte[50], StandardOpenOption.APPEND);
        Files.writeString(metadataFile("millrace-committed"), "99999 0\n");
        start(Map.of());                                     // the old one is never heard of again
        assertThat(node.current().topics()).isEqualTo(before.topics());
    }
}
