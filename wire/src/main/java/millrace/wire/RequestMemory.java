package millrace.wire;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/// The node's one budget for requests that have not come in whole yet, and the buffers that it lends for them.
///
/// Bound: `bytes`, and beyond it two single frames. Half of it is for leases of more than a 64th of the whole, so that a few large
/// frames that stop in the middle keep nobody's smaller ones waiting. In either half: frames grow while they come in, so several
/// may hold memory and wait for more; whoever has waited longest may therefore overdraw, one lease at a time, and what waits
/// always comes to an end. Full means: wait, in the order of asking. Buffers that come back are kept for the next one, up to a
/// quarter of the half and 64 MiB. Safe from any thread.
///
/// A lease has room for exactly what was asked for, in a buffer of one of the sizes 4, 5, 6, 7, 8, 10, 12, 14, 16, 20 ... KiB;
/// the budget counts the buffer. Direct buffers, since the bytes go on to a file; should the JVM's limit for those be lower than
/// the budget, ordinary ones.
public final class RequestMemory {
    static final int SMALLEST_BYTES = 4 << 10;
    private static final int LARGEST_KEPT_BYTES = 16 << 20;
    private static final long MOST_KEPT_BYTES = 64 << 20;
    private static final int PART_OF_A_LARGE_LEASE = 64;

    private final ReentrantLock lock = new ReentrantLock();
    /// The half for leases larger than `largestHere`; null in that half itself, which takes all sizes.
    private final RequestMemory large;
    private final long largestHere;
    private final long bytes;
    private final long keepBytes;
    private final TreeMap<Integer, Deque<ByteBuffer>> kept = new TreeMap<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long keptBytes;
    private long usedBytes;
    private boolean overdrawn;

    /// Hears of the memory that it has waited for, on the thread of whoever gave it back.
    interface Waiter {
        void granted(Lease lease);
    }

    private record Waiting(int bytes, Waiter waiter) {}

    private record Grant(Waiter waiter, Lease lease) {}

    public RequestMemory(long bytes) {
        this(bytes - bytes / 2, undivided(bytes / 2), bytes / PART_OF_A_LARGE_LEASE);
    }

    static RequestMemory undivided(long bytes) {
        return new RequestMemory(bytes, null, Long.MAX_VALUE);
    }

    private RequestMemory(long bytes, RequestMemory large, long largestHere) {
        this.large = large;
        this.largestHere = largestHere;
        this.bytes = bytes;
        this.keepBytes = Math.min(bytes / 4, MOST_KEPT_BYTES);
    }

    /// @return bytes that are lent or held back for a connection that may not go on
    public long usedBytes() {
        return usedHere() + (large == null ? 0 : large.usedHere());
    }

    /// @return bytes, 0 while leases overdraw it
    public long availableBytes() {
        return Math.max(0, bytes + (large == null ? 0 : large.bytes) - usedBytes());
    }

    private long usedHere() {
        lock.lock();
        try {
            return usedBytes;
        } finally {
            lock.unlock();
        }
    }

    /// @return whether there is room for more bytes that come unasked ([#charge])
    boolean hasRoom() {
        return usedHere() < bytes;
    }

    private boolean isWaitedFor() {
        lock.lock();
        try {
            return !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// @return null when there is not enough; then `waiter` is told as soon as there is, unless it is [#forget]-ed before
    Lease take(int wanted, Waiter waiter) {
        if (wanted > largestHere) return large.take(wanted, waiter);
        int capacity = capacityFor(wanted);
        lock.lock();
        try {
            if (waiting.isEmpty() && usedBytes + capacity <= bytes) return lend(wanted, capacity, false);
            if (!overdrawn && waiting.isEmpty()) return lend(wanted, capacity, true);
            waiting.add(new Waiting(wanted, waiter));
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// @return whether it was still waiting; otherwise it has been, or is just being, granted a lease
    boolean forget(Waiter waiter) {
        if (large != null && large.forget(waiter)) return true;
        lock.lock();
        try {
            return waiting.removeIf(each -> each.waiter() == waiter);
        } finally {
            lock.unlock();
        }
    }

    /// Counts bytes that are there already and cannot be refused; the budget may be exceeded by them.
    void charge(int amount) {
        lock.lock();
        try {
            usedBytes += amount;
        } finally {
            lock.unlock();
        }
    }

    void uncharge(int amount) {
        giveBack(amount, null, false);
    }

    private void giveBack(int amount, ByteBuffer buffer, boolean wasOverdrawn) {
        List<Grant> grants = List.of();
        lock.lock();
        try {
            usedBytes -= amount;
            if (wasOverdrawn) overdrawn = false;
            if (buffer != null) keep(buffer);
            if (!waiting.isEmpty()) grants = serveWaiting();
        } finally {
            lock.unlock();
        }
        for (Grant grant : grants) grant.waiter().granted(grant.lease());
    }

    private List<Grant> serveWaiting() {
        var grants = new ArrayList<Grant>();
        for (Waiting next = waiting.peek(); next != null; next = waiting.peek()) {
            int capacity = capacityFor(next.bytes());
            boolean fits = usedBytes + capacity <= bytes;
            if (!fits && overdrawn) break;
            grants.add(new Grant(next.waiter(), lend(next.bytes(), capacity, !fits)));
            waiting.remove();
        }
        return grants;
    }

    private Lease lend(int wanted, int capacity, boolean overdraws) {
        Deque<ByteBuffer> free = kept.get(capacity);
        ByteBuffer buffer = free == null ? null : free.pollLast();
        if (buffer == null) buffer = allocate(capacity);
        else keptBytes -= capacity;
        usedBytes += capacity;
        if (overdraws) overdrawn = true;
        buffer.clear().limit(wanted);
        return new Lease(buffer, overdraws);
    }

    private static ByteBuffer allocate(int capacity) {
        try {
            return ByteBuffer.allocateDirect(capacity);
        } catch (OutOfMemoryError noneOutsideTheHeap) {
            return ByteBuffer.allocate(capacity);
        }
    }

    private void keep(ByteBuffer buffer) {
        int capacity = buffer.capacity();
        if (!buffer.isDirect() || capacity > LARGEST_KEPT_BYTES || keptBytes + capacity > keepBytes) return;
        kept.computeIfAbsent(capacity, _ -> new ArrayDeque<>()).addLast(buffer);
        keptBytes += capacity;
    }

    /// Four sizes for each doubling, so that at most a fifth of a buffer is empty. What is too large to be kept is exact.
    static int capacityFor(int wanted) {
        if (wanted <= SMALLEST_BYTES) return SMALLEST_BYTES;
        if (wanted > LARGEST_KEPT_BYTES) return wanted;
        int quarter = Integer.highestOneBit(wanted - 1) / 4;
        return (wanted + quarter - 1) / quarter * quarter;
    }

    /// Memory on loan. Its one holder gives it back once.
    final class Lease {
        private final ByteBuffer buffer;
        private final boolean overdraws;
        private boolean given;

        private Lease(ByteBuffer buffer, boolean overdraws) {
            this.buffer = buffer;
            this.overdraws = overdraws;
        }

        /// Position 0, limit at the size asked for; not to be touched after [#giveBack].
        ByteBuffer buffer() {
            return buffer;
        }

        /// @return whether others wait for what this lease is a part of
        boolean isWanted() {
            return isWaitedFor();
        }

        void giveBack() {
            if (given) throw new IllegalStateException("request memory of " + buffer.capacity() + " bytes was given back twice");
            given = true;
            RequestMemory.this.giveBack(buffer.capacity(), buffer, overdraws);
        }
    }
}
