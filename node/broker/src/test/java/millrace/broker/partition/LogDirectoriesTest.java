package millrace.broker.partition;

import static millrace.broker.partition.BrokerUnderTest.batch;
import static millrace.broker.partition.BrokerUnderTest.leads;
import static millrace.broker.partition.BrokerUnderTest.topic;
import static millrace.broker.partition.BrokerUnderTest.topicIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.partition.Partitions.Leading;
import millrace.common.Uuid;
import millrace.metadata.DirectoryId;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AssignReplicasToDirsRequest;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.LogDirFailure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several log directories in one broker: where replicas go, and what is left when a directory fails.
class LogDirectoriesTest {
    @TempDir Path root;
    private List<Path> paths;

    @BeforeEach void nameTheDirectories() {
        paths = List.of(root.resolve("one"), root.resolve("two"));
    }

    private BrokerUnderTest broker(String... settings) {
        var file = new TreeMap<String, String>();
        for (int i = 0; i < settings.length; i += 2) file.put(settings[i], settings[i + 1]);
        return new BrokerUnderTest(paths, file, new TreeMap<>());
    }

    private static String folder(BrokerUnderTest broker, long topicId) {
        return broker.partition(topicId).log().directory().getParent().getFileName().toString();
    }

    @Test void aNewReplicaGoesWhereTheFewestAre() {
        try (var broker = broker()) {
            broker.commits(topic("a", 1)).commits(topic("b", 2)).commits(topic("c", 3));
            assertThat(List.of(folder(broker, 1), folder(broker, 2), folder(broker, 3))).containsExactly("one", "two", "one");
        }
    }

    @Test void aReplicaGoesWhereTheMetadataWantsIt() {
        try (var broker = broker()) {
            broker.commits(topicIn(broker.directoryId(1), "a", 1)).commits(topicIn(broker.directoryId(1), "b", 2));
            assertThat(folder(broker, 1)).isEqualTo("two");
            assertThat(folder(broker, 2)).isEqualTo("two");
            assertThat(broker.controller.asked).as("the metadata knows already").isEmpty();
        }
    }

    @Test void theControllerIsToldWhereReplicasLie() {
        try (var broker = broker()) {
            broker.commits(topic("a", 1));
            assertThat(broker.controller.asked).singleElement().isInstanceOfSatisfying(AssignReplicasToDirsRequest.class, told -> {
                assertThat(told.brokerEpoch()).isEqualTo(5);
                assertThat(told.directories()).singleElement().satisfies(directory -> assertThat(directory.id()).isEqualTo(broker.directoryId(0)));
            });
        }
    }

    @Test void aCordonedDirectoryKeepsItsReplicasAndGetsNoMore() {
        try (var broker = broker("cordoned.log.dirs", paths.getFirst().toString())) {
            broker.commits(topic("a", 1)).commits(topic("b", 2));
            assertThat(folder(broker, 1)).isEqualTo("two");
            assertThat(folder(broker, 2)).isEqualTo("two");
            assertThat(broker.directories.cordonedIds()).containsExactly(broker.directoryId(0));
        }
    }

    @Test void aDirectoryThatFailsTakesItsPartitionsAndNoOthers() {
        try (var broker = broker()) {
            broker.commits(topic("a", 1)).commits(topic("b", 2));
            broker.disks.get(1).failSyncs();
            append(broker, 2, "lost?");
            assertThat(broker.partition(2).committedUpTo(1, 0).holds()).isFalse();
            broker.sync();
            assertThat(broker.partition(2).committedUpTo(1, 0).holds()).as("whoever waits is let go").isTrue();
            assertThat(broker.partition(2).highWatermark()).as("and not told that it is committed").isZero();
            assertThat(broker.partitions.find("b", 0)).isEqualTo(new Absent(ErrorCode.KAFKA_STORAGE_ERROR));
            assertThat(broker.partition(2).checkLeading(-1)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            assertThatThrownBy(() -> append(broker, 2, "x")).isInstanceOf(LogDirFailure.class);
            append(broker, 1, "kept");
            broker.sync();
            assertThat(broker.partition(1).highWatermark()).isEqualTo(1);
            broker.commits(topic("c", 3));
            assertThat(folder(broker, 3)).as("new replicas go to what is left").isEqualTo("one");
        }
    }

    /// The reads of before must not go on because the broker has led nothing since.
    @Test void aPartitionStaysOfflineWhenItsLeadershipIsGone() {
        try (var broker = broker()) {
            broker.commits(topic("a", 1)).commits(topic("b", 2));
            broker.disks.get(1).failSyncs();
            append(broker, 2, "x");
            broker.sync();
            broker.commits(leads(-1, 2));
            assertThat(broker.partitions.find("b", 0)).isEqualTo(new Absent(ErrorCode.KAFKA_STORAGE_ERROR));
        }
    }

    /// An empty log in the place of a full one would be silent loss.
    @Test void aReplicaOfADirectoryThatIsNotThereIsNotMadeAgainElsewhere() {
        try (var broker = broker()) {
            broker.commits(topicIn(new Uuid(4, 4), "a", 1)).commits(topicIn(DirectoryId.LOST, "b", 2));
            assertThat(broker.partition(1)).isNull();
            assertThat(broker.partition(2)).isNull();
            assertThat(broker.partitions.find("a", 0)).isEqualTo(new Absent(ErrorCode.KAFKA_STORAGE_ERROR));
        }
    }

    @Test void aReplicaWithoutAKnownDirectoryMayBeInTheOneThatIsOffline() {
        try (var broker = new BrokerUnderTest(List.of(paths.getFirst()), Map.of(), new TreeMap<>(Map.of(paths.getLast(), "no such device")))) {
            broker.tell(topic("old", 1));
            broker.commits(leads(1, 1));
            assertThat(broker.partitions.find("old", 0)).as("led before").isEqualTo(new Absent(ErrorCode.KAFKA_STORAGE_ERROR));
            broker.commits(topic("new", 2));
            assertThat(broker.partitions.find("new", 0)).isInstanceOf(Leading.class);
        }
    }

    @Test void ofTwoCopiesTheOneCountsThatTheMetadataNames() throws Exception {
        try (var broker = broker()) {
            broker.commits(topicIn(broker.directoryId(0), "a", 1));
            append(broker, 1, "kept");
        }
        copyFolder(paths.getFirst().resolve("a-0"), paths.getLast().resolve("a-0"));
        try (var broker = broker()) {
            broker.commits(topicIn(broker.directoryId(1), "a", 1));
            assertThat(folder(broker, 1)).isEqualTo("two");
            assertThat(broker.partition(1).logEndOffset()).isEqualTo(1);
            assertThat(broker.folders()).as("the other one is set aside, not deleted").singleElement().asString().endsWith("-stray");
        }
    }

    private static void append(BrokerUnderTest broker, long topicId, String value) {
        ByteBuffer records = batch(value);
        assertThat(broker.partition(topicId).append(records, AppendOrigin.CLIENT, true)).isInstanceOf(AppendResult.Appended.class);
    }

    private static void copyFolder(Path from, Path to) throws Exception {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) Files.copy(file, to.resolve(file.getFileName()));
        }
    }
}
