package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.TreeMap;
import millrace.ports.DiskFile;
import millrace.record.RecordBatch;
import millrace.storage.file.DiskSpace;
import millrace.storage.file.SmallFiles;
import millrace.storage.identity.BatchCheck;
import millrace.storage.identity.IdentityChain;

/// What is done with a log after an unclean stop.
///
/// Everything below the recovery point was on the device and is believed. From the batch that holds it on, every batch is read whole and
/// must be one: length, magic, CRC, ascending offsets. The first that is none, and all behind it, is a torn tail and is cut. Indexes and
/// epochs of what was read are made again with the very code that makes them on append, so they come out the same. Then the log is synced.
///
/// A segment may be on the device while the end of the one before it is not: the file system orders nothing between two files. So a gap
/// between segments past the recovery point is a torn tail as well. Compaction makes such gaps by right, here and at the leader that a
/// follower copies. Whether the topic is compacted says nothing about one gap, and is not known yet when logs are opened. So a gap is
/// believed where the cleaner has been, and behind a segment whose identity says that it had come to its end and was on the device.
///
/// When the log ends below the recovery point nothing is cut: that is damage, and to cut would turn it into silent loss ([DamagedLog]).
final class LogRecovery {
    private final LogPlace place;
    private final LogConfig config;
    private final long recoveryPoint;
    private final long cleanedUpTo;
    private final TreeMap<Long, LogSegment> segments;
    private LeaderEpochs epochs;
    private long newestUsableSnapshot = Long.MAX_VALUE;
    private long bytesRead;
    /// The next offset after the last batch walked over.
    private long end;
    /// The segment that was walked over last is known to have ended there.
    private boolean endIsClaimed;

    LogRecovery(LogPlace place, LogConfig config, LogStart start, TreeMap<Long, LogSegment> segments, LeaderEpochs epochs) {
        this.place = place;
        this.config = config;
        this.recoveryPoint = start.recoveryPoint();
        this.cleanedUpTo = start.cleanedUpTo();
        this.segments = segments;
        this.epochs = epochs;
    }

    /// @return the log end offset
    long recover() throws IOException, DamagedLog {
        Long from = segments.floorKey(recoveryPoint);
        if (from == null) from = segments.firstKey();
        end = from;
        ByteBuffer buffer = place.cache().recoveryBuffers.take();
        try {
            for (Long base = from; base != null; base = segments.higherKey(base)) {
                if (base < end) {
                    cutFrom(base, "it begins below offset " + end + ", where the segment before it ends");
                    break;
                }
                if (base > end && base > cleanedUpTo && !endIsClaimed) {
                    cutFrom(base, "the records from offset " + end + " on, before it, are missing");
                    break;
                }
                if (!recover(segments.get(base), base.equals(from), buffer)) {
                    cutFrom(base + 1, "it lies behind a torn segment");
                    break;
                }
            }
        } finally {
            place.cache().recoveryBuffers.give(buffer);
        }
        if (end < recoveryPoint) throw damaged(segments.lastEntry().getValue());
        syncRecovered(from);
        place.host().onEvent(new LogEvent.Recovered(place.topicPartition(), Math.max(from, Math.min(recoveryPoint, end)), end, bytesRead));
        return end;
    }

    LeaderEpochs epochs() {
        return epochs;
    }

    /// A transaction index that was lost has to be made again from the beginning of its segment, so no later snapshot will do.
    long newestUsableSnapshot() {
        return newestUsableSnapshot;
    }

    /// @return false when the segment ended in something that is no batch, which is cut
    private boolean recover(LogSegment segment, boolean first, ByteBuffer buffer) throws IOException, DamagedLog {
        LogSegment.Open held = segment.openForRecovery();
        try {
            int fileBytes = segment.sizeInBytes();
            int from = first && recoveryPoint > segment.baseOffset ? held.offsets().positionBefore(recoveryPoint - segment.baseOffset) : 0;
            if (from > 0) from = startOfSpan(segment.identity(), from);
            RecordBatch at = from == 0 ? null : wholeBatch(held.file(), from, fileBytes, buffer);
            if (at == null || at.baseOffset() < segment.baseOffset || at.baseOffset() > recoveryPoint) {
                from = 0;
                at = null;
            }
            end = at == null ? segment.baseOffset : at.baseOffset();
            IdentityChain claims = segment.rewind(from, end);
            endIsClaimed = claims != null && claims.isClosed() && claims.coveredBytes() >= fileBytes;
            String reason = walk(segment, held.file(), claims, from, fileBytes, buffer);
            if (claims != null && reason == null && claims.coveredBytes() > fileBytes) keepLostClaims(segment, claims, fileBytes);
            if (reason != null) cut(segment, held.file(), fileBytes, claims, reason);
            keepTransactionsBelowEnd(segment);
            return reason == null;
        } finally {
            held.file().release();
        }
    }

    private void keepTransactionsBelowEnd(LogSegment segment) {
        TransactionIndex index = segment.readableTransactions();
        if (index == null) newestUsableSnapshot = Math.min(newestUsableSnapshot, segment.baseOffset);
        segment.replaceTransactions(index == null ? TransactionIndex.EMPTY : index.below(end));
    }

    /// @return null when there is none at the position
    private RecordBatch wholeBatch(DiskFile file, int position, int fileBytes, ByteBuffer buffer) throws IOException {
        var reader = new BatchReader(file, position, fileBytes, buffer);
        return reader.next() ? reader.batch() : null;
    }

    private static int startOfSpan(IdentityChain claims, int position) {
        if (claims == null) return position;
        int span = claims.spanAt(position);
        return span < claims.count() ? claims.startOf(span) : claims.coveredBytes();
    }

    /// @return null when the segment holds batches, or damage that is to be kept, to its last byte; else why not
    private String walk(LogSegment segment, DiskFile file, IdentityChain claims, int from, int fileBytes, ByteBuffer buffer) throws IOException, DamagedLog {
        int position = from;
        while (position < fileBytes) {
            int damagedUntil = stepOverBrokenClaim(segment, file, claims, position, fileBytes);
            if (damagedUntil > position) {
                position = damagedUntil;
                continue;
            }
            int claimed = claims == null || claims.spanAt(position) >= claims.count() ? fileBytes : claims.endOf(claims.spanAt(position));
            String wrong = walkBatches(segment, new BatchReader(file, position, Math.min(fileBytes, claimed), buffer));
            position = segment.sizeInBytes();
            if (wrong == null) continue;
            int resumed = stepOverDamage(segment, file, position, fileBytes, wrong, buffer);
            if (resumed < 0) return wrong;
            position = resumed;
        }
        return null;
    }

    private String walkBatches(LogSegment segment, BatchReader reader) throws IOException {
        while (reader.next()) {
            RecordBatch batch = reader.batch();
            if (batch.baseOffset() < end || batch.lastOffset() < batch.baseOffset() || batch.lastOffset() >= endOfRoom(segment) || !segment.canHold(batch.lastOffset()))
                return "offsets " + batch.baseOffset() + " to " + batch.lastOffset() + " do not lie between " + (end - 1) + " and " + endOfRoom(segment);
            noteEpoch(batch);
            segment.appended(batch, config.indexIntervalBytes());
            end = batch.nextOffset();
            bytesRead += batch.sizeInBytes();
        }
        return reader.wrong();
    }

    /// A segment was rolled at the offset where the next one begins, so it holds none from there on. A base offset is not under the batch's CRC:
    /// this is what tells one that has rotted in a stretch without claims.
    private long endOfRoom(LogSegment segment) {
        Long next = segments.higherKey(segment.baseOffset);
        return next == null ? Long.MAX_VALUE : next;
    }

    /// What the epochs' file says is kept where the batches do not say otherwise: it also knows beginnings whose records are compacted away.
    private void noteEpoch(RecordBatch batch) {
        if (epochs.at(batch.baseOffset()) != batch.partitionLeaderEpoch()) epochs = epochs.with(batch.partitionLeaderEpoch(), batch.baseOffset());
    }

    // ---- damage below the durable mark ----

    /// A claim is made of what is on the device. Where the bytes are not what it says, they are damaged, and it tells where good ones follow.
    /// @return where to go on; `position` when nothing is claimed here, or the claim is kept
    private int stepOverBrokenClaim(LogSegment segment, DiskFile file, IdentityChain claims, int position, int fileBytes) throws IOException, DamagedLog {
        int span = claims == null ? 0 : claims.spanAt(position);
        if (claims == null || span >= claims.count() || claims.startOf(span) != position || claims.kind(span) == IdentityChain.Kind.UNCHECKED || claims.endOf(span) > fileBytes) return position;
        ByteBuffer buffer = place.cache().verifyBuffers.take();
        try {
            var check = new BatchCheck(file, buffer);
            if (check.span(claims, span)) return position;
            Long next = segments.higherKey(segment.baseOffset);
            long last = Math.min(claims.lastOffset(span), next == null ? Long.MAX_VALUE : next - 1);
            if (last == IdentityChain.UNKNOWN_OFFSET) throw damaged(segment);
            segment.keepClaim(claims, span, claims.endOf(span));
            tellDamage(segment, check.position(), position, claims.endOf(span), end, last, check.wrong());
            end = last + 1;
            return claims.endOf(span);
        } finally {
            place.cache().verifyBuffers.give(buffer);
        }
    }

    /// Below the recovery point everything was on the device: what is no batch there is damaged, and what follows it is not.
    /// @return where good batches follow; -1 when none do, or when it lies past the recovery point and is a torn tail
    private int stepOverDamage(LogSegment segment, DiskFile file, int position, int fileBytes, String wrong, ByteBuffer buffer) throws IOException {
        if (end >= recoveryPoint || !place.cache().keepsIdentity()) return -1;
        for (int at = position + 1; !LogSegment.isTooSmall(fileBytes - at); at++) {
            RecordBatch batch = looksLikeABatch(file, at, fileBytes) ? wholeBatch(file, at, fileBytes, buffer) : null;
            if (batch == null || batch.baseOffset() < end || !segment.canHold(batch.lastOffset())) continue;
            return quarantine(segment, position, at, batch.baseOffset() - 1, wrong);
        }
        Long next = segments.higherKey(segment.baseOffset);
        return next == null || next > recoveryPoint ? -1 : quarantine(segment, position, fileBytes, next - 1, wrong);
    }

    private int quarantine(LogSegment segment, int position, int until, long lastOffset, String wrong) throws IOException {
        segment.skipDamaged(until, lastOffset);
        tellDamage(segment, position, position, until, end, lastOffset, wrong);
        end = lastOffset + 1;
        return until;
    }

    private void tellDamage(LogSegment segment, int position, int from, int to, long firstOffset, long lastOffset, String wrong) {
        place.cache().damaged();
        place.host().onEvent(new LogEvent.DamageFound(place.topicPartition(), segment.logFile(), position, from, to, firstOffset, lastOffset, wrong));
    }

    /// A cheap look before the dear one: magic, and a length that fits.
    private boolean looksLikeABatch(DiskFile file, int position, int fileBytes) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(RecordBatch.LOG_OVERHEAD + 5);
        SmallFiles.readFully(file, head, position);
        if (head.hasRemaining() || head.get(16) != RecordBatch.MAGIC) return false;
        long bytes = (long) head.getInt(8) + RecordBatch.LOG_OVERHEAD;
        return bytes >= RecordBatch.HEADER_BYTES && position + bytes <= fileBytes;
    }

    /// The file is shorter than it was on the device. What it lacks can be stepped over only where the log goes on behind it: otherwise
    /// offsets would be given out twice.
    private void keepLostClaims(LogSegment segment, IdentityChain claims, int fileBytes) throws DamagedLog {
        Long next = segments.higherKey(segment.baseOffset);
        if (next == null) throw damaged(segment);
        long firstLost = end;
        for (int span = claims.spanAt(fileBytes); span < claims.count(); span++) segment.keepClaim(claims, span, fileBytes);
        end = Math.max(end, Math.min(claims.coveredOffset() + 1, next));
        tellDamage(segment, fileBytes, fileBytes, claims.coveredBytes(), firstLost, end - 1, "the file ends at " + fileBytes + " bytes and had " + claims.coveredBytes());
    }

    private void cut(LogSegment segment, DiskFile file, int fileBytes, IdentityChain claims, String reason) throws IOException, DamagedLog {
        if (end < recoveryPoint || claims != null && claims.coveredBytes() > fileBytes) throw damaged(segment);
        int kept = segment.sizeInBytes();
        tellCut(segment, kept, fileBytes - kept, reason);
        file.truncate(kept);
    }

    private DamagedLog damaged(LogSegment segment) {
        return new DamagedLog(segment.logFile(), place.topicPartition() + " ends at offset " + end + ", position " + segment.sizeInBytes()
                + ", and more was on the device (recovery point " + recoveryPoint + ")");
    }

    /// Newest first, so that a crash meanwhile leaves no gap.
    private void cutFrom(long base, String reason) throws IOException, DamagedLog {
        if (end < recoveryPoint) throw damaged(segments.floorEntry(base).getValue());
        while (segments.lastKey() >= base) {
            LogSegment behind = segments.pollLastEntry().getValue();
            tellCut(behind, 0, behind.sizeInBytes(), reason);
            behind.leave();
            for (String suffix : LogSegment.SUFFIXES) place.disk().delete(behind.file(suffix));
        }
    }

    private void tellCut(LogSegment segment, int position, int bytes, String reason) {
        place.host().onEvent(new LogEvent.TornTailCut(place.topicPartition(), segment.logFile(), position, bytes, reason));
    }

    private void syncRecovered(long from) throws IOException {
        for (LogSegment each : segments.tailMap(from).values()) each.sync(each.sizeInBytes());
        try {
            for (LogSegment each : segments.tailMap(from).headMap(segments.lastKey()).values()) {
                each.endOfAppends();
                each.writeSideFiles(true);
                each.release();
            }
        } catch (IOException e) {
            if (!DiskSpace.isShort(place.disk(), place.directory(), e, 0)) throw e;          // the next flush writes them
        }
        place.disk().syncDirectory(place.directory());
    }
}
