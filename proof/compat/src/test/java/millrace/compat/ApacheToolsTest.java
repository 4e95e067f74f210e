package millrace.compat;

import static millrace.compat.Peers.tool;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Apache's own command-line tools 4.3.1, each doing its work once.
class ApacheToolsTest {
    @TempDir static Path directory;
    private static NodeProcess node;

    @BeforeAll static void startNode() {
        node = NodeProcess.start(directory);
    }

    @AfterAll static void stopNode() {
        node.close();
    }

    @Test void kafkaTopicsCreatesDescribesAltersListsAndDeletes() {
        topics("--create", "--topic", "tools", "--partitions", "2", "--config", "retention.ms=3600000").succeeded();
        assertThat(topics("--describe", "--topic", "tools").succeeded().output())
                .contains("PartitionCount: 2", "ReplicationFactor: 1", "retention.ms=3600000", "Leader: 1", "Isr: 1");
        topics("--alter", "--topic", "tools", "--partitions", "5").succeeded();
        assertThat(topics("--describe", "--topic", "tools").succeeded().output()).contains("PartitionCount: 5", "Partition: 4");
        assertThat(topics("--list").succeeded().output().lines()).contains("tools");
        topics("--delete", "--topic", "tools").succeeded();
        assertThat(topics("--list").succeeded().output().lines()).doesNotContain("tools");
    }

    @Test void aTopicThatIsThereAlreadyAndOneThatIsNotAreClearErrors() {
        topics("--create", "--topic", "twice").succeeded();
        assertThat(topics("--create", "--topic", "twice").output()).contains("already exists");
        assertThat(topics("--describe", "--topic", "nowhere").output()).contains("nowhere");
        assertThat(topics("--create", "--topic", "wrong", "--config", "retention.ms=soon").output()).contains("retention.ms");
        assertThat(topics("--create", "--topic", "many", "--replication-factor", "3").output()).contains("replication factor");
    }

    @Test void consoleProducerAndConsumerAndGroups() {
        topics("--create", "--topic", "console", "--partitions", "1").succeeded();
        Peers.java("kafka-tools", "a:1\nb:2\nc:3\n", Duration.ofSeconds(60), "org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server", node.bootstrap(),
                "--topic", "console", "--reader-property", "parse.key=true", "--reader-property", "key.separator=:").succeeded();
        var read = Peers.java("kafka-tools", "", Duration.ofSeconds(60), "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", node.bootstrap(),
                "--topic", "console", "--from-beginning", "--group", "console-readers", "--max-messages", "3", "--timeout-ms", "20000",
                "--formatter-property", "print.key=true", "--formatter-property", "key.separator=:").succeeded();
        assertThat(read.output()).contains("a:1\nb:2\nc:3\n");

        assertThat(groups("--list").succeeded().output().lines()).contains("console-readers");
        assertThat(groups("--describe", "--group", "console-readers").succeeded().output())
                .containsPattern("console-readers\\s+console\\s+0\\s+3\\s+3\\s+0");
        assertThat(groups("--describe", "--group", "console-readers", "--state").succeeded().output()).contains("Empty");
        assertThat(groups("--reset-offsets", "--group", "console-readers", "--topic", "console", "--to-earliest", "--execute").succeeded().output())
                .containsPattern("console-readers\\s+console\\s+0\\s+0");
        assertThat(groups("--describe", "--group", "console-readers").succeeded().output()).containsPattern("console\\s+0\\s+0\\s+3\\s+3");
        groups("--delete-offsets", "--group", "console-readers", "--topic", "console").succeeded();
        groups("--delete", "--group", "console-readers").succeeded();
        assertThat(groups("--list").succeeded().output().lines()).doesNotContain("console-readers");
    }

    @Test void kafkaConfigsAltersAndDescribesTopicsAndBrokers() {
        topics("--create", "--topic", "configured").succeeded();
        configs("--alter", "--entity-type", "topics", "--entity-name", "configured", "--add-config", "cleanup.policy=compact,max.message.bytes=2000").succeeded();
        assertThat(configs("--describe", "--entity-type", "topics", "--entity-name", "configured").succeeded().output())
                .contains("cleanup.policy=compact", "max.message.bytes=2000", "DYNAMIC_TOPIC_CONFIG");
        configs("--alter", "--entity-type", "topics", "--entity-name", "configured", "--delete-config", "max.message.bytes").succeeded();
        assertThat(configs("--describe", "--entity-type", "topics", "--entity-name", "configured").succeeded().output()).doesNotContain("max.message.bytes");
        assertThat(configs("--describe", "--entity-type", "topics", "--entity-name", "configured", "--all").succeeded().output()).contains("max.message.bytes=1048588", "segment.bytes");
        configs("--alter", "--entity-type", "brokers", "--entity-default", "--add-config", "log.retention.ms=7200000").succeeded();
        assertThat(configs("--describe", "--entity-type", "topics", "--entity-name", "configured", "--all").succeeded().output()).contains("retention.ms=7200000");
        assertThat(configs("--describe", "--entity-type", "brokers", "--entity-name", "1", "--all").succeeded().output()).contains("node.id=1", "num.partitions=1");
        assertThat(configs("--alter", "--entity-type", "topics", "--entity-name", "configured", "--add-config", "no.such.key=1").output()).contains("no.such.key");
    }

    @Test void producerPerfTestGetOffsetsDeleteRecordsAndLogDirs() throws IOException {
        topics("--create", "--topic", "perf", "--partitions", "1").succeeded();
        assertThat(tool("ProducerPerformance", "--topic", "perf", "--num-records", "20000", "--record-size", "200", "--throughput", "-1",
                "--bootstrap-server", node.bootstrap(), "--command-property", "acks=all").succeeded().output()).contains("20000 records sent");
        assertThat(offsets("-1")).contains("perf:0:20000");
        assertThat(offsets("-2")).contains("perf:0:0");
        Path request = directory.resolve("delete.json");
        Files.writeString(request, "{\"partitions\":[{\"topic\":\"perf\",\"partition\":0,\"offset\":15000}],\"version\":1}");
        assertThat(tool("DeleteRecordsCommand", "--bootstrap-server", node.bootstrap(), "--offset-json-file", request.toString()).succeeded().output())
                .contains("perf-0").contains("low_watermark: 15000");
        assertThat(offsets("-2")).contains("perf:0:15000");
        assertThat(tool("LogDirsCommand", "--bootstrap-server", node.bootstrap(), "--describe", "--topic-list", "perf").succeeded().output())
                .contains("\"partition\":\"perf-0\"").contains(node.data().toString());
        assertThat(tool("ConsumerPerformance", "--bootstrap-server", node.bootstrap(), "--topic", "perf", "--num-records", "5000", "--timeout", "20000",
                "--hide-header").succeeded().output()).contains("5000");
    }

    private static String offsets(String time) {
        return tool("GetOffsetShell", "--bootstrap-server", node.bootstrap(), "--topic", "perf", "--time", time).succeeded().output();
    }

    @Test void metadataQuorumAndClusterAndApiVersionsAreDescribed() {
        assertThat(tool("MetadataQuorumCommand", "--bootstrap-server", node.bootstrap(), "describe", "--status").succeeded().output())
                .contains("LeaderId:", "CurrentVoters:");
        assertThat(tool("ClusterTool", "cluster-id", "--bootstrap-server", node.bootstrap()).succeeded().output()).contains("Cluster ID:");
        assertThat(tool("BrokerApiVersionsCommand", "--bootstrap-server", node.bootstrap()).succeeded().output())
                .contains("Produce(0): 0 to 13", "JoinGroup(11): 0 to 9");
    }

    private static Peers.Result topics(String... arguments) {
        return tool("TopicCommand", withBootstrap(arguments));
    }

    private static Peers.Result groups(String... arguments) {
        return tool("consumer.group.ConsumerGroupCommand", withBootstrap(arguments));
    }

    private static Peers.Result configs(String... arguments) {
        return Peers.java("kafka-tools", "", Duration.ofSeconds(60), "kafka.admin.ConfigCommand", withBootstrap(arguments));
    }

    private static String[] withBootstrap(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "--bootstrap-server";
        all[1] = node.bootstrap();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return all;
    }
}
