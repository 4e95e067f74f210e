package millrace.transaction;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import millrace.transaction.ConnectionFence.Purpose;
import millrace.transaction.ExploredProducer.Step;
import millrace.transaction.ExploredWorld.Request;

/// The connections over which requests have come, and what the real [ConnectionFence] makes of them.
final class ExploredConnections {
    /// Who may send something: another epoch is another producer.
    record Sender(long producerId, short epoch) {}

    private record Admitted(Sender sender, Purpose purpose, long connection) {}

    private final LinkedHashSet<Admitted> admitted = new LinkedHashSet<>();

    ExploredConnections copy() {
        var copy = new ExploredConnections();
        copy.admitted.addAll(admitted);
        return copy;
    }

    /// @return false when its producer has gone on to a newer connection
    boolean admit(Request request) {
        var fence = new ConnectionFence(100);
        admitted.forEach(each -> fence.admits(each.sender().producerId(), each.sender().epoch(), each.purpose(), each.connection()));
        Purpose purpose = request.step() == Step.PRODUCE ? Purpose.RECORDS : Purpose.COORDINATION;
        if (!fence.admits(request.producerId(), request.epoch(), purpose, request.connection())) return false;
        admitted.add(new Admitted(new Sender(request.producerId(), request.epoch()), purpose, request.connection()));
        return true;
    }

    /// Connections are only compared with each other, and the next one is above all of them, so what counts is their order. Of those that were admitted counts the
    /// newest for each purpose of a sender, and any other that is still in use.
    String inOrder(List<Long> inUse, Set<Sender> senders) {
        var newest = new TreeMap<String, Long>();
        var others = new TreeMap<String, Long>();
        for (Admitted each : admitted) {
            if (!senders.contains(each.sender())) continue;
            String use = each.sender() + " " + each.purpose();
            newest.merge(use, each.connection(), Math::max);
            if (inUse.contains(each.connection())) others.put(use + " as number " + inUse.indexOf(each.connection()), each.connection());
        }
        var all = new TreeSet<>(inUse);
        all.addAll(newest.values());
        newest.replaceAll((_, connection) -> (long) all.headSet(connection).size());
        return inUse.stream().map(connection -> all.headSet(connection).size()).toList() + " " + newest + " " + others.keySet();
    }
}
