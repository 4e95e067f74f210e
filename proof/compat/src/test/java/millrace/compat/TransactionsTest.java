package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Transactions of Apache's Java clients: 4.4 with an epoch for each transaction (`transaction.version` 2), the others as their time knew them.
class TransactionsTest {
    @TempDir static Path directory;
    private static NodeProcess node;

    @BeforeAll static void startNode() {
        node = NodeProcess.start(directory);
    }

    @AfterAll static void stopNode() {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka-clients-4.4", "kafka-clients-3.9", "kafka-clients-2.8", "kafka-clients-2.1"})
    void everyRecordCountsExactlyOnceAndAFencedProducerDoesNot(String client) {
        var result = Peers.java(client, "", Duration.ofSeconds(90), "millrace.compat.client.Transactions", node.bootstrap(), client, "400");
        assertThat(result.succeeded().output()).endsWith("OK\n");
    }

    @Test void anOrderServiceWritesToThreeTopicsAndItsOffsetsOrNowhere() {
        var result = Peers.java("kafka-clients-4.4", "", Duration.ofSeconds(90), "millrace.compat.client.OrderTransactions", node.bootstrap(), "40");
        assertThat(result.succeeded().output()).endsWith("OK\n");
    }
}
