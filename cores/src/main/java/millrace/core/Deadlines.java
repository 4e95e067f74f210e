package millrace.core;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/// What is due when: one deadline for each key, in the core's own time.
///
/// Putting a deadline off, which is what every heartbeat does, only notes the new time; the queue keeps the old, earlier one
/// and looks again when that is reached. So it costs one map access, and [#next] may be too early but never too late.
///
/// Equal deadlines come out in the order in which they were queued, so that a seed always tells the same story.
public final class Deadlines<K> {
    private record Queued<K>(long atMs, long order, K key) implements Comparable<Queued<K>> {
        @Override public int compareTo(Queued<K> other) {
            int byTime = Long.compare(atMs, other.atMs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private static final class Slot<K> {
        private long wantedMs;
        private Queued<K> queued;
    }

    private final Map<K, Slot<K>> slots = new HashMap<>();
    private final NavigableSet<Queued<K>> queue = new TreeSet<>();
    private long nextOrder;

    /// From now on `key` is due at `atMs`, and at no other time.
    public void set(K key, long atMs) {
        Slot<K> slot = slots.computeIfAbsent(key, _ -> new Slot<>());
        slot.wantedMs = atMs;
        if (slot.queued != null && slot.queued.atMs() <= atMs) return;
        if (slot.queued != null) queue.remove(slot.queued);
        enqueue(key, slot);
    }

    private void enqueue(K key, Slot<K> slot) {
        slot.queued = new Queued<>(slot.wantedMs, nextOrder++, key);
        queue.add(slot.queued);
    }

    public void clear(K key) {
        Slot<K> slot = slots.remove(key);
        if (slot != null) queue.remove(slot.queued);
    }

    /// Takes out one key that is due at `nowMs`.
    /// @return null when none is
    public K poll(long nowMs) {
        while (!queue.isEmpty() && queue.first().atMs() <= nowMs) {
            K key = queue.pollFirst().key();
            Slot<K> slot = slots.get(key);
            if (slot.wantedMs <= nowMs) {
                slots.remove(key);
                return key;
            }
            enqueue(key, slot);
        }
        return null;
    }

    /// @return when to [#poll] next; [Long#MAX_VALUE] when nothing is set
    public long next() {
        return queue.isEmpty() ? Long.MAX_VALUE : queue.first().atMs();
    }

    /// @return when `key` is due; [Long#MAX_VALUE] when nothing is set for it
    public long of(K key) {
        Slot<K> slot = slots.get(key);
        return slot == null ? Long.MAX_VALUE : slot.wantedMs;
    }

    /// @return whether a deadline is set for `key`
    public boolean has(K key) {
        return slots.containsKey(key);
    }

    public int size() {
        return slots.size();
    }
}
