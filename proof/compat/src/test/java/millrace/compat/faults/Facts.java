package millrace.compat.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/// What was sent, acknowledged and read, and whether it goes together. Safe for use from any thread.
///
/// A record's id is its producer's number and its place in that producer's order; no two records have the same.
final class Facts {
    private static final int SEQUENCE_BITS = 32;

    private final Map<Long, Integer> sentTo = new HashMap<>();
    private final Map<Integer, TreeMap<Long, Long>> acknowledged = new TreeMap<>();
    private final Map<Integer, TreeMap<Long, Long>> read = new TreeMap<>();
    private final Map<Long, Long> offsetOf = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long acknowledgements;

    /// What is known so far, to be checked against one fate among several.
    synchronized Facts copy() {
        var copy = new Facts();
        copy.sentTo.putAll(sentTo);
        acknowledged.forEach((partition, offsets) -> copy.acknowledged.put(partition, new TreeMap<>(offsets)));
        copy.acknowledgements = acknowledgements;
        return copy;
    }

    /// As [#copy], but of what was acknowledged only the last of each key counts.
    synchronized Facts latestOfEach(LongUnaryOperator key) {
        Facts latest = copy();
        latest.acknowledged.values().forEach(offsets -> {
            var last = new HashMap<Long, Long>();
            offsets.forEach((offset, id) -> last.put(key.applyAsLong(id), offset));
            offsets.keySet().retainAll(last.values());
        });
        return latest;
    }

    static long id(int producer, int sequence) {
        return (long) producer << SEQUENCE_BITS | sequence;
    }

    static String name(long id) {
        return "record " + (int) id + " of producer " + (id >> SEQUENCE_BITS);
    }

    synchronized void sent(long id, int partition) {
        sentTo.put(id, partition);
    }

    synchronized void acknowledged(long id, int partition, long offset) {
        acknowledgements++;
        Long other = acknowledged.computeIfAbsent(partition, _ -> new TreeMap<>()).put(offset, id);
        if (other != null && other != id) violation("D3", "offset " + offset + " of partition " + partition + " was acknowledged for " + name(other) + " and for " + name(id));
    }

    synchronized void read(int partition, long offset, long id) {
        Integer sent = sentTo.get(id);
        if (sent == null || sent != partition) violation("D2", name(id) + " was read from partition " + partition + " and never sent there");
        Long before = read.computeIfAbsent(partition, _ -> new TreeMap<>()).put(offset, id);
        if (before != null && before != id) violation("D3", "offset " + offset + " of partition " + partition + " was " + name(before) + " and is " + name(id));
        Long elsewhere = offsetOf.put(id, offset);
        if (elsewhere != null && elsewhere != offset) violation("D6", name(id) + " is at offsets " + elsewhere + " and " + offset + " of partition " + partition);
    }

    synchronized void damaged(int partition, long offset, String what) {
        violation("D2", "offset " + offset + " of partition " + partition + " holds what nobody wrote: " + what);
    }

    private void violation(String promise, String text) {
        violations.add(promise + ": " + text);
    }

    synchronized long acknowledgements() {
        return acknowledgements;
    }

    /// @return the offset behind the last acknowledged record, 0 when there is none
    synchronized long acknowledgedEnd(int partition) {
        TreeMap<Long, Long> of = acknowledged.get(partition);
        return of == null || of.isEmpty() ? 0 : of.lastKey() + 1;
    }

    /// A reading has gone through the partition up to `end`: what was acknowledged below must have been there.
    /// @param found offsets and ids as they were read, in order
    synchronized void whole(int partition, long end, TreeMap<Long, Long> found) {
        acknowledged.getOrDefault(partition, new TreeMap<>()).headMap(end).forEach((offset, id) -> {
            Long there = found.get(offset);
            if (there == null) violation("D1", name(id) + " was acknowledged at offset " + offset + " of partition " + partition + " and is not there");
            else if (!there.equals(id)) violation("D1", name(id) + " was acknowledged at offset " + offset + " of partition " + partition + ", where " + name(there) + " is");
        });
        inOrder(partition, found);
    }

    /// A damaged partition has been read as far as it can be.
    /// @param mayLackFrom the log may end here or behind: nothing on the device spoke for what followed
    synchronized void partly(int partition, Survivors survivors, long mayLackFrom) {
        var found = new TreeMap<Long, Long>();
        survivors.records().forEach((offset, record) -> {
            if (!record.isWhole()) damaged(partition, offset, "no record of ours");
            else read(partition, offset, record.id());
            found.put(offset, record.id());
        });
        acknowledged.getOrDefault(partition, new TreeMap<>()).headMap(Math.max(mayLackFrom, survivors.end())).forEach((offset, id) -> {
            if (!found.containsKey(offset) && !survivors.refuses(offset)) violation("D1", name(id) + " was acknowledged at offset " + offset + " of partition " + partition + ", is not there, and nobody says so");
            else if (found.containsKey(offset) && !found.get(offset).equals(id)) violation("D1", name(id) + " was acknowledged at offset " + offset + " of partition " + partition + ", where another is");
        });
        inOrder(partition, found);
        if (survivors.end() >= 0 && survivors.end() < acknowledgedEnd(partition)) forgetFrom(partition, Math.max(mayLackFrom, survivors.end()));
    }

    private void forgetFrom(int partition, long offset) {
        acknowledged.getOrDefault(partition, new TreeMap<>()).tailMap(offset, true).clear();
    }

    private void inOrder(int partition, TreeMap<Long, Long> found) {
        var last = new HashMap<Long, Long>();
        found.forEach((offset, id) -> {
            Long before = last.put(id >> SEQUENCE_BITS, id);
            if (before != null && before > id) violation("D5", name(id) + " is behind " + name(before) + ", at offset " + offset + " of partition " + partition);
        });
    }

    /// @return the first of what has gone wrong, each with the promise that it breaks
    synchronized List<String> violations() {
        return List.copyOf(violations.subList(0, Math.min(20, violations.size())));
    }
}
