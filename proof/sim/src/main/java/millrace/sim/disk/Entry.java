package millrace.sim.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What a name stands for: a folder of further names, or a file's bytes.
sealed interface Entry {
    /// A directory: its names as the process sees them, as the device holds them, and the changes between the two, oldest first.
    final class Folder implements Entry {
        TreeMap<String, Entry> live = new TreeMap<>();
        TreeMap<String, Entry> durable = new TreeMap<>();
        final List<Change> unsynced = new ArrayList<>();
    }

    /// A file.
    ///
    /// `live` is the page cache, `durable` the device. `dirty` has, for each sector written since the last sync, the first and last
    /// changed byte in it, and `onTheWay` what syncs that have begun are about to write. `cutTo` is the shortest length since the last
    /// sync when the file was cut, or -1.
    final class Content implements Entry {
        static final int SECTOR = 512;

        byte[] live = new byte[0];
        int size;
        byte[] durable = new byte[0];
        int durableSize;
        TreeMap<Integer, Span> dirty = new TreeMap<>();
        final List<TreeMap<Integer, Span>> onTheWay = new ArrayList<>();
        int cutTo = -1;
        long modifiedMs;

        /// What was on the way is as unsynced as it was before.
        void giveUpSyncs() {
            for (TreeMap<Integer, Span> begun : onTheWay) begun.forEach((sector, span) -> dirty.merge(sector, span, Span::with));
            onTheWay.clear();
        }
    }

    /// Bytes `from` (inclusive) to `to` (exclusive) of a file.
    record Span(int from, int to) {
        Span with(Span other) {
            return new Span(Math.min(from, other.from), Math.max(to, other.to));
        }
    }

    /// One creation, deletion or rename: what names of which folders stand for from now on (null: for nothing).
    final class Change {
        record Part(Folder folder, String name, Entry entry) {}

        final List<Part> parts;
        /// Drawn once at a power loss, so that a rename from one folder to another is whole or not at all.
        Boolean survives;

        Change(Part... parts) {
            this.parts = List.of(parts);
        }

        void applyLive() {
            for (Part part : parts) {
                put(part.folder().live, part);
                if (!part.folder().unsynced.contains(this)) part.folder().unsynced.add(this);
            }
        }

        void applyDurable() {
            for (Part part : parts) {
                put(part.folder().durable, part);
                part.folder().unsynced.remove(this);
            }
        }

        private static void put(TreeMap<String, Entry> names, Part part) {
            if (part.entry() == null) names.remove(part.name());
            else names.put(part.name(), part.entry());
        }
    }
}
