package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JavaClientsTest {
    @TempDir static Path directory;
    private static NodeProcess node;

    @BeforeAll static void startNode() {
        node = NodeProcess.start(directory, Map.of("group.consumer.min.heartbeat.interval.ms", "500", "group.consumer.heartbeat.interval.ms", "500"));
    }

    @AfterAll static void stopNode() {
        node.close();
    }

    static List<Arguments> clientsAndCodecs() {
        List<Arguments> all = new ArrayList<>();
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) all.add(Arguments.of("kafka-clients-4.4", codec));
        all.add(Arguments.of("kafka-clients-3.9", "none"));
        all.add(Arguments.of("kafka-clients-3.9", "zstd"));
        all.add(Arguments.of("kafka-clients-2.8", "zstd"));
        all.add(Arguments.of("kafka-clients-2.1", "none"));
        all.add(Arguments.of("kafka-clients-2.1", "lz4"));
        return all;
    }

    @ParameterizedTest(name = "{0} with {1}")
    @MethodSource("clientsAndCodecs")
    void aJavaClientGetsBackWhatItSent(String client, String codec) {
        var result = Peers.java(client, "", Duration.ofSeconds(60), "millrace.compat.client.RoundTrip", node.bootstrap(), "trip-" + client + "-" + codec, "3000", codec);
        assertThat(result.succeeded().output()).endsWith("OK\n");
    }

    @Test void aConsumerOfTheNewProtocolReadsSharesAndHandsOver() {
        var result = Peers.java("kafka-clients-4.4", "", Duration.ofSeconds(120), "millrace.compat.client.ConsumerProtocol", node.bootstrap(), "kip848-");
        assertThat(result.succeeded().output()).endsWith("OK\n");
    }
}
