package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Debian's confluent-kafka-python 1.7.0 on librdkafka 2.0.2.
class PythonClientTest {
    private static final String PYTHON = "/usr/bin/python3";

    @Test void confluentKafkaPythonGetsBackWhatItSent(@TempDir Path directory) {
        Peers.require("python3", "apt-get install -y python3");
        if (Peers.run(List.of(PYTHON, "-c", "import confluent_kafka"), "", Duration.ofSeconds(20)).status() != 0) {
            Peers.missing("confluent_kafka for " + PYTHON + " is not installed: apt-get install -y python3-confluent-kafka");
        }
        try (var node = NodeProcess.start(directory)) {
            String script = Path.of(Peers.work().toString(), "test-classes/clients/python-round-trip.py").toString();
            var result = Peers.run(List.of(PYTHON, script, node.bootstrap(), "python", "3000"), "", Duration.ofSeconds(60));
            assertThat(result.succeeded().output()).endsWith("OK\n");
        }
    }
}
