package millrace.controller.topics;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

import millrace.controller.Chance;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.MetadataImage;

/// Where the replicas of new partitions go: striped over racks, and within a rack over its brokers, beginning at a place that
/// chance decides, so that leaders and followers of many topics spread evenly.
///
///     racks A(1,4) B(2,5) C(3,6), replication factor 3, starting at rack A:
///     partition 0: 1 2 3   (the first is the preferred leader)
///     partition 1: 5 6 4   (next rack leads, next broker of each)
///     partition 2: 3 1 2   ...
///
/// A fenced broker gets a replica only when its rack has no other left, and never the preferred one. Brokers on their way out and
/// those whose directories are all cordoned get none. Brokers without a rack count as one rack.
final class Placement {
    private static final String NO_RACK = "";

    /// @param unfenced and `fenced`: in the order in which they take turns
    private record Rack(List<Integer> unfenced, List<Integer> fenced) {}

    private final List<Rack> racks = new ArrayList<>();
    private final int usable;
    private final int unfenced;
    private int turn;

    Placement(MetadataImage image, Chance chance) {
        var unfencedByRack = new TreeMap<String, List<Integer>>();
        var fencedByRack = new TreeMap<String, List<Integer>>();
        for (BrokerRegistration broker : image.cluster().brokers().values()) {
            if (broker.inControlledShutdown() || isCordoned(broker)) continue;
            String rack = broker.rack() == null ? NO_RACK : broker.rack();
            unfencedByRack.computeIfAbsent(rack, _ -> new ArrayList<>());
            fencedByRack.computeIfAbsent(rack, _ -> new ArrayList<>());
            (broker.fenced() ? fencedByRack : unfencedByRack).get(rack).add(broker.id());
        }
        for (String rack : unfencedByRack.keySet())
            racks.add(new Rack(chance.shuffled(unfencedByRack.get(rack)), chance.shuffled(fencedByRack.get(rack))));
        this.unfenced = racks.stream().mapToInt(rack -> rack.unfenced.size()).sum();
        this.usable = unfenced + racks.stream().mapToInt(rack -> rack.fenced.size()).sum();
        this.turn = chance.nextInt(1 << 16);
    }

    private static boolean isCordoned(BrokerRegistration broker) {
        return !broker.directories().isEmpty() && broker.cordonedDirectories() != null && broker.cordonedDirectories().containsAll(broker.directories());
    }

    /// @return how many brokers could hold a replica
    int usable() {
        return usable;
    }

    /// @return how many of them could lead
    int unfenced() {
        return unfenced;
    }

    /// Places one more partition. The caller has seen to it that `replicas` brokers are usable and one is unfenced.
    List<Integer> next(int replicas) {
        int start = turn++;
        var chosen = new ArrayList<Integer>(replicas);
        int leader = leader(start);
        chosen.add(leader);
        int firstRack = rackOf(leader);
        for (int step = 1; chosen.size() < replicas; step++) {
            Rack rack = racks.get((firstRack + step) % racks.size());
            // How often this rack has been asked for this partition decides which of its brokers is next.
            int next = choose(rack, start / racks.size() + (firstRack + step) / racks.size() + step / racks.size(), chosen);
            if (next >= 0) chosen.add(next);
        }
        return chosen;
    }

    private int leader(int start) {
        for (int step = 0; ; step++) {
            Rack rack = racks.get((start + step) % racks.size());
            if (!rack.unfenced.isEmpty()) return rack.unfenced.get(Math.floorMod(start / racks.size(), rack.unfenced.size()));
        }
    }

    private int rackOf(int broker) {
        for (int i = 0; i < racks.size(); i++) if (racks.get(i).unfenced.contains(broker)) return i;
        throw new IllegalStateException("broker " + broker + " is in no rack");
    }

    private static int choose(Rack rack, int turn, List<Integer> chosen) {
        for (List<Integer> brokers : List.of(rack.unfenced, rack.fenced)) {
            for (int i = 0; i < brokers.size(); i++) {
                int broker = brokers.get(Math.floorMod(turn + i, brokers.size()));
                if (!chosen.contains(broker)) return broker;
            }
        }
        return -1;
    }
}
