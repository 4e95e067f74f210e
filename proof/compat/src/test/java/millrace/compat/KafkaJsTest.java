package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// KafkaJS 2.2.4 with its gzip and its snappy and lz4 codecs, its groups and its transactions.
class KafkaJsTest {
    @Test void kafkaJsGetsBackWhatItSentInEveryCodec(@TempDir Path directory) {
        Path scripts = NodePackages.install();
        try (var node = NodeProcess.start(directory)) {
            var result = Peers.run(List.of("node", scripts.resolve("kafkajs-round-trip.cjs").toString(), node.bootstrap(), "kafkajs", "4000"), "", Duration.ofSeconds(90));
            assertThat(result.succeeded().output()).endsWith("OK\n");
        }
    }

    @Test void ordersInTransactionsAreProcessedOnceByAGroupOfTwo(@TempDir Path directory) {
        Path scripts = NodePackages.install();
        try (var node = NodeProcess.start(directory)) {
            var result = Peers.run(List.of("node", scripts.resolve("kafkajs-orders.cjs").toString(), node.bootstrap(), "60"), "", Duration.ofSeconds(120));
            assertThat(result.succeeded().output()).endsWith("OK\n");
        }
    }
}
