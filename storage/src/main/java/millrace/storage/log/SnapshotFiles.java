package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import millrace.storage.file.SmallFiles;

/// The `.snapshot` files of one log: which there are, which wait to be written, which may go.
///
/// One belongs to each segment, at its base offset: retention takes it away with the segment, truncation needs one below any offset.
/// Between them stand at most [#EXTRA_KEPT] more, taken while a long segment fills so that recovery reads little, and at the stop.
///
/// Beside each may lie its [RecentBatches].
///
/// The set is guarded by the log's flush lock; [#add] by its lock.
final class SnapshotFiles {
    private static final int EXTRA_KEPT = 2;

    /// Taken under the log's lock, written by the next flush.
    ///
    /// @param recentBatches null when there is nothing to add to the snapshot
    record Waiting(long offset, ByteBuffer bytes, ByteBuffer recentBatches) {}

    private final LogPlace place;
    private final NavigableSet<Long> onDisk = new TreeSet<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    SnapshotFiles(LogPlace place) {
        this.place = place;
    }

    void found(long offset) {
        onDisk.add(offset);
    }

    /// Under the log's lock.
    void add(Waiting taken) {
        waiting.removeIf(each -> each.offset == taken.offset);
        waiting.add(taken);
    }

    /// Under the log's lock: what a flush has to write.
    List<Waiting> takeWaiting() {
        if (waiting.isEmpty()) return List.of();
        var taken = new ArrayList<>(waiting);
        waiting.clear();
        return taken;
    }

    /// Under the log's lock: they could not be written yet.
    void putBack(List<Waiting> taken) {
        for (int i = taken.size() - 1; i >= 0; i--) waiting.addFirst(taken.get(i));
    }

    /// Under the log's lock: the log now ends below what they describe.
    void forgetWaitingAbove(long offset) {
        waiting.removeIf(each -> each.offset > offset);
    }

    /// Writes the recent batches and makes their names durable before any snapshot's: a snapshot that survives a power loss without
    /// them would be believed, and four of a producer's five batches forgotten.
    void write(List<Waiting> taken) throws IOException {
        boolean named = false;
        for (Waiting each : taken) {
            if (each.recentBatches == null) continue;
            SmallFiles.replaceWithoutDirectory(place.disk(), file(each.offset, SegmentFiles.RECENT_BATCHES), each.recentBatches);
            named = true;
        }
        if (named) place.disk().syncDirectory(place.directory());
        for (Waiting each : taken) {
            SmallFiles.replaceWithoutDirectory(place.disk(), file(each.offset), each.bytes);
            onDisk.add(each.offset);
        }
    }

    /// Under both locks: the newest one that is on the device or waits for it.
    long latestTaken() {
        return waiting.stream().mapToLong(Waiting::offset).reduce(latest(), Math::max);
    }

    long latest() {
        return onDisk.isEmpty() ? -1 : onDisk.last();
    }

    /// The newest snapshot at or below `offset` that can be read; broken ones on the way are deleted.
    /// @return null when there is none
    Loaded latestAtOrBelow(long offset) throws IOException {
        for (Long at = onDisk.floor(offset); at != null; at = onDisk.lower(at)) {
            List<Producer> producers = read(at);
            if (producers != null) return new Loaded(at, producers);
            delete(at);
        }
        return null;
    }

    record Loaded(long offset, List<Producer> producers) {}

    private List<Producer> read(long offset) throws IOException {
        Path file = file(offset);
        try {
            List<Producer> producers = ProducerSnapshots.read(SmallFiles.read(place.disk(), file));
            if (producers != null) return withRecentBatches(offset, producers);
            rejected(file, "its version or CRC is wrong");
            return null;
        } catch (NoSuchFileException e) {
            rejected(file, "it is gone");
            return null;
        }
    }

    private List<Producer> withRecentBatches(long offset, List<Producer> producers) throws IOException {
        if (producers.isEmpty()) return producers;
        try {
            return RecentBatches.addTo(producers, SmallFiles.read(place.disk(), file(offset, SegmentFiles.RECENT_BATCHES)));
        } catch (NoSuchFileException absent) {
            return producers;
        }
    }

    private void rejected(Path file, String reason) {
        place.host().onEvent(new LogEvent.SideFileRejected(place.topicPartition(), file, reason));
    }

    /// The folder has to be synced afterwards: a snapshot that came back with a power loss would describe a history that is no more.
    /// @return whether there were any
    boolean deleteAbove(long offset) throws IOException {
        if (onDisk.isEmpty() || onDisk.last() <= offset) return false;
        deleteIf(at -> at > offset);
        return true;
    }

    void deleteAll() throws IOException {
        deleteIf(at -> true);
    }

    void deleteAt(long offset) throws IOException {
        deleteIf(at -> at == offset);
    }

    /// Deletes what belongs to no segment, but for the newest ones.
    void deleteStrays(LongPredicate isSegment) throws IOException {
        int kept = 0;
        for (Long at : List.copyOf(onDisk.descendingSet())) {
            if (isSegment.test(at)) continue;
            if (++kept > EXTRA_KEPT) deleteAt(at);
        }
    }

    private void deleteIf(LongPredicate condition) throws IOException {
        for (Long at : List.copyOf(onDisk)) {
            if (!condition.test(at)) continue;
            delete(at);
        }
    }

    private void delete(long at) throws IOException {
        place.disk().delete(file(at));
        place.disk().delete(file(at, SegmentFiles.RECENT_BATCHES));
        onDisk.remove(at);
    }

    /// Deletes a file of recent batches whose snapshot is gone. Before anything is loaded.
    void sweep(long offset) throws IOException {
        if (!onDisk.contains(offset)) place.disk().delete(file(offset, SegmentFiles.RECENT_BATCHES));
    }

    private Path file(long offset) {
        return file(offset, SegmentFiles.SNAPSHOT);
    }

    private Path file(long offset, String suffix) {
        return SegmentFiles.file(place.directory(), offset, suffix);
    }
}
