package millrace.coordination;

import static millrace.coordination.Scene.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.common.Uuid;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.DeleteGroup;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.metrics.Metric;
import millrace.metrics.Metrics;
import org.junit.jupiter.api.Test;

class GroupFamiliesTest {
    private final Scene scene = new Scene();
    private final Metrics metrics = new Metrics(scene.time);

    GroupFamiliesTest() {
        metrics.add(scene.coordinators);
    }

    @Test void offsetsAndGroupsAreCountedAsTheyComeAndGo() {
        scene.elected();
        commit(0);
        commit(1);
        assertThat(number(Map.of(), "offset-commit-count")).isEqualTo(2);
        assertThat(number(Map.of(), "offset-commit-rate")).as("in the half minute that rates look back").isEqualTo(2 / 30.0);
        assertThat(number(Map.of(), "offset-count")).isEqualTo(2);
        assertThat(number(Map.of("state", "Empty"), "classic-group-count")).isEqualTo(1);
        assertThat(number(Map.of("protocol", "classic"), "group-count")).isEqualTo(1);
        assertThat(number(Map.of("protocol", "consumer"), "group-count")).isZero();
        scene.coordinators.ask(GROUP, token -> new DeleteGroup(token, GROUP));
        scene.time.pass(2_000);
        assertThat(number(Map.of(), "offset-deletion-count")).isEqualTo(2);
        assertThat(number(Map.of(), "offset-expiration-count")).isZero();
        assertThat(number(Map.of(), "offset-count")).isZero();
        assertThat(number(Map.of("protocol", "classic"), "group-count")).isZero();
    }

    @Test void partitionsAreCountedByTheStateOfTheirCoordinator() {
        scene.coordinators.onElected(scene.partition);
        assertThat(List.of(number(Map.of("state", "loading"), "num-partitions"), number(Map.of("state", "active"), "num-partitions"))).containsExactly(1.0, 0.0);
        assertThat(number(Map.of(), "partition-load-time-max")).as("none has been loaded").isNaN();
        scene.time.work();
        assertThat(List.of(number(Map.of("state", "loading"), "num-partitions"), number(Map.of("state", "active"), "num-partitions"))).containsExactly(0.0, 1.0);
        assertThat(number(Map.of(), "partition-load-time-max")).isZero();
    }

    private void commit(int partition) {
        scene.coordinators.ask(GROUP, token -> new CommitOffsets(token, GROUP, "", null, -1, true, -1, List.of(new OffsetToCommit("t", Uuid.ZERO, partition, 5, -1, null))));
    }

    private double number(Map<String, String> labels, String attribute) {
        var keys = new TreeMap<>(labels);
        keys.put("type", "group-coordinator-metrics");
        Metric metric = metrics.find("kafka.server", keys);
        return metric.attributes().stream().filter(each -> each.name().equals(attribute)).map(each -> (Double) each.value().get()).findFirst().orElseThrow();
    }
}
