package millrace.sim.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.FaultPlan;
import millrace.sim.InjectedFault;
import millrace.sim.disk.Entry.Change;
import millrace.sim.disk.Entry.Content;
import millrace.sim.disk.Entry.Folder;
import millrace.sim.disk.Entry.Span;

/// A process's view of a [Platter]: the whole [Disk] port. It ends with the process; a call on the disk of a dead process never returns.
///
/// Every call is a place where the process may die (`Host.diesNow`): before it, in the middle of a write, or after it.
/// With [Fault#INTERLEAVING] every call may also be a place where others get their turn; a sync always is.
public final class SimDisk implements Disk {
    /// The machine and process that this disk belongs to.
    public interface Host {
        boolean isAlive();

        /// Counted at every disk call.
        /// @return whether the process dies in this one
        boolean diesNow();

        /// Ends the process. Does not return to code that runs in the simulated process.
        void die();

        /// Does not return: for code of a process that has died already.
        void vanish();

        void sleep(long nanos);

        long timestampMs();

        void note(String line);
    }

    private static final long TYPICAL_SYNC_NANOS = 400_000;
    private static final long SLOW_SYNC_NANOS = 40_000_000;
    private static final long SHORT_NANOS = 5_000;
    /// Calls are far more frequent than a workload's steps; device errors are drawn at the step's rate divided by this.
    private static final int CALLS_PER_STEP = 20;

    private final Platter platter;
    private final Host host;
    private final FaultPlan faults;
    private final Chance chance;

    public SimDisk(Platter platter, Host host, FaultPlan faults, Chance chance) {
        this.platter = platter;
        this.host = host;
        this.faults = faults;
        this.chance = chance;
        platter.processStarts();
    }

    // ---- names ----------------------------------------------------------------------------------------------------------------

    @Override public DiskFile open(Path file, OpenMode mode) throws IOException {
        enter();
        Entry found = find(file);
        if (found instanceof Folder) throw new IOException(file + " is a directory");
        if (found == null) {
            if (mode == OpenMode.READ || mode == OpenMode.READ_WRITE) throw new NoSuchFileException(file.toString());
            var created = new Content();
            created.modifiedMs = host.timestampMs();
            new Change(new Change.Part(parentOf(file), nameOf(file), created)).applyLive();
            found = created;
        } else if (mode == OpenMode.CREATE_NEW_READ_WRITE) {
            throw new FileAlreadyExistsException(file.toString());
        }
        leave();
        return new OpenFile(file, (Content) found, mode != OpenMode.READ);
    }

    @Override public boolean exists(Path path) {
        alive();
        return find(path) != null;
    }

    @Override public boolean isDirectory(Path path) {
        alive();
        return find(path) instanceof Folder;
    }

    @Override public long size(Path file) throws IOException {
        alive();
        return switch (existing(file)) {
            case Content content -> content.size;
            case Folder _ -> 0;
        };
    }

    @Override public long lastModifiedMs(Path file) throws IOException {
        alive();
        return switch (existing(file)) {
            case Content content -> content.modifiedMs;
            case Folder _ -> 0;
        };
    }

    @Override public List<Path> list(Path directory) throws IOException {
        alive();
        if (!(existing(directory) instanceof Folder folder)) throw new NotDirectoryException(directory.toString());
        return folder.live.keySet().stream().map(directory::resolve).toList();
    }

    @Override public void createDirectories(Path directory) throws IOException {
        enter();
        Folder at = platter.root;
        for (Path name : directory.normalize()) {
            Entry next = at.live.get(name.toString());
            if (next instanceof Content) throw new FileAlreadyExistsException(directory + ": " + name + " is a file");
            if (next == null) {
                next = new Folder();
                new Change(new Change.Part(at, name.toString(), next)).applyLive();
            }
            at = (Folder) next;
        }
        leave();
    }

    @Override public void rename(Path from, Path to) throws IOException {
        enter();
        Entry moved = existing(from);
        Entry replaced = find(to);
        if (replaced == moved) return;
        if (replaced instanceof Folder folder && !folder.live.isEmpty()) throw new DirectoryNotEmptyException(to.toString());
        if (replaced instanceof Content content) platter.used(-content.size);
        new Change(new Change.Part(parentOf(from), nameOf(from), null), new Change.Part(parentOf(to), nameOf(to), moved)).applyLive();
        leave();
    }

    @Override public boolean delete(Path path) throws IOException {
        enter();
        Entry found = find(path);
        if (found == null) return false;
        if (found instanceof Folder folder && !folder.live.isEmpty()) throw new DirectoryNotEmptyException(path.toString());
        if (found instanceof Content content) platter.used(-content.size);
        new Change(new Change.Part(parentOf(path), nameOf(path), null)).applyLive();
        leave();
        return true;
    }

    @Override public void syncDirectory(Path directory) throws IOException {
        enter();
        if (!(existing(directory) instanceof Folder folder)) throw new NotDirectoryException(directory.toString());
        if (faults.strikes(Fault.SYNC_ERROR, CALLS_PER_STEP)) throw injected("sync of directory " + directory);
        List<Change> toSync = List.copyOf(folder.unsynced);
        host.sleep(syncNanos());
        for (Change change : toSync) {
            if (folder.unsynced.contains(change)) change.applyDurable();
        }
        leave();
    }

    @Override public long usableBytes(Path directory) {
        alive();
        return platter.freeBytes();
    }

    @Override public long totalBytes(Path directory) {
        alive();
        return platter.capacityBytes();
    }

    @Override public AutoCloseable tryLock(Path file) throws IOException {
        String key = file.normalize().toString();
        if (platter.locks.contains(key)) return null;
        open(file, OpenMode.CREATE_READ_WRITE).close();
        platter.locks.add(key);
        return () -> {
            if (host.isAlive()) platter.locks.remove(key);
        };
    }

    private Entry find(Path path) {
        Entry at = platter.root;
        for (Path name : path.normalize()) {
            if (name.toString().isEmpty()) continue;
            if (!(at instanceof Folder folder)) return null;
            at = folder.live.get(name.toString());
            if (at == null) return null;
        }
        return at;
    }

    private Entry existing(Path path) throws NoSuchFileException {
        Entry found = find(path);
        if (found == null) throw new NoSuchFileException(path.toString());
        return found;
    }

    private Folder parentOf(Path path) throws NoSuchFileException {
        Path parent = path.normalize().getParent();
        Entry found = parent == null ? platter.root : find(parent);
        if (found instanceof Folder folder) return folder;
        throw new NoSuchFileException(path.toString(), null, "its directory does not exist");
    }

    private static String nameOf(Path path) {
        return path.normalize().getFileName().toString();
    }

    // ---- what may happen at every call ---------------------------------------------------------------------------------------------

    private void alive() {
        if (!host.isAlive()) host.vanish();
    }

    private void enter() {
        alive();
        if (host.diesNow()) host.die();
        if (faults.strikes(Fault.INTERLEAVING)) host.sleep(chance.below(50) * SHORT_NANOS);
    }

    private void leave() {
        if (faults.strikes(Fault.INTERLEAVING)) host.sleep(chance.below(50) * SHORT_NANOS);
    }

    private long syncNanos() {
        return faults.strikes(Fault.SLOW_DISK) ? chance.heavyTailed(SLOW_SYNC_NANOS) : chance.heavyTailed(TYPICAL_SYNC_NANOS);
    }

    private InjectedFault injected(String what) {
        host.note("injected: " + what);
        return new InjectedFault("Input/output error (" + what + ")");
    }

    // ---- bytes -----------------------------------------------------------------------------------------------------------------

    private final class OpenFile implements DiskFile {
        private final Path path;
        private final Content content;
        private final boolean writable;
        private boolean closedByOwner;
        private int holds = 1;

        OpenFile(Path path, Content content, boolean writable) {
            this.path = path;
            this.content = content;
            this.writable = writable;
        }

        @Override public int read(ByteBuffer target, long position) throws IOException {
            enter();
            mustBeOpen();
            if (faults.strikes(Fault.READ_ERROR, CALLS_PER_STEP)) throw injected("read of " + path + " at " + position);
            if (position >= content.size) return -1;
            int count = (int) Math.min(target.remaining(), content.size - position);
            target.put(content.live, (int) position, count);
            leave();
            return count;
        }

        @Override public void write(ByteBuffer[] sources, long position) throws IOException {
            int total = Arrays.stream(sources).mapToInt(ByteBuffer::remaining).sum();
            ByteBuffer joined = ByteBuffer.allocate(total);
            for (ByteBuffer source : sources) joined.put(source);
            write(joined.flip(), position);
        }

        @Override public void write(ByteBuffer source, long position) throws IOException {
            alive();
            mustBeWritable();
            if (host.diesNow()) {
                put(source.limit(source.position() + chance.between(0, source.remaining())), position);
                host.die();
            }
            if (faults.strikes(Fault.INTERLEAVING)) host.sleep(chance.below(50) * SHORT_NANOS);
            if (faults.strikes(Fault.WRITE_ERROR, CALLS_PER_STEP)) {
                put(source.limit(source.position() + chance.between(0, source.remaining())), position);
                throw injected("write of " + path + " at " + position);
            }
            long growth = position + source.remaining() - content.size;
            if (growth > platter.freeBytes()) {
                int fits = (int) Math.max(0, source.remaining() - (growth - platter.freeBytes()));
                put(source.limit(source.position() + fits), position);
                host.note("disk full at a write of " + path);
                throw new InjectedFault("No space left on device (" + path + ")");
            }
            put(source, position);
            leave();
        }

        private void put(ByteBuffer source, long position) {
            int from = Math.toIntExact(position);
            int count = source.remaining();
            if (count == 0) return;
            int to = from + count;
            if (to > content.live.length) content.live = Arrays.copyOf(content.live, Math.max(to, content.live.length * 2));
            // A gap reads as zeros, and is as unsynced as the bytes behind it.
            int changedFrom = Math.min(from, content.size);
            if (from > content.size) Arrays.fill(content.live, content.size, from, (byte) 0);
            source.get(content.live, from, count);
            if (to > content.size) {
                platter.used(to - content.size);
                content.size = to;
            }
            markDirty(changedFrom < from ? changedFrom : from, to);
            content.modifiedMs = host.timestampMs();
        }

        private void markDirty(int from, int to) {
            for (int sector = from / Content.SECTOR; sector * Content.SECTOR < to; sector++) {
                int start = sector * Content.SECTOR;
                content.dirty.merge(sector, new Span(Math.max(from, start), Math.min(to, start + Content.SECTOR)), Span::with);
            }
        }

        @Override public long size() throws IOException {
            alive();
            mustBeOpen();
            return content.size;
        }

        @Override public void truncate(long size) throws IOException {
            enter();
            mustBeWritable();
            int to = Math.toIntExact(size);
            if (to < content.size) {
                Arrays.fill(content.live, to, content.size, (byte) 0);
                content.cutTo = content.cutTo < 0 ? to : Math.min(content.cutTo, to);
                content.dirty.tailMap((to + Content.SECTOR - 1) / Content.SECTOR, true).clear();
                Span last = content.dirty.get(to / Content.SECTOR);
                if (last != null && last.from() >= to) content.dirty.remove(to / Content.SECTOR);
                else if (last != null && last.to() > to) content.dirty.put(to / Content.SECTOR, new Span(last.from(), to));
                platter.used(to - content.size);
                content.size = to;
                content.modifiedMs = host.timestampMs();
            }
            leave();
        }

        @Override public void sync() throws IOException {
            enter();
            mustBeOpen();
            TreeMap<Integer, Span> begun = content.dirty;
            content.dirty = new TreeMap<>();
            content.onTheWay.add(begun);
            TreeMap<Integer, byte[]> written = new TreeMap<>();
            for (int sector : begun.keySet()) written.put(sector, sectorOf(content.live, sector));
            int size = content.size;
            int cutTo = content.cutTo;
            boolean fails = faults.strikes(Fault.SYNC_ERROR, CALLS_PER_STEP);
            host.sleep(syncNanos());
            // What an earlier sync has on its way was written before this call, too.
            while (content.onTheWay.getFirst() != begun) host.sleep(SHORT_NANOS);
            if (host.diesNow()) host.die();
            if (cutTo >= 0 && !fails) {
                Arrays.fill(content.durable, Math.min(cutTo, content.durable.length), content.durable.length, (byte) 0);
                if (content.cutTo == cutTo) content.cutTo = -1;
            }
            for (Map.Entry<Integer, byte[]> sector : written.entrySet()) {
                if (!fails || chance.coin()) toDevice(sector.getKey(), sector.getValue(), size);
            }
            // Written or not: from now on these bytes count as clean.
            content.onTheWay.removeIf(it -> it == begun);
            if (fails) {
                platter.failedASync();
                throw injected("sync of " + path);
            }
            content.durable = Arrays.copyOf(content.durable, Math.max(content.durable.length, size));
            content.durableSize = size;
            leave();
        }

        /// Some of it gets there; the rest, and the length, wait for a sync as ever. One that fails has lost what it did not write, as a sync has.
        @Override public void writeBack(long position, long length) throws IOException {
            enter();
            mustBeOpen();
            boolean fails = faults.strikes(Fault.SYNC_ERROR, CALLS_PER_STEP);
            var begun = new TreeMap<>(content.dirty.subMap((int) (position / Content.SECTOR), true, (int) ((position + length - 1) / Content.SECTOR), true));
            for (int sector : begun.keySet()) {
                if (chance.coin()) toDevice(sector, sectorOf(content.live, sector), content.size);
                if (fails) content.dirty.remove(sector);
            }
            host.sleep(syncNanos());
            if (host.diesNow()) host.die();
            if (fails) {
                platter.failedASync();
                throw injected("write-back of " + path);
            }
            leave();
        }

        private void toDevice(int sector, byte[] bytes, int size) {
            int at = sector * Content.SECTOR;
            int length = Math.min(bytes.length, size - at);
            if (length <= 0) return;
            if (faults.strikes(Fault.LOST_WRITE, CALLS_PER_STEP)) {
                host.note("the device forgets sector " + sector + " of " + path);
                platter.lie();
                return;
            }
            if (faults.strikes(Fault.MISDIRECTED_WRITE, CALLS_PER_STEP)) {
                host.note("the device writes sector " + sector + " of " + path + " somewhere else");
                platter.misdirect(bytes, length);
                return;
            }
            content.durable = Arrays.copyOf(content.durable, Math.max(content.durable.length, at + length));
            System.arraycopy(bytes, 0, content.durable, at, length);
        }

        private static byte[] sectorOf(byte[] bytes, int sector) {
            int at = sector * Content.SECTOR;
            return Arrays.copyOfRange(bytes, at, at + Content.SECTOR);
        }

        @Override public boolean retain() {
            if (holds == 0) return false;
            holds++;
            return true;
        }

        @Override public void release() {
            if (holds == 0) throw new IllegalStateException(path + " is released more often than it was retained");
            holds--;
        }

        @Override public void close() {
            if (closedByOwner) return;
            closedByOwner = true;
            release();
        }

        private void mustBeOpen() throws IOException {
            if (holds == 0) throw new ClosedChannelException();
        }

        private void mustBeWritable() throws IOException {
            mustBeOpen();
            if (!writable) throw new IOException(path + " is open for reading only");
        }

        @Override public String toString() {
            return path.toString();
        }
    }

    /// @return every file path below `directory`, for a workload that wants to look around
    public List<Path> filesBelow(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path child : list(directory)) {
            if (isDirectory(child)) found.addAll(filesBelow(child));
            else found.add(child);
        }
        return found;
    }
}
