package millrace.sim.table;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import millrace.record.ControlRecord;
import millrace.record.ControlRecords;
import millrace.record.DecodeLimits;
import millrace.record.Record;
import millrace.record.RecordBatch;

/// What the log would hold had it never been compacted.
final class Shadow {
    /// One record of it. A marker has no key.
    ///
    /// @param value null is a tombstone
    record Entry(long offset, long producerId, boolean transactional, boolean marker, boolean commit, String key, String value) {}

    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private long end;

    void appended(ByteBuffer bytes) {
        for (Entry entry : entries(RecordBatch.at(bytes, 0))) {
            entries.put(entry.offset, entry);
            end = entry.offset + 1;
        }
    }

    /// After a crash: what was not synced (from `unsynced` on) is there or not.
    void keepOfTheUnsynced(long unsynced, SortedSet<Long> left, long logEndOffset) {
        entries.tailMap(unsynced, true).keySet().removeIf(offset -> !left.contains(offset));
        end = logEndOffset;
    }

    long end() {
        return end;
    }

    Entry at(long offset) {
        return entries.get(offset);
    }

    static List<Entry> entries(RecordBatch batch) {
        var found = new ArrayList<Entry>();
        try (var records = batch.records(DecodeLimits.DEFAULT)) {
            while (records.hasNext()) found.add(entry(batch, records.next()));
        }
        return found;
    }

    private static Entry entry(RecordBatch batch, Record record) {
        boolean commit = batch.isControl() && ControlRecords.parse(record) instanceof ControlRecord.EndTransaction end && end.commit();
        return new Entry(record.offset(), batch.producerId(), batch.isTransactional(), batch.isControl(), commit, batch.isControl() ? null : hex(record.key()), record.hasValue() ? hex(record.value()) : null);
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }

    /// The marker that decides a record's transaction; null without a transaction, and while it is open.
    Entry markerOf(Entry record) {
        if (!record.transactional) return null;
        return entries.tailMap(record.offset, false).values().stream().filter(each -> each.marker && each.producerId == record.producerId).findFirst().orElse(null);
    }

    /// What a reader of committed data has after everything below `bound`, where every transaction is decided.
    TreeMap<String, String> table(long bound) {
        var table = new TreeMap<String, String>();
        for (Entry each : entries.headMap(bound, false).values()) {
            if (each.marker) continue;
            Entry marker = markerOf(each);
            if (!each.transactional || marker != null && marker.commit) put(table, each);
        }
        return table;
    }

    static void put(TreeMap<String, String> table, Entry entry) {
        if (entry.value == null) table.remove(entry.key);
        else table.put(entry.key, entry.value);
    }
}
