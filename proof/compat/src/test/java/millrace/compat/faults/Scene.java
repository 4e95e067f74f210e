package millrace.compat.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import millrace.compat.NodeProcess;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/// What every campaign needs: a topic on a node, the facts about it, and a reading that must agree with them.
final class Scene {
    static final String TOPIC = "facts";
    static final int PARTITIONS = 4;
    static final Duration LONG = Duration.ofSeconds(120);

    final Facts facts = new Facts();
    private final NodeProcess node;

    Scene(NodeProcess node, Map<String, String> topicSettings) {
        this.node = node;
        try (var admin = admin()) {
            get(admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1).configs(topicSettings))).all());
        }
    }

    static <T> T get(Future<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
    }

    Load load(Duration patience) {
        return new Load(node.bootstrap(), TOPIC, PARTITIONS, 2, patience, facts);
    }

    Reading reading() {
        return new Reading(node.bootstrap(), TOPIC, PARTITIONS, facts);
    }

    /// Reads everything; the promises must hold.
    void verify(String when) {
        reading().everything();
        assertThat(facts.violations()).as(when).isEmpty();
    }

    /// @return `all` when `-Dfaults.all=true` asks for every variant, else the first, which the everyday run has time for
    static <T> List<T> variants(List<T> all) {
        return Boolean.getBoolean("faults.all") ? all : all.subList(0, 1);
    }

    /// @return the campaign's size: from the property, else the everyday one
    static int size(String property, int everyday) {
        return Integer.getInteger(property, everyday);
    }
}
