package millrace.transaction;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import millrace.protocol.ErrorCode;

/// A partition as far as transactions can tell: its records and markers, and what its leader knows of each producer. The rules are those of
/// `ProducerStates` and `TransactionGuards`, without their bytes.
final class ExploredLog {
    /// What rules can be left out, to see that somebody notices.
    enum Carelessness { NONE, NO_GUARD, REPEATED_MARKER_REFUSED }

    sealed interface Entry {
        /// @param writer and `txnNo`: whose it is, in truth; nothing that a broker could see
        record Data(long producerId, short epoch, int writer, int txnNo) implements Entry {}

        record Marker(long producerId, short epoch, boolean commit) implements Entry {}
    }

    private record Producer(short epoch, int nextSequence, boolean open) {}

    private final Carelessness carelessness;
    private final List<Entry> entries = new ArrayList<>();
    private final TreeMap<Long, Producer> producers = new TreeMap<>();
    private final TreeMap<Long, Integer> guards = new TreeMap<>();
    private int markersSoFar;

    ExploredLog(Carelessness carelessness) {
        this.carelessness = carelessness;
    }

    ExploredLog copy() {
        var copy = new ExploredLog(carelessness);
        copy.entries.addAll(entries);
        copy.producers.putAll(producers);
        copy.guards.putAll(guards);
        copy.markersSoFar = markersSoFar;
        return copy;
    }

    List<Entry> entries() {
        return entries;
    }

    boolean isOpen(long producerId, short epoch) {
        Producer producer = producers.get(producerId);
        return producer != null && producer.open && producer.epoch == epoch;
    }

    boolean hasOpenTransaction() {
        return producers.values().stream().anyMatch(Producer::open);
    }

    /// @return the guard to be shown with the record
    int draw(long producerId) {
        return guards.computeIfAbsent(producerId, _ -> markersSoFar);
    }

    ErrorCode append(long producerId, short epoch, int sequence, int guard, int writer, int txnNo) {
        Producer producer = producers.get(producerId);
        boolean guarded = carelessness == Carelessness.NO_GUARD || accepts(producerId, guard);
        if (!isOpen(producerId, epoch) && !guarded) return ErrorCode.INVALID_TXN_STATE;
        if (producer != null && epoch < producer.epoch) return ErrorCode.INVALID_PRODUCER_EPOCH;
        int next = producer == null || producer.epoch != epoch ? 0 : producer.nextSequence;
        if (sequence < next) return ErrorCode.NONE;
        if (sequence > next) return ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
        entries.add(new Entry.Data(producerId, epoch, writer, txnNo));
        producers.put(producerId, new Producer(epoch, sequence + 1, true));
        guards.remove(producerId);
        return ErrorCode.NONE;
    }

    ErrorCode mark(long producerId, short epoch, boolean commit, short version) {
        Producer producer = producers.get(producerId);
        if (producer != null) {
            boolean repeated = !producer.open && carelessness != Carelessness.REPEATED_MARKER_REFUSED || epoch == Short.MAX_VALUE;
            boolean strict = version >= Transaction.EPOCH_FOR_EACH;
            if (epoch < producer.epoch || strict && epoch == producer.epoch && !repeated) return ErrorCode.INVALID_PRODUCER_EPOCH;
        }
        boolean sameEpoch = producer != null && producer.epoch == epoch;
        entries.add(new Entry.Marker(producerId, epoch, commit));
        producers.put(producerId, new Producer(epoch, sameEpoch ? producer.nextSequence : 0, false));
        guards.remove(producerId);
        markersSoFar++;
        return ErrorCode.NONE;
    }

    @Override public String toString() {
        return entries + " " + producers + " " + guards + (guards.isEmpty() ? "" : " " + markersSoFar);
    }

    /// @return what counts for what may still happen: how records have ended, which wait for a marker, what the leader knows of each producer, and whether it has drawn a
    ///     guard for it. Which guard that is only counts for who holds it, see [#accepts]
    String future() {
        return outcomes().entrySet().stream().map(Object::toString).sorted().toList() + " " + open() + " " + producers + " " + guards.keySet();
    }

    private List<Entry.Data> open() {
        List<Entry.Data> open = new ArrayList<>();
        for (Entry each : entries) {
            switch (each) {
                case Entry.Data data     -> open.add(data);
                case Entry.Marker marker -> open.removeIf(data -> data.producerId() == marker.producerId());
            }
        }
        return open;
    }

    boolean accepts(long producerId, int guard) {
        return Integer.valueOf(guard).equals(guards.get(producerId));
    }

    /// @return true for what ends in a commit, false for what is aborted; what is open is in neither
    Map<Entry.Data, Boolean> outcomes() {
        Map<Entry.Data, Boolean> outcomes = new LinkedHashMap<>();
        List<Entry.Data> open = new ArrayList<>();
        for (Entry each : entries) {
            switch (each) {
                case Entry.Data data     -> open.add(data);
                case Entry.Marker marker -> {
                    for (Entry.Data data : open) {
                        if (data.producerId() == marker.producerId()) outcomes.merge(data, marker.commit(), Boolean::logicalOr);
                    }
                    open.removeIf(data -> data.producerId() == marker.producerId());
                }
            }
        }
        return outcomes;
    }
}
