package millrace.controller.topics;

import static millrace.controller.ControllerWorld.registration;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import millrace.common.Uuid;
import millrace.controller.Chance;
import millrace.controller.ControllerCommand;
import millrace.controller.ControllerWorld;
import millrace.metadata.MetadataImage;
import millrace.protocol.metadata.BrokerRegistrationChangeRecord;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static MetadataImage brokers(int count, int racks) {
        var world = new ControllerWorld(Map.of());
        for (int broker = 0; broker < count; broker++)
            world.decide(new ControllerCommand.RegisterBroker(registration(broker, new Uuid(9, broker), racks == 0 ? null : "rack-" + broker % racks).build(), false));
        MetadataImage image = world.image();
        for (int broker = 0; broker < count; broker++) image = change(image, broker, -1);
        return image;
    }

    private static MetadataImage change(MetadataImage image, int broker, int fenced) {
        return image.apply(BrokerRegistrationChangeRecord.builder().brokerId(broker).brokerEpoch(image.cluster().broker(broker).epoch()).fenced((byte) fenced).build());
    }

    @Test void leadersAndReplicasSpreadEvenly() {
        for (long seed = 0; seed < 20; seed++) {
            var placement = new Placement(brokers(6, 0), new Chance(seed));
            var leaders = new TreeMap<Integer, Integer>();
            var replicas = new TreeMap<Integer, Integer>();
            for (int partition = 0; partition < 60; partition++) {
                List<Integer> placed = placement.next(3);
                assertThat(new HashSet<>(placed)).hasSize(3);
                leaders.merge(placed.getFirst(), 1, Integer::sum);
                for (int broker : placed) replicas.merge(broker, 1, Integer::sum);
            }
            assertThat(leaders.values()).allMatch(times -> times == 10);
            assertThat(replicas.values()).allMatch(times -> times == 30);
        }
    }

    @Test void replicasOfOnePartitionAreInDifferentRacks() {
        for (long seed = 0; seed < 20; seed++) {
            var placement = new Placement(brokers(6, 3), new Chance(seed));
            var leaders = new TreeMap<Integer, Integer>();
            for (int partition = 0; partition < 60; partition++) {
                List<Integer> placed = placement.next(3);
                assertThat(placed.stream().map(broker -> broker % 3).distinct()).hasSize(3);
                leaders.merge(placed.getFirst(), 1, Integer::sum);
            }
            assertThat(leaders.values()).allMatch(times -> times == 10);
        }
    }

    @Test void aFencedBrokerNeverGetsThePreferredReplica() {
        MetadataImage image = change(brokers(3, 0), 1, 1);
        var placement = new Placement(image, new Chance(7));
        for (int partition = 0; partition < 30; partition++) {
            assertThat(placement.next(2)).doesNotContain(1);
            assertThat(placement.next(3)).contains(1).first().isNotEqualTo(1);
        }
    }

    @Test void theSameSeedPlacesAlike() {
        var one = new Placement(brokers(5, 2), new Chance(11));
        var other = new Placement(brokers(5, 2), new Chance(11));
        for (int partition = 0; partition < 20; partition++) assertThat(one.next(2)).isEqualTo(other.next(2));
    }
}
