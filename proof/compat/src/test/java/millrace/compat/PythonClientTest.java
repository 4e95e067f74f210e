package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Debian's confluent-kafka-python 1.7.0 on librdkafka 2.0.2.
class PythonClientTest {
    private static final String PYTHON = "/usr/bin/python3";

    @Test void confluentKafkaPythonGetsBackWhatItSent(@TempDir Path directory) {
        succeeds("python-round-trip.py", directory, "python", "3000");
    }

    @Test void aJobOfTwoMembersCountsEachRecordOnce(@TempDir Path directory) {
        succeeds("python-transactions.py", directory, "600");
    }

    private static void succeeds(String script, Path directory, String... arguments) {
        Peers.require("python3", "apt-get install -y python3");
        if (Peers.run(List.of(PYTHON, "-c", "import confluent_kafka"), "", Duration.ofSeconds(20)).status() != 0) {
            Peers.missing("confluent_kafka for " + PYTHON + " is not installed: apt-get install -y python3-confluent-kafka");
        }
        try (var node = NodeProcess.start(directory)) {
            List<String> command = new ArrayList<>(List.of(PYTHON, Peers.work().resolve("test-classes/clients").resolve(script).toString(), node.bootstrap()));
            command.addAll(List.of(arguments));
            var result = Peers.run(command, "", Duration.ofSeconds(120));
            assertThat(result.succeeded().output()).endsWith("OK\n");
        }
    }
}
