package millrace.compat.interchange;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A share group reads and acknowledges: a kind of group, and a topic of state, that Millrace keeps without serving it.
final class ShareDeeds {
    private static final String GROUP = "share-group";

    private ShareDeeds() {}

    static void read(String bootstrap, String topic) {
        try (var admin = Clients.admin(bootstrap)) {
            Clients.get(admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, GROUP),
                    List.of(new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET)))).all());
        }
        try (var consumer = new KafkaShareConsumer<>(Map.of("bootstrap.servers", bootstrap, "group.id", GROUP), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            int read = 0;
            while (read == 0) {
                if (System.nanoTime() > deadline) throw new IllegalStateException("the share group has read nothing");
                read += consumer.poll(Duration.ofMillis(200)).count();
            }
            consumer.commitSync();
        }
    }
}
