package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JavaClientsTest {
    @TempDir static Path directory;
    private static final int HOLD_MS = 10_000;
    private static final int HEARTBEAT_INTERVAL_MS = 9_000;
    private static NodeProcess node;

    @BeforeAll static void startNode() {
        node = NodeProcess.start(directory, Map.of("group.consumer.min.heartbeat.interval.ms", "500", "group.consumer.heartbeat.interval.ms", "500",
                "millrace.group.heartbeat.hold.ms", Integer.toString(HOLD_MS)));
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

    /// One second after everybody's heartbeat one member leaves. It says so behind a heartbeat of its own that is kept back, and the others need not wait for their next one.
    @ParameterizedTest
    @ValueSource(strings = {"kafka-clients-4.4", "kafka-clients-3.9", "kafka-clients-2.8"})
    void classicConsumersHearOfARebalanceAtOnceAndNobodyIsKeptFromLeaving(String client) {
        var result = Peers.java(client, "", Duration.ofSeconds(120), "millrace.compat.client.ClassicRebalance", node.bootstrap(), "rebalance-" + client, "3", "1",
                Integer.toString(HEARTBEAT_INTERVAL_MS), Integer.toString(HEARTBEAT_INTERVAL_MS + 1_000));
        Matcher told = Pattern.compile("closed_ms=(\\d+) together_ms=(\\d+)\\s*").matcher(result.succeeded().output());
        assertThat(told.find()).as(result.output()).isTrue();
        assertThat(Integer.parseInt(told.group(1))).as("close() in ms").isLessThan(HEARTBEAT_INTERVAL_MS - 2_000);
        assertThat(Integer.parseInt(told.group(2))).as("until the others are in the next generation, in ms").isLessThan(HEARTBEAT_INTERVAL_MS - 2_000);
    }
}
