package millrace.sim.disk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import millrace.sim.Chance;
import millrace.sim.disk.Entry.Change;
import millrace.sim.disk.Entry.Content;
import millrace.sim.disk.Entry.Folder;
import millrace.sim.disk.Entry.Span;

/// What outlives a process: the files and names of one machine, in the page cache and on the device.
public final class Platter {
    private static final long DEFAULT_CAPACITY_BYTES = 1L << 30;

    final Folder root = new Folder();
    /// Paths locked by the running process; a lock ends with it.
    final TreeSet<String> locks = new TreeSet<>();
    private final Chance chance;
    private long capacityBytes = DEFAULT_CAPACITY_BYTES;
    private long usedBytes;
    private boolean lied;
    private boolean syncsLost;

    public Platter(Chance chance) {
        this.chance = chance;
    }

    /// What an operator has prepared long before: an empty directory, on the device.
    public void mount(Path directory) {
        Folder at = root;
        for (Path name : directory.normalize()) {
            Entry next = at.live.computeIfAbsent(name.toString(), it -> new Folder());
            at.durable.put(name.toString(), next);
            at = (Folder) next;
        }
    }

    /// @return whether the device has damaged the only copy of something (bit rot, lost or misdirected write)
    public boolean hasLied() {
        return lied;
    }

    void lie() {
        lied = true;
    }

    /// @return whether a sync has failed here, so that unsynced bytes count as clean
    public boolean hasFailedASync() {
        return syncsLost;
    }

    void failedASync() {
        syncsLost = true;
    }

    /// From now on only `bytes` more can be written (until [#grow]).
    public void leaveFreeBytes(long bytes) {
        capacityBytes = usedBytes + bytes;
    }

    /// There is space again.
    public void grow() {
        capacityBytes = DEFAULT_CAPACITY_BYTES;
    }

    public long freeBytes() {
        return Math.max(0, capacityBytes - usedBytes);
    }

    long capacityBytes() {
        return capacityBytes;
    }

    void used(long deltaBytes) {
        usedBytes += deltaBytes;
    }

    /// Locks end with the process that held them, and syncs that it had begun are nobody's any more.
    void processStarts() {
        locks.clear();
        files(root).forEach(Content::giveUpSyncs);
    }

    /// The page cache is gone: what was not synced is what chance makes of it.
    public void losePower() {
        locks.clear();
        settleNames(root);
        List<Content> files = files(root);
        for (Content file : files) settleBytes(file);
        usedBytes = files.stream().mapToLong(file -> file.size).sum();
    }

    private void settleNames(Folder folder) {
        List<Change> changes = new ArrayList<>(folder.unsynced);
        int kept = switch (chance.below(4)) {
            case 0 -> changes.size();
            case 1 -> chance.between(0, changes.size());
            default -> 0;
        };
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            if (change.survives == null) change.survives = i < kept;
            if (change.survives) change.applyDurable();
        }
        folder.unsynced.clear();
        folder.live = new TreeMap<>(folder.durable);
        for (Entry entry : folder.live.values()) {
            if (entry instanceof Folder child) settleNames(child);
        }
    }

    private void settleBytes(Content file) {
        boolean cutSurvives = file.cutTo >= 0 && chance.coin();
        boolean cutIsUndone = file.cutTo >= 0 && !cutSurvives;
        if (cutSurvives) {
            Arrays.fill(file.durable, Math.min(file.cutTo, file.durable.length), file.durable.length, (byte) 0);
            file.durableSize = Math.min(file.durableSize, file.cutTo);
        }
        int oldSize = file.durableSize;
        int newSize = cutIsUndone || chance.coin() ? oldSize : file.size;
        if (!cutIsUndone && newSize != oldSize && chance.perMille(300)) newSize = chance.between(Math.min(oldSize, newSize), Math.max(oldSize, newSize));
        file.durable = Arrays.copyOf(file.durable, Math.max(file.durable.length, Math.max(newSize, file.size)));
        file.giveUpSyncs();
        for (Map.Entry<Integer, Span> sector : file.dirty.entrySet()) {
            if (cutIsUndone && sector.getValue().to() > file.cutTo) continue;
            settleSector(file, sector.getValue());
        }
        if (newSize < file.durable.length) Arrays.fill(file.durable, newSize, file.durable.length, (byte) 0);
        file.durableSize = newSize;
        file.dirty.clear();
        file.cutTo = -1;
        file.size = newSize;
        file.live = Arrays.copyOf(file.durable, newSize);
    }

    private void settleSector(Content file, Span written) {
        int to = Math.min(written.to(), Math.min(file.live.length, file.durable.length));
        switch (chance.below(8)) {
            case 0, 1, 2 -> copy(file, written.from(), to);
            case 3 -> copy(file, written.from(), Math.max(written.from(), chance.between(written.from(), Math.max(written.from(), to))));
            case 4 -> {
                if (written.from() < to) chance.fill(file.durable, written.from(), to);
            }
            default -> { }   // old
        }
    }

    private static void copy(Content file, int from, int to) {
        if (from < to) System.arraycopy(file.live, from, file.durable, from, to - from);
    }

    /// One bit of one file turns, in the device and in the cache.
    /// @return whether there was a byte to damage
    public boolean rotOneBit() {
        List<Content> candidates = files(root).stream().filter(file -> file.durableSize > 0 && file.size > 0).toList();
        if (candidates.isEmpty()) return false;
        Content file = chance.pick(candidates);
        int at = chance.below(Math.min(file.durableSize, file.size));
        byte mask = (byte) (1 << chance.below(8));
        file.durable[at] ^= mask;
        file.live[at] ^= mask;
        lied = true;
        return true;
    }

    /// The device writes a sector where it was not meant to go.
    void misdirect(byte[] sector, int length) {
        lied = true;
        List<Content> candidates = files(root).stream().filter(file -> file.durableSize >= length).toList();
        if (candidates.isEmpty()) return;
        Content victim = chance.pick(candidates);
        int at = chance.below(Math.max(1, victim.durableSize / Content.SECTOR)) * Content.SECTOR;
        System.arraycopy(sector, 0, victim.durable, at, Math.min(length, victim.durableSize - at));
    }

    private static List<Content> files(Folder folder) {
        List<Content> found = new ArrayList<>();
        for (Entry entry : folder.live.values()) {
            switch (entry) {
                case Folder child -> found.addAll(files(child));
                case Content file -> found.add(file);
            }
        }
        return found;
    }
}
