package millrace.broker.partition;

import static millrace.broker.partition.BrokerUnderTest.batch;
import static millrace.broker.partition.BrokerUnderTest.caller;
import static millrace.broker.partition.BrokerUnderTest.leads;
import static millrace.broker.partition.BrokerUnderTest.removed;
import static millrace.broker.partition.BrokerUnderTest.topicIn;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.broker.api.DescribeLogDirsHandler;
import millrace.broker.partition.ReplicaMoves.Wanted;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.ports.Workers;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AssignReplicasToDirsRequest;
import millrace.protocol.message.AssignReplicasToDirsResponse;
import millrace.protocol.message.DescribeLogDirsRequest;
import millrace.protocol.message.DescribeLogDirsResponse;
import millrace.record.RecordBatchBuilder;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.ProducerView;
import millrace.wire.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// AlterReplicaLogDirs: replicas that move from one log directory to another.
class ReplicaMovesTest {
    private static final TopicPartition A = new TopicPartition("a", 0);

    @TempDir Path root;
    private Path one;
    private Path two;

    @BeforeEach void nameTheDirectories() {
        one = root.resolve("one");
        two = root.resolve("two");
    }

    private BrokerUnderTest broker(String... settings) {
        var file = new TreeMap<String, String>();
        for (int i = 0; i < settings.length; i += 2) file.put(settings[i], settings[i + 1]);
        return new BrokerUnderTest(List.of(one, two), file, new TreeMap<>());
    }

    /// Topic `a` in the first directory, with three records on the device.
    private BrokerUnderTest withRecords() {
        BrokerUnderTest broker = broker();
        broker.commits(topicIn(broker.directoryId(0), "a", 1));
        for (String value : List.of("x", "y", "z")) append(broker, batch(value));
        broker.sync();
        return broker;
    }

    @Test void aReplicaMovesWithAllThatItHas() throws Exception {
        try (var broker = withRecords()) {
            Partition partition = broker.partition(1);
            ByteBuffer before = partition.readBytes(0, 1_000_000);
            assertThat(alter(broker, A, two)).isEqualTo(ErrorCode.NONE);
            moveUntilReported(broker);
            assertThat(folders(one)).as("nothing has a new name before the controller knows").containsExactly("a-0");
            controllerKnows(broker);
            assertThat(partition.log().directory()).isEqualTo(two.resolve("a-0"));
            assertThat(partition.readBytes(0, 1_000_000)).isEqualTo(before);
            assertThat(partition.highWatermark()).isEqualTo(3);
            assertThat(partition.log().flushedOffset()).isEqualTo(3);
            assertThat(folders(two)).containsExactly("a-0");
            assertThat(folders(one)).singleElement().asString().endsWith("-delete");
            append(broker, batch("more"));
            broker.sync();
            assertThat(partition.highWatermark()).isEqualTo(4);
            broker.holdsNothing();
        }
    }

    @Test void recordsThatAreWrittenMeanwhileMoveToo() {
        try (var broker = withRecords()) {
            alter(broker, A, two);
            broker.moveTurn();
            append(broker, batch("late"));
            moveUntilReported(broker);
            append(broker, batch("later"));
            controllerKnows(broker);
            assertThat(broker.partition(1).logEndOffset()).isEqualTo(5);
            assertThat(broker.partition(1).highWatermark()).as("all of it is on the device").isEqualTo(5);
        }
    }

    @Test void duringTheHandOverAppendsAreRefusedWithAnErrorThatClientsRetry() {
        try (var broker = withRecords()) {
            broker.partition(1).pauseAppends();
            assertThat(broker.partition(1).append(batch("x"), AppendOrigin.CLIENT, true))
                    .isInstanceOfSatisfying(AppendResult.Refused.class, refused -> assertThat(refused.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
            broker.partition(1).resumeAppends();
            append(broker, batch("x"));
        }
    }

    /// Scenario 6 (KAFKA-20961): followers would loop for ever over an epoch that the moved log does not know.
    @Test void epochsWithoutARecordMoveToo() {
        try (var broker = withRecords()) {
            broker.commits(leads(1, 1)).commits(leads(1, 1));
            var before = broker.partition(1).log();
            assertThat(before.latestEpoch()).isEqualTo(2);
            move(broker, A, two);
            var after = broker.partition(1).log();
            assertThat(after.latestEpoch()).isEqualTo(2);
            for (int epoch = 0; epoch <= 2; epoch++) assertThat(after.epochEndOffset(epoch)).isEqualTo(before.epochEndOffset(epoch));
        }
    }

    @Test void producersMoveTooAlsoWhenTheirRecordsAreGone() {
        try (var broker = withRecords()) {
            append(broker, idempotent(77, 0, "p"));
            append(broker, batch("behind"));
            broker.sync();
            broker.partition(1).deleteRecordsBefore(5);
            List<ProducerView> before = broker.partition(1).log().producers();
            assertThat(before).hasSize(1);
            move(broker, A, two);
            assertThat(broker.partition(1).log().producers()).isEqualTo(before);
            assertThat(broker.partition(1).append(idempotent(77, 0, "p"), AppendOrigin.CLIENT, true)).as("sent again").isInstanceOf(AppendResult.Duplicate.class);
            append(broker, idempotent(77, 1, "q"));
        }
        try (var broker = broker()) {
            broker.commits(topicIn(broker.directoryId(1), "a", 1));
            append(broker, idempotent(77, 2, "r"));
        }
    }

    @Test void aLogWhoseRecordsAreAllDeletedKeepsItsOffsets() {
        try (var broker = withRecords()) {
            broker.partition(1).deleteRecordsBefore(-1);
            broker.partition(1).log().retention(1_700_000_000_000L);
            move(broker, A, two);
            assertThat(broker.partition(1).logStartOffset()).isEqualTo(3);
            assertThat(broker.partition(1).logEndOffset()).isEqualTo(3);
        }
        try (var broker = broker()) {
            broker.commits(topicIn(broker.directoryId(1), "a", 1));
            assertThat(broker.partition(1).logStartOffset()).as("after a kill").isEqualTo(3);
        }
    }

    @Test void theProgressIsSeen() {
        try (var broker = withRecords()) {
            alter(broker, A, two);
            broker.moveTurn();
            append(broker, batch("late"));
            var described = describe(broker);
            assertThat(described.get(one).isFutureKey()).isFalse();
            assertThat(described.get(two).isFutureKey()).isTrue();
            assertThat(described.get(two).offsetLag()).isEqualTo(1);
            assertThat(described.get(two).partitionSize()).isPositive();
            broker.moveTurn();
            assertThat(describe(broker).get(two).offsetLag()).isZero();
        }
    }

    @Test void aMoveThatIsCutShortBeginsAgainAtTheNextStart() throws Exception {
        try (var broker = withRecords()) {
            alter(broker, A, two);
            broker.moveTurn();
            assertThat(folders(two)).singleElement().asString().startsWith("a-0.").endsWith("-future");
        }
        try (var broker = broker()) {
            broker.commits(topicIn(broker.directoryId(0), "a", 1));
            assertThat(broker.partition(1).log().directory()).isEqualTo(one.resolve("a-0"));
            moveUntilReported(broker);
            controllerKnows(broker);
            assertThat(broker.partition(1).log().directory()).isEqualTo(two.resolve("a-0"));
            assertThat(broker.partition(1).logEndOffset()).isEqualTo(3);
        }
    }

    /// It may be all that is left of the replica.
    @Test void anUnfinishedCopyIsKeptWhileTheReplicaIsNotHere() throws Exception {
        try (var broker = withRecords()) {
            alter(broker, A, two);
            broker.moveTurn();
        }
        one = root.resolve("another");
        try (var broker = broker()) {
            broker.commits(topicIn(new Uuid(9, 9), "a", 1));
            broker.moveTurn();
            broker.directories.all().get(1).deletionTick(Long.MAX_VALUE);
            assertThat(folders(two)).singleElement().asString().endsWith("-future");
        }
    }

    @Test void aMoveIsTakenBackByAskingForWhereItIs() throws Exception {
        try (var broker = withRecords()) {
            alter(broker, A, two);
            moveUntilReported(broker);
            assertThat(alter(broker, A, one)).isEqualTo(ErrorCode.NONE);
            assertThat(folders(two)).singleElement().asString().endsWith("-delete");
            broker.controller.answers(AssignReplicasToDirsResponse.builder().build());
            assertThat(reportedDirectory(broker)).as("the controller hears that it stays").isEqualTo(broker.directoryId(0));
            broker.moveTurn();
            assertThat(broker.partition(1).log().directory()).isEqualTo(one.resolve("a-0"));
        }
    }

    @Test void aTopicThatIsDeletedMeanwhileLeavesNoCopy() throws Exception {
        try (var broker = withRecords()) {
            alter(broker, A, two);
            broker.moveTurn();
            broker.commits(removed(1));
            broker.moveTurn();
            assertThat(folders(two)).singleElement().asString().endsWith("-delete");
        }
    }

    @Test void aTargetThatFailsEndsTheMoveAndNotTheReplica() {
        try (var broker = withRecords()) {
            broker.disks.get(1).failWrites();
            alter(broker, A, two);
            broker.moveTurn();
            assertThat(broker.directories.all().get(1).failure()).isPresent();
            append(broker, batch("still here"));
            broker.sync();
            assertThat(broker.partition(1).highWatermark()).isEqualTo(4);
        }
    }

    @Test void aSourceThatFailsAfterTheHandOverTakesOnlyItselfOffline() {
        try (var broker = withRecords()) {
            alter(broker, A, two);
            moveUntilReported(broker);
            broker.disks.get(0).failRenames();
            controllerKnows(broker);
            assertThat(broker.directories.all().get(0).failure()).isPresent();
            assertThat(broker.directories.all().get(1).failure()).isEmpty();
            assertThat(broker.partition(1).log().directory()).isEqualTo(two.resolve("a-0"));
            append(broker, batch("goes on"));
        }
    }

    @Test void aTargetThatFailsLateIsTakenBackAtTheController() {
        try (var broker = withRecords()) {
            alter(broker, A, two);
            moveUntilReported(broker);
            broker.controller.answers(AssignReplicasToDirsResponse.builder().build());
            append(broker, batch("more"));
            broker.disks.get(1).failWrites();
            broker.moveTurn();
            assertThat(broker.directories.all().get(1).failure()).isPresent();
            assertThat(reportedDirectory(broker)).isEqualTo(broker.directoryId(0));
        }
    }

    @Test void aDamagedReplicaStaysWhereItIsAndTheOthersMoveOn() throws Exception {
        try (var broker = withRecords()) {
            broker.commits(topicIn(broker.directoryId(0), "b", 2));
            broker.partition(2).append(batch("other"), AppendOrigin.CLIENT, true);
            broker.sync();
            Path file = one.resolve("a-0").resolve("00000000000000000000.log");
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 1] ^= 1;
            Files.write(file, bytes);
            broker.directories.all().get(0).believeFor(0);
            alter(broker, A, two);
            alter(broker, new TopicPartition("b", 0), two);
            broker.moveTurn();
            moveUntilReported(broker);
            controllerKnows(broker);
            assertThat(broker.partition(2).log().directory()).isEqualTo(two.resolve("b-0"));
            assertThat(broker.partition(1).log().directory()).isEqualTo(one.resolve("a-0"));
            assertThat(folders(two)).filteredOn(name -> name.startsWith("a-0")).allMatch(name -> name.endsWith("-delete"));
        }
    }

    @Test void aTopicThatIsDeletedDuringTheHandOverLeavesNoLog() throws Exception {
        try (var broker = withRecords()) {
            alter(broker, A, two);
            moveUntilReported(broker);
            broker.disks.get(1).onRename(to -> {
                if (to.equals(two.resolve("a-0"))) broker.commits(removed(1));
            });
            controllerKnows(broker);
            assertThat(folders(two)).allMatch(name -> name.endsWith("-delete"));
            assertThat(folders(one)).allMatch(name -> name.endsWith("-delete"));
        }
    }

    @Test void whatCannotBeMovedIsToldWithKafkasErrors() {
        try (var broker = broker("cordoned.log.dirs", two.toString())) {
            broker.commits(topicIn(broker.directoryId(0), "a", 1));
            assertThat(alter(broker, A, root.resolve("nowhere"))).isEqualTo(ErrorCode.LOG_DIR_NOT_FOUND);
            assertThat(alter(broker, A, two)).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
            assertThat(alter(broker, new TopicPartition("unknown", 0), one)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            broker.commits(BrokerUnderTest.topic("elsewhere", 2, 2, List.of(2)));
            assertThat(alter(broker, new TopicPartition("elsewhere", 0), one)).isEqualTo(ErrorCode.REPLICA_NOT_AVAILABLE);
        }
        try (var broker = new BrokerUnderTest(List.of(one), Map.of(), new TreeMap<>(Map.of(two, "no such device")))) {
            broker.commits(topicIn(broker.directoryId(0), "a", 1));
            assertThat(alter(broker, A, two)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    // ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────────

    private static ErrorCode alter(BrokerUnderTest broker, TopicPartition replica, Path to) {
        var answer = broker.moves.alter(List.of(new Wanted(replica, to)));
        broker.runMoves();
        return answer.get().getFirst();
    }

    private static void move(BrokerUnderTest broker, TopicPartition replica, Path to) {
        alter(broker, replica, to);
        moveUntilReported(broker);
        controllerKnows(broker);
    }

    private static void moveUntilReported(BrokerUnderTest broker) {
        for (int turn = 0; turn < 10 && broker.controller.asked.isEmpty(); turn++) broker.moveTurn();
        assertThat(reportedDirectory(broker)).isEqualTo(broker.directoryId(1));
    }

    private static Uuid reportedDirectory(BrokerUnderTest broker) {
        return ((AssignReplicasToDirsRequest) broker.controller.asked.getLast()).directories().getFirst().id();
    }

    private static void controllerKnows(BrokerUnderTest broker) {
        broker.controller.answers(AssignReplicasToDirsResponse.builder().build());
        broker.moveTurn();
    }

    private static void append(BrokerUnderTest broker, ByteBuffer records) {
        assertThat(broker.partition(1).append(records, AppendOrigin.CLIENT, true)).isInstanceOf(AppendResult.Appended.class);
    }

    private static ByteBuffer idempotent(long producerId, int sequence, String value) {
        try (var builder = new RecordBatchBuilder().producer(producerId, (short) 0, sequence)) {
            builder.append(1_700_000_000_000L, null, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
            return builder.build();
        }
    }

    private static Map<Path, DescribeLogDirsResponse.DescribeLogDirsPartition> describe(BrokerUnderTest broker) {
        var handler = new DescribeLogDirsHandler(broker.directories, broker.partitions, broker.disk, new Workers() {
            @Override public void run(String name, Runnable blocking) {
                blocking.run();
            }

            @Override public SerialExecutor serial(String name) {
                throw new UnsupportedOperationException();
            }
        });
        Answer<DescribeLogDirsResponse> answer = handler.handle(DescribeLogDirsRequest.builder().topics(null).build(), caller(5));
        var partitions = new TreeMap<Path, DescribeLogDirsResponse.DescribeLogDirsPartition>();
        DescribeLogDirsResponse response = ((Answer.Now<DescribeLogDirsResponse>) ((Answer.Waiting<DescribeLogDirsResponse>) answer).then().get()).response();
        for (var directory : response.results()) {
            for (var topic : directory.topics()) partitions.put(Path.of(directory.logDir()), topic.partitions().getFirst());
        }
        return partitions;
    }

    private static List<String> folders(Path directory) throws IOException {
        try (var children = Files.list(directory)) {
            return children.filter(Files::isDirectory).map(folder -> folder.getFileName().toString()).sorted().toList();
        }
    }
}
