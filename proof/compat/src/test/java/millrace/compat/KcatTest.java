package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// kcat 1.7.1 on librdkafka 2.0.2.
class KcatTest {
    @TempDir static Path directory;
    private static NodeProcess node;

    @BeforeAll static void startNode() {
        Peers.require("kcat", "apt-get install -y kcat");
        node = NodeProcess.start(directory);
    }

    @AfterAll static void stopNode() {
        if (node != null) node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void whatKcatProducesItConsumesAgain(String codec) {
        String lines = IntStream.range(0, 2_000).mapToObj(i -> "key" + i % 13 + ":value " + i).collect(Collectors.joining("\n", "", "\n"));
        String topic = "kcat-" + codec;
        kcat(lines, "-P", "-t", topic, "-K:", "-z", codec, "-X", "enable.idempotence=true").succeeded();
        assertThat(kcat("", "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-K:", "-c", "2000").succeeded().output()).isEqualTo(lines);
    }

    @Test void aBalancedConsumerReadsEverythingInItsGroup() {
        kcat("a\nb\nc\n", "-P", "-t", "grouped").succeeded();
        var result = kcat("", "-G", "readers", "-q", "-X", "auto.offset.reset=earliest", "-c", "3", "grouped").succeeded();
        assertThat(result.output().lines()).contains("a", "b", "c");
    }

    @Test void metadataNamesTheBroker() {
        assertThat(kcat("", "-L").succeeded().output()).contains("1 brokers").contains("broker 1 at " + node.bootstrap());
    }

    private static Peers.Result kcat(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of("kcat", "-b", node.bootstrap()));
        command.addAll(List.of(arguments));
        return Peers.run(command, input, Duration.ofSeconds(30));
    }
}
