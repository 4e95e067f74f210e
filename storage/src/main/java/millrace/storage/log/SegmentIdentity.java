package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.record.RecordBatch;
import millrace.storage.file.SmallFiles;
import millrace.storage.identity.BatchCheck;
import millrace.storage.identity.IdentityChain;
import millrace.storage.identity.IdentityChain.Kind;
import millrace.storage.identity.IdentityFile;

/// What one segment's bytes are known to have been, and whether they still are.
///
///     absent ──first use──▶ chain ◀──appended()── (the log's lock)
///                             │ ──write()──▶ `.identity`, never beyond what is synced (the flush lock)
///                             │ ──cut(), rewind()──▶ a shorter chain; readers of the old one look again
///     read ──▶ goodUntil() ──▶ believed? else the spans are read whole and compared
///
/// Where a log keeps no identity (the metadata quorum's), there is no chain and nothing is compared.
final class SegmentIdentity {
    private final LogPlace place;
    private final long baseOffset;
    private volatile Path file;
    private final ReentrantLock loading = new ReentrantLock();
    private volatile IdentityChain chain;
    private int writtenSpans;
    private int spansInFile;                            // more than are written after a recovery, which links the rest again
    private boolean closedInFile;
    private volatile boolean left;

    SegmentIdentity(LogPlace place, long baseOffset) {
        this.place = place;
        this.baseOffset = baseOffset;
        this.file = SegmentFiles.file(place.directory(), baseOffset, SegmentFiles.IDENTITY);
    }

    /// The segment's files have another ending now, or will have from the beginning: a cleaned segment is on its way into the log.
    void movedTo(Path newFile) {
        file = newFile;
    }

    /// @param sizeInBytes of the segment; what the file does not speak of is unchecked
    /// @return null where none is kept
    IdentityChain chain(int sizeInBytes) throws IOException {
        IdentityChain now = chain;
        if (now != null || !place.cache().keepsIdentity()) return now;
        loading.lock();
        try {
            if (chain == null) chain = loaded(sizeInBytes);
            if (left) chain.supersede();                             // the file may be that of the segment in its place by now
            return chain;
        } finally {
            loading.unlock();
        }
    }

    private IdentityChain loaded(int sizeInBytes) throws IOException {
        IdentityChain claims = claims(sizeInBytes);
        if (claims.coveredBytes() < sizeInBytes) claims.skip(Kind.UNCHECKED, sizeInBytes, IdentityChain.UNKNOWN_OFFSET, 0);
        return claims;
    }

    /// What the file says and no more.
    private IdentityChain claims(int sizeInBytes) throws IOException {
        nothingInFile();
        ByteBuffer bytes;
        try {
            bytes = SmallFiles.read(place.disk(), file);
        } catch (NoSuchFileException absent) {
            return fresh();
        }
        return switch (IdentityFile.read(bytes, place.cache().identityGeneration(), place.owner().topicId(), place.topicPartition().partition(), baseOffset)) {
            case IdentityFile.Content.Claims(IdentityChain read, boolean sound) -> {
                if (!sound) rejected("only its first " + read.count() + " spans are whole");
                writtenSpans = spansInFile = read.count();
                closedInFile = read.isClosed();
                yield read;
            }
            case IdentityFile.Content.Unreadable(String reason) -> {
                rejected(reason);
                yield fresh();
            }
            case IdentityFile.Content.OfAnOlderGeneration() -> fresh();
            case IdentityFile.Content.OfAnother another -> ofAnother(another, sizeInBytes);
        };
    }

    private IdentityChain fresh() {
        return new IdentityChain(place.owner().topicId(), place.topicPartition().partition(), baseOffset);
    }

    private void rejected(String reason) {
        place.host().onEvent(new LogEvent.SideFileRejected(place.topicPartition(), file, reason));
    }

    /// One of the two files lies where it does not belong. Which one nobody can tell, so nothing of the segment is served.
    private IdentityChain ofAnother(IdentityFile.Content.OfAnother other, int sizeInBytes) {
        rejected("it is that of partition " + other.partition() + " of topic id " + other.topicId() + ", segment " + other.baseOffset()
                + "; if the .log file is known to be the right one, delete this file");
        IdentityChain damaged = fresh();
        damaged.skip(Kind.DAMAGED, sizeInBytes, IdentityChain.UNKNOWN_OFFSET, 0);
        return damaged;
    }

    // ---- appending, under the log's lock ----

    /// @param sizeInBytes of the segment without the batch
    void appended(RecordBatch batch, int sizeInBytes) throws IOException {
        if (sizeInBytes == 0 && chain == null && place.cache().keepsIdentity()) chain = begun();
        IdentityChain now = chain(sizeInBytes);
        if (now != null) now.append(batch, place.clock());
    }

    /// A segment of this name begins anew. What a file left behind claims of an older one has to be gone before a byte is written.
    void sweep() throws IOException {
        if (place.disk().delete(file)) place.disk().syncDirectory(place.directory());
    }

    private IdentityChain begun() {
        nothingInFile();
        return fresh();
    }

    private void nothingInFile() {
        writtenSpans = spansInFile = 0;
        closedInFile = false;
    }

    /// The segment is going to be appended to (again). On the device when it returns: once its end is torn off, nobody could tell it from the
    /// end that was closed.
    void reopen(int sizeInBytes) throws IOException {
        if (!place.cache().keepsIdentity()) return;
        if (sizeInBytes == 0) {
            sweep();
            nothingInFile();
        } else {
            chain(sizeInBytes);
            if (closedInFile) cutFile(spansInFile);
        }
    }

    /// Nothing follows soon: what has been appended is to be claimed.
    void seal() {
        IdentityChain now = chain;
        if (now != null) now.seal(place.clock().monotonicMs());
    }

    /// In recovery: bytes that are not what they should be, up to `end`.
    void skip(int end, long lastOffset) throws IOException {
        IdentityChain now = chain(end);
        if (now != null) now.skip(Kind.DAMAGED, end, lastOffset, place.clock().monotonicMs());
    }

    /// In recovery: a claim that its bytes do not keep. It stays, and whoever reads them is refused.
    void keep(IdentityChain claims, int span) {
        chain.claim(claims, span, place.clock().monotonicMs());
    }

    // ---- the file, under the flush lock ----

    /// Writes and syncs the claims that are not in the file and speak of synced bytes only.
    /// @param atRest the segment is not appended to any more
    void write(int syncedBytes, boolean atRest) throws IOException {
        IdentityChain now = chain;
        if (now == null) return;
        int spans = now.writable(syncedBytes);
        boolean closes = atRest && spans == now.count() && now.coveredBytes() == syncedBytes;
        boolean closed = closedInFile && spansInFile == spans;
        if (spans <= writtenSpans && (!closes || closed)) return;
        ByteBuffer bytes = IdentityFile.bytes(now, place.cache().identityGeneration(), writtenSpans, spans, closes);
        long at = IdentityFile.positionOf(writtenSpans);
        try (DiskFile out = place.disk().open(file, Disk.OpenMode.CREATE_READ_WRITE)) {
            long end = at + bytes.remaining();
            out.write(bytes, at);
            if (out.size() > end) out.truncate(end);
            out.sync();
        }
        writtenSpans = spansInFile = spans;
        closedInFile = closes;
    }

    /// The segment is about to end at `bytes`. The claims behind it leave the file first: after a crash in between the bytes are unchecked,
    /// where the other order would make damage of them.
    void cut(DiskFile segment, int sizeInBytes, int bytes, long nextOffset) throws IOException {
        IdentityChain before = chain(sizeInBytes);
        if (before == null) return;
        IdentityChain kept = before.below(bytes);
        int spans = kept.count();
        if (kept.coveredBytes() < bytes) takeOver(before, kept, segment, bytes, nextOffset);
        before.supersede();
        chain = kept;
        cutFile(spans);
    }

    /// The part of a span that stays is claimed again only where the whole is seen to be good.
    private void takeOver(IdentityChain before, IdentityChain kept, DiskFile segment, int bytes, long nextOffset) throws IOException {
        int from = kept.coveredBytes();
        int span = kept.count();
        Kind kind = span < before.count() ? before.kind(span) : Kind.CHECKED;
        if (kind == Kind.CHECKED && span < before.count() && wrongIn(segment, before, span) != null) kind = Kind.DAMAGED;
        if (kind == Kind.CHECKED) linkAgain(kept, segment, from, bytes);
        else kept.skip(kind, bytes, nextOffset - 1, place.clock().monotonicMs());
    }

    /// Links batches that have been seen good.
    void linkAgain(IdentityChain kept, DiskFile segment, int from, int to) throws IOException {
        ByteBuffer buffer = place.cache().lookUpBuffers.take();
        try {
            var scan = new HeaderScan(segment, from, to, buffer);
            while (scan.next()) kept.append(scan.baseOffset(), scan.lastOffset(), scan.sizeInBytes(), scan.leaderEpoch(), scan.crc(), place.clock());
        } finally {
            place.cache().lookUpBuffers.give(buffer);
        }
    }

    private void cutFile(int spans) throws IOException {
        if (spansInFile <= spans && !closedInFile) return;
        writtenSpans = Math.min(writtenSpans, spans);
        spansInFile = Math.min(spansInFile, spans);
        closedInFile = false;
        if (spans == 0) {
            place.disk().delete(file);
            place.disk().syncDirectory(place.directory());
            return;
        }
        try (DiskFile out = place.disk().open(file, Disk.OpenMode.READ_WRITE)) {
            out.truncate(IdentityFile.positionOf(spansInFile));
            out.sync();
        }
    }

    /// The segment, which is at rest, has been read through and a whole identity made of it. On the device when it returns.
    /// @return whether it took the old one's place, which it does not when the segment has changed meanwhile
    boolean replace(IdentityChain old, IdentityChain made) throws IOException {
        loading.lock();
        try {
            if (old.isSuperseded() || chain != null && chain != old) return false;
            SmallFiles.replace(place.disk(), file, IdentityFile.bytes(made, place.cache().identityGeneration(), 0, made.count(), true));
            writtenSpans = spansInFile = made.count();
            closedInFile = true;
            chain = made;
            return true;
        } finally {
            loading.unlock();
        }
    }

    /// Recovery walks over the segment again from `bytes` on, where a span begins.
    /// @return what had been claimed; null where no identity is kept
    IdentityChain rewind(int bytes, int sizeInBytes) throws IOException {
        if (!place.cache().keepsIdentity()) return null;
        IdentityChain claims = chain == null ? claims(sizeInBytes) : chain;
        claims.supersede();
        chain = claims.below(bytes);
        writtenSpans = Math.min(writtenSpans, chain.count());
        return claims;
    }

    /// The segment is closed: what was seen is not believed for ever.
    void forget() {
        chain = null;
    }

    /// The segment has left the log. In this order, so that a chain that is just being loaded is met here or there.
    void supersede() {
        left = true;
        IdentityChain now = chain;
        if (now != null) now.supersede();
    }

    // ---- verifying, any thread ----

    /// @return where the span begins that holds the offset, 0 where none is known
    static int startOf(IdentityChain claims, long offset) {
        if (claims == null) return 0;
        int span = claims.spanOf(offset);
        return span == claims.count() ? claims.coveredBytes() : claims.startOf(span);
    }

    /// @return `to`, or the beginning of the first span or batch below it that is damaged; at or below `from` when it is the one at `from`
    int goodUntil(DiskFile segment, IdentityChain claims, int from, int to) throws IOException {
        int spans = claims.count();
        for (int span = claims.spanAt(from); span < spans && claims.startOf(span) < to; span++) {
            int good = claims.kind(span) == Kind.UNCHECKED ? goodRegion(segment, claims, span, Math.max(from, claims.startOf(span)), Math.min(to, claims.endOf(span)))
                    : isGood(segment, claims, span) ? claims.endOf(span) : claims.startOf(span);
            if (good < Math.min(to, claims.endOf(span))) return good;
        }
        return to;
    }

    /// @return whether the span that holds the offset is what it was
    boolean isGoodAt(DiskFile segment, IdentityChain claims, long offset) throws IOException {
        int span = claims.spanOf(offset);
        return span >= claims.count() || claims.kind(span) == Kind.UNCHECKED || isGood(segment, claims, span);
    }

    private boolean isGood(DiskFile segment, IdentityChain claims, int span) throws IOException {
        long nowMs = place.clock().monotonicMs();
        if (claims.believed().isBelieved(span, nowMs, place.cache().believedForMs())) return true;
        if (wrongIn(segment, claims, span) != null) return false;
        claims.believed().believe(span, nowMs);
        return true;
    }

    /// Reads a span whole, believed or not.
    /// @return what is wrong with it, told to the host when it is news; null when it is what it was
    String wrongIn(DiskFile segment, IdentityChain claims, int span) throws IOException {
        ByteBuffer buffer = place.cache().verifyBuffers.take();
        try {
            var check = new BatchCheck(segment, buffer);
            if (check.span(claims, span)) {
                place.cache().verified(claims.endOf(span) - claims.startOf(span));
                claims.believed().untell(span);
                return null;
            }
            if (!claims.isSuperseded() && claims.believed().tell(span)) tell(claims, span, check.position(), check.wrong());
            return check.wrong();
        } finally {
            place.cache().verifyBuffers.give(buffer);
        }
    }

    private int goodRegion(DiskFile segment, IdentityChain claims, int span, int from, int to) throws IOException {
        ByteBuffer buffer = place.cache().verifyBuffers.take();
        try {
            var check = new BatchCheck(segment, buffer);
            if (check.region(from, to, claims.firstOffset(span))) return to;
            if (!claims.isSuperseded() && claims.believed().tell(span)) tell(claims, span, check.position(), check.wrong());
            return check.position();
        } finally {
            place.cache().verifyBuffers.give(buffer);
        }
    }

    private void tell(IdentityChain claims, int span, int position, String wrong) {
        tell(position, claims.startOf(span), claims.endOf(span), claims.firstOffset(span), claims.lastOffset(span), wrong);
    }

    void tell(int position, int from, int to, long firstOffset, long lastOffset, String wrong) {
        place.cache().damaged();
        place.host().onEvent(new LogEvent.DamageFound(place.topicPartition(), SegmentFiles.file(place.directory(), baseOffset, SegmentFiles.LOG), position, from, to, firstOffset, lastOffset, wrong));
    }
}
