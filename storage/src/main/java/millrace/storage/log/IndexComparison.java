package millrace.storage.log;

/// Compares the entries of one segment's indexes with its batches, which it is shown in order. Entries that lie in damage are not asked:
/// of what they point at nothing is known.
///
/// Of each index the first wrong entry is told and the others are counted: whoever makes it anew is not helped by a thousand lines.
final class IndexComparison {
    /// @param entry its number, from 0 on
    record Wrong(int entry, int more, String what) {}

    private final long baseOffset;
    private final OffsetIndex offsets;
    private final TimeIndex times;
    private int offsetEntry;
    private int timeEntry;
    private long largestTimestamp = -1;
    private boolean behindDamage;
    private Wrong wrongOffset;
    private Wrong wrongTime;

    /// @param offsets empty where there is nothing to compare
    IndexComparison(long baseOffset, OffsetIndex offsets, TimeIndex times) {
        this.baseOffset = baseOffset;
        this.offsets = offsets;
        this.times = times;
    }

    void batch(int position, long firstOffset, long lastOffset, long maxTimestamp) {
        while (offsetEntry < offsets.count() && offsets.position(offsetEntry) <= position) compareOffset(position, lastOffset);
        largestTimestamp = Math.max(largestTimestamp, maxTimestamp);
        while (timeEntry < times.count() && baseOffset + times.relativeOffset(timeEntry) <= lastOffset) compareTime(firstOffset, maxTimestamp);
        behindDamage = false;
    }

    private void compareOffset(int position, long lastOffset) {
        int at = offsets.position(offsetEntry);
        long stated = baseOffset + offsets.relativeOffset(offsetEntry);
        if (at < position) wrongOffset("says that a batch begins at position " + at + ", and none does");
        else if (stated != lastOffset) wrongOffset("says that the batch at position " + at + " ends with offset " + stated + ", and it ends with " + lastOffset);
        offsetEntry++;
    }

    private void compareTime(long firstOffset, long maxTimestamp) {
        long offset = baseOffset + times.relativeOffset(timeEntry);
        long stated = times.timestamp(timeEntry);
        if (offset < firstOffset && !behindDamage) wrongTime("names offset " + offset + ", where there is no batch");
        else if (offset >= firstOffset && stated != maxTimestamp) wrongTime("says that the batch of offset " + offset + " has timestamp " + stated + ", and it has " + maxTimestamp);
        else if (stated < largestTimestamp) wrongTime("says that no timestamp up to offset " + offset + " is above " + stated + ", and one is " + largestTimestamp);
        timeEntry++;
    }

    /// What lies before position `to` is no batch.
    /// @param toTheEnd nothing follows
    void damage(int to, boolean toTheEnd) {
        behindDamage = true;
        while (offsetEntry < offsets.count() && offsets.position(offsetEntry) < to) offsetEntry++;
        if (toTheEnd) timeEntry = times.count();
    }

    void end() {
        for (; offsetEntry < offsets.count(); offsetEntry++) wrongOffset("points at position " + offsets.position(offsetEntry) + ", behind the last batch");
        for (; timeEntry < times.count(); timeEntry++) wrongTime("names offset " + (baseOffset + times.relativeOffset(timeEntry)) + ", behind the last batch");
    }

    private void wrongOffset(String what) {
        wrongOffset = wrongOffset == null ? new Wrong(offsetEntry, 0, what) : new Wrong(wrongOffset.entry, wrongOffset.more + 1, wrongOffset.what);
    }

    private void wrongTime(String what) {
        wrongTime = wrongTime == null ? new Wrong(timeEntry, 0, what) : new Wrong(wrongTime.entry, wrongTime.more + 1, wrongTime.what);
    }

    /// @return null when all entries are right
    Wrong wrongOffset() {
        return wrongOffset;
    }

    /// @return null when all entries are right
    Wrong wrongTime() {
        return wrongTime;
    }
}
