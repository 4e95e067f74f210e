package millrace.compat.differential;

import java.util.function.IntConsumer;
import millrace.protocol.ApiKey;

/// The versions of an API that Kafka 4.4 advertises to clients.
final class Versions {
    private Versions() {}

    static void each(ApiKey key, IntConsumer question) {
        for (int version = key.lowestVersion(); version <= newest(key); version++) question.accept(version);
    }

    static int newest(ApiKey key) {
        return key.highestVersion() - (key.latestVersionUnstable() ? 1 : 0);
    }
}
