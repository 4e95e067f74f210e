package millrace.logtool;

import static millrace.logtool.Scene.append;
import static millrace.logtool.Scene.batch;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import millrace.record.Codec;
import millrace.storage.log.LogConfig;
import millrace.storage.log.PartitionLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What can be found in one partition is specified in `millrace.storage.log`; here, where the commands look, what they say, and when they refuse.
class CheckAndRepairTest {
    @TempDir Path folder;
    private Scene scene;

    @BeforeEach void openADirectory() {
        scene = new Scene(folder);
        for (String topic : new String[] {"orders", "bills"}) {
            PartitionLog log = scene.log(topic, LogConfig.builder().indexIntervalBytes(500).build());
            for (int i = 0; i < 50; i++) append(log, batch(Codec.NONE, "k", "x".repeat(200)));
        }
    }

    @AfterEach void close() {
        scene.close();
    }

    @Test void aDirectoryAFolderAndAFileThatAreRight() {
        scene.stop();
        for (Path path : new Path[] {scene.data, scene.data.resolve("orders-0"), scene.segment("orders", ".log")}) {
            assertThat(scene.run("check", path)).as("%s", path).isZero();
            assertThat(scene.told()).isEqualTo("Nothing wrong was found.\n");
            assertThat(scene.errors()).isEmpty();
        }
    }

    @Test void everythingWrongIsListedWithWhatToDoAndNothingIsChanged() throws IOException {
        scene.stop();
        scene.flip(scene.segment("orders", ".log"), 100);
        scene.flip(scene.segment("bills", ".index"), 7);
        Files.writeString(scene.data.resolve("recovery-point-offset-checkpoint"), "0\n5\norders 0 50\n");
        Files.writeString(scene.data.resolve("meta.properties"), "version=1\nnode.id=1\n");
        var before = scene.everything();
        assertThat(scene.run("check", scene.data)).isEqualTo(1);
        assertThat(scene.lines()).anyMatch(line -> line.startsWith(scene.segment("orders", ".log") + ", position 0: ") && line.contains("CRC"))
                .anyMatch(line -> line.startsWith(scene.segment("bills", ".index") + ", position 0: entry 0 "))
                .anyMatch(line -> line.contains("recovery-point-offset-checkpoint") && line.contains("should have 5 lines, and has 1"))
                .anyMatch(line -> line.contains("meta.properties") && line.contains("cluster.id is missing"))
                .anyMatch(line -> line.startsWith("  ") && line.contains("repair-index")).last().asString().endsWith(" things are wrong.");
        assertThat(scene.everything()).isEqualTo(before);

        assertThat(scene.run("check", "--verify-index-only", scene.data)).isEqualTo(1);
        assertThat(scene.told()).contains(".index").doesNotContain("meta.properties").endsWith("1 thing is wrong.\n");
        scene.run("check", "--json", scene.segment("bills", ".log"));
        assertThat(scene.lines()).singleElement().asString().startsWith("{\"file\":\"" + scene.segment("bills", ".index") + "\",\"kind\":\"finding\",\"position\":0,\"wrong\":\"entry 0 ");
    }

    @Test void aLogThatEndsBelowWhatWasOnTheDeviceIsTold() throws IOException {
        scene.stop();
        for (String suffix : new String[] {".log", ".index", ".timeindex", ".identity"}) Files.write(scene.segment("orders", suffix), new byte[0]);
        assertThat(scene.run("check", scene.data)).isEqualTo(1);
        assertThat(scene.told()).contains("the log ends at offset 0, and up to 50 was on the device");
    }

    @Test void aFileThatTheDeviceDoesNotGiveBackIsToldAndTheRestIsChecked() throws IOException {
        scene.stop();
        Path unreadable = Files.createDirectory(scene.file("bills", "00000000000000000009.snapshot"));
        scene.flip(scene.segment("orders", ".log"), 100);
        assertThat(scene.run("check", scene.data)).isEqualTo(1);
        assertThat(scene.told()).contains(unreadable + ": it cannot be read").contains(scene.segment("orders", ".log") + ", position 0");
    }

    @Test void onePathThatIsNotThereHidesNoOther() throws IOException {
        scene.stop();
        scene.flip(scene.segment("orders", ".log"), 100);
        assertThat(scene.run("check", folder.resolve("missing"), scene.data)).isEqualTo(1);
        assertThat(scene.errors()).contains("there is no file or directory " + folder.resolve("missing"));
        assertThat(scene.told()).contains(scene.segment("orders", ".log") + ", position 0").endsWith("2 things are wrong.\n");
        assertThat(scene.run("repair-index", folder.resolve("missing"), scene.data)).isEqualTo(1);
        assertThat(scene.told()).contains("1 segment has right indexes");
    }

    @Test void whatWasWrittenAheadIsToldAfterAStopThatWasNotInOrder() throws IOException {
        scene.stop();
        Files.write(scene.data.resolve("millrace-ahead-0"), new byte[4096]);
        assertThat(scene.run("check", scene.data)).isZero();
        Files.delete(scene.data.resolve(".kafka_cleanshutdown"));
        assertThat(scene.run("check", scene.data)).isEqualTo(1);
        assertThat(scene.told()).contains("millrace-ahead-0: acknowledged records may be in this file only");
    }

    @Test void aFolderThatWasCopiedAwayIsCheckedByItself() throws IOException {
        scene.stop();
        Path copy = Files.createDirectories(folder.resolve("away").resolve("orders-0"));
        try (Stream<Path> files = Files.list(scene.data.resolve("orders-0"))) {
            for (Path file : (Iterable<Path>) files::iterator) Files.copy(file, copy.resolve(file.getFileName()));
        }
        assertThat(scene.run("check", copy)).isZero();
        scene.flip(copy.resolve("00000000000000000000.log"), 15);
        assertThat(scene.run("check", copy)).isEqualTo(1);
        assertThat(scene.told()).contains("not as it was written");
        assertThat(scene.run("repair-index", copy)).isEqualTo(1);
        assertThat(scene.errors()).contains("does not lie in a log directory");
    }

    @Test void aDirectoryInUseIsCheckedWithANoteAndNotRepaired() {
        assertThat(scene.run("check", scene.data)).isZero();
        assertThat(scene.errors()).contains("a node uses " + scene.data);
        assertThat(scene.run("repair-index", scene.data)).isEqualTo(1);
        assertThat(scene.errors()).contains("a node uses the log directory").contains("stop the node first");
    }

    @Test void afterACrashRecoveryIsTheNodesOwn() throws IOException {
        scene.crash();
        Files.deleteIfExists(scene.segment("orders", ".index"));
        assertThat(scene.run("repair-index", scene.data)).isEqualTo(1);
        assertThat(scene.errors()).contains("did not stop in order").contains("start it once");
        assertThat(scene.segment("orders", ".index")).doesNotExist();
    }

    @Test void wrongAndMissingIndexesAreMadeAnewAndTheNodeStartsOnThem() throws IOException {
        scene.stop();
        byte[] index = Files.readAllBytes(scene.segment("orders", ".index"));
        scene.flip(scene.segment("orders", ".index"), 7);
        Files.delete(scene.segment("bills", ".timeindex"));
        assertThat(scene.run("repair-index", scene.data)).isZero();
        assertThat(scene.told()).contains("made anew: " + scene.segment("orders", ".index")).contains("made anew: " + scene.segment("bills", ".timeindex"));
        assertThat(Files.readAllBytes(scene.segment("orders", ".index"))).isNotEqualTo(index).isNotEmpty();       // the default distance between entries
        assertThat(scene.run("check", scene.data)).isZero();
        assertThat(scene.run("repair-index", scene.segment("orders", ".index"))).isZero();
        assertThat(scene.told()).isEqualTo("1 segment has right indexes and was left as it is.\n");
        scene.open();
    }

    @Test void ofADamagedSegmentNoIndexIsMade() {
        scene.stop();
        scene.flip(scene.segment("orders", ".log"), 100);
        scene.flip(scene.segment("orders", ".index"), 7);
        assertThat(scene.run("repair-index", scene.data)).isEqualTo(1);
        assertThat(scene.errors()).contains(scene.segment("orders", ".log") + " is damaged at position 0");
        assertThat(scene.told()).contains("1 segment has right indexes");
    }

    @Test void whatIsNoLogIsNamed() throws IOException {
        scene.stop();
        assertThat(scene.run("check", folder.resolve("nowhere"))).isEqualTo(1);
        assertThat(scene.errors()).contains("there is no file or directory " + folder.resolve("nowhere"));
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(scene.run("check", empty)).isEqualTo(1);
        assertThat(scene.errors()).contains("is no log directory and no partition's folder");
    }
}
