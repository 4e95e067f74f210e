package millrace.wire;

import java.util.ArrayList;

import millrace.ports.Cancellable;
import millrace.ports.Clock;
import millrace.ports.EventLoop;

/// Deadlines of one event loop: many are set, nearly all are taken back before they pass.
///
/// Setting and taking back are a few pointer writes; the loop has at most one timer for all of them, and none while there are
/// no deadlines. A deadline is never early, and late by less than a tick. Used on its loop only.
///
/// 512 slots of one tick each; a deadline lies in the slot of its tick, modulo 512, and is looked at once in each round.
final class DeadlineWheel {
    private static final int SLOTS = 512;
    private static final int MASK = SLOTS - 1;

    private static final int OUT = -1;
    private static final int DUE = -2;

    /// Something with a deadline; lies in at most one wheel.
    abstract static class Entry {
        private int slot = OUT;
        private long tick;
        private Entry before;
        private Entry after;

        /// Called once the deadline has passed, on the loop; the entry is out of the wheel by then.
        abstract void expired(long nowMs);
    }

    private final EventLoop loop;
    private final Clock clock;
    private final long tickMs;
    private final Entry[] slots = new Entry[SLOTS];
    private final ArrayList<Entry> due = new ArrayList<>();
    private int size;
    /// Every deadline of this tick or an earlier one has been looked at.
    private long lastTick;
    private long armedTick = Long.MAX_VALUE;
    private Cancellable timer;

    DeadlineWheel(EventLoop loop, Clock clock, long tickMs) {
        this.loop = loop;
        this.clock = clock;
        this.tickMs = tickMs;
    }

    int size() {
        return size;
    }

    /// @param deadlineMs monotonic; one that has passed expires in the loop's next turns, not within this call
    void set(Entry entry, long deadlineMs) {
        clear(entry);
        if (size == 0) lastTick = Math.max(lastTick, clock.monotonicMs() / tickMs);
        entry.tick = Math.max(lastTick + 1, Math.ceilDiv(deadlineMs, tickMs));
        link(entry);
        arm(Math.min(entry.tick, lastTick + SLOTS));
    }

    void clear(Entry entry) {
        if (entry.slot >= 0) unlink(entry);
        entry.slot = OUT;
    }

    private void link(Entry entry) {
        int slot = (int) (entry.tick & MASK);
        Entry first = slots[slot];
        entry.slot = slot;
        entry.before = null;
        entry.after = first;
        if (first != null) first.before = entry;
        slots[slot] = entry;
        size++;
    }

    private void unlink(Entry entry) {
        if (entry.before == null) slots[entry.slot] = entry.after;
        else entry.before.after = entry.after;
        if (entry.after != null) entry.after.before = entry.before;
        entry.before = null;
        entry.after = null;
        size--;
    }

    private void arm(long tick) {
        if (tick >= armedTick) return;
        if (timer != null) timer.cancel();
        armedTick = tick;
        timer = loop.schedule(Math.max(0, tick * tickMs - clock.monotonicMs()), this::pass);
    }

    private void pass() {
        timer = null;
        armedTick = Long.MAX_VALUE;
        long nowMs = clock.monotonicMs();
        long nowTick = nowMs / tickMs;
        long from = Math.max(lastTick + 1, nowTick - SLOTS + 1);
        for (long tick = from; tick <= nowTick; tick++) collect((int) (tick & MASK), nowTick);
        lastTick = Math.max(lastTick, nowTick);
        expire(nowMs);
        armNext();
    }

    private void collect(int slot, long nowTick) {
        for (Entry entry = slots[slot], next; entry != null; entry = next) {
            next = entry.after;
            if (entry.tick > nowTick) continue;
            unlink(entry);
            entry.slot = DUE;
            due.add(entry);
        }
    }

    private void expire(long nowMs) {
        for (int i = 0; i < due.size(); i++) {
            Entry entry = due.get(i);
            if (entry.slot != DUE) continue;    // taken back by one that expired before it
            entry.slot = OUT;
            entry.expired(nowMs);
        }
        due.clear();
    }

    private void armNext() {
        if (size == 0) return;
        for (long tick = lastTick + 1; tick <= lastTick + SLOTS; tick++) {
            if (slots[(int) (tick & MASK)] != null) {
                arm(tick);
                return;
            }
        }
    }
}
