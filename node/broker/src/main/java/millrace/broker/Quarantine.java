package millrace.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import millrace.common.TopicPartition;
import millrace.storage.log.LogEvent;
import millrace.storage.log.LogEvent.DamageFound;

/// Which stretches of which logs are refused because they were found damaged. A stretch stays until its records have left the log, or the log this
/// broker; one that is mended in place is found good by the next start.
final class Quarantine {
    /// Of one log; all its stretches are known, and no more than it has bytes.
    record Ranges(TopicPartition topicPartition, int count, long bytes) {}

    private final Map<TopicPartition, List<DamageFound>> found = new TreeMap<>();

    synchronized void add(DamageFound damage) {
        found.computeIfAbsent(damage.topicPartition(), _ -> new ArrayList<>()).add(damage);
    }

    /// Segments have left the log.
    synchronized void deleted(LogEvent.SegmentsDeleted event) {
        keep(event.topicPartition(), damage -> damage.lastOffset() >= event.logStartOffset());
    }

    synchronized void truncated(LogEvent.Truncated event) {
        keep(event.topicPartition(), damage -> damage.firstOffset() < event.toOffset());
    }

    private void keep(TopicPartition log, Predicate<DamageFound> kept) {
        List<DamageFound> damages = found.get(log);
        if (damages == null) return;
        damages.removeIf(kept.negate());
        if (damages.isEmpty()) found.remove(log);
    }

    /// The log has left this broker.
    synchronized void gone(TopicPartition log) {
        found.remove(log);
    }

    void each(Consumer<Ranges> visitor) {
        all().forEach(visitor);
    }

    synchronized List<Ranges> all() {
        return found.keySet().stream().map(this::ranges).toList();
    }

    private Ranges ranges(TopicPartition log) {
        List<DamageFound> damages = found.get(log);
        return new Ranges(log, damages.size(), damages.stream().mapToLong(damage -> damage.toPosition() - damage.fromPosition()).sum());
    }
}
