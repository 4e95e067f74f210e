package millrace.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import millrace.common.TopicPartition;
import millrace.storage.identity.IdentityChain;

/// The segments of a log as they were at one moment, for a compaction: facts to plan with, bytes to read, and the exchange of segments for
/// a smaller one. Appends and reads go on beside it; whatever else changes the log ends it with [SegmentChanged] or a `false`.
///
/// Blocking; for one thread.
public final class LogRewrite {
    /// What is to be looked up: it may mean reading cold segments' indexes.
    public enum Detail { SIZES, TIMESTAMPS, INDEXES }

    private final PartitionLog log;
    private final LogPlace place;
    private final LogSegment[] segments;
    private final int truncationsBefore;

    LogRewrite(PartitionLog log, LogPlace place, LogSegment[] segments, int truncationsBefore) {
        this.log = log;
        this.place = place;
        this.segments = segments;
        this.truncationsBefore = truncationsBefore;
    }

    public TopicPartition topicPartition() {
        return place.topicPartition();
    }

    /// All segments, the last one too, oldest first.
    public List<SegmentFacts> segments(Detail detail) throws IOException {
        var facts = new ArrayList<SegmentFacts>(segments.length);
        for (int i = 0; i < segments.length; i++) facts.add(facts(i, i + 1 == segments.length ? Detail.SIZES : detail));
        return facts;
    }

    private SegmentFacts facts(int i, Detail detail) throws IOException {
        LogSegment segment = segments[i];
        long next = i + 1 < segments.length ? segments[i + 1].baseOffset : log.logEndOffset();
        int bytes = segment.sizeInBytes();
        return switch (detail) {
            case SIZES      -> new SegmentFacts(segment.baseOffset, next, bytes, -1, -1, 0, 0);
            case TIMESTAMPS -> new SegmentFacts(segment.baseOffset, next, bytes, segment.times.first(), segment.times.largest(), 0, 0);
            case INDEXES    -> withIndexes(segment, next, bytes);
        };
    }

    private SegmentFacts withIndexes(LogSegment segment, long next, int bytes) throws IOException {
        LogSegment.Open held = use(segment);
        try {
            return new SegmentFacts(segment.baseOffset, next, bytes, -1, -1, held.offsets().count() * OffsetIndex.ENTRY_BYTES, held.times().count() * TimeIndex.ENTRY_BYTES);
        } finally {
            held.file().release();
        }
    }

    private LogSegment.Open use(LogSegment segment) throws IOException {
        LogSegment.Open held = segment.use();
        if (held == null) throw new SegmentChanged(topicPartition());
        return held;
    }

    private int indexOf(long baseOffset) {
        return LogReads.floor(segments, baseOffset);
    }

    /// Aborted transactions with records from `fromOffset` on and below `upperBound`, wherever their markers are.
    public List<AbortedTransaction> abortedTransactions(long fromOffset, long upperBound) throws IOException {
        var found = new ArrayList<AbortedTransaction>();
        int first = indexOf(fromOffset);
        int i = first;
        while (i < segments.length && !segments[i].transactions().collect(fromOffset, upperBound, found)) i++;
        for (int j = first; j < Math.min(i + 1, segments.length); j++) if (segments[j].isGone()) throw new SegmentChanged(topicPartition());
        return found;
    }

    /// Walks over a segment's batches.
    /// @param fromOffset a batch before it may come, none at it or behind is left out
    /// @param buffer     in which they are read; a larger one is taken for a batch that does not fit
    /// @param onRead     is told how many bytes were read, before they are looked at
    public SegmentReader read(SegmentFacts segment, long fromOffset, ByteBuffer buffer, IntConsumer onRead) throws IOException {
        LogSegment from = segments[indexOf(segment.baseOffset())];
        LogSegment.Open held = use(from);
        refuseDamaged(from, held, segment.sizeInBytes());
        int position = fromOffset <= from.baseOffset ? 0 : held.offsets().positionBefore(fromOffset - from.baseOffset);
        return new SegmentReader(from.logFile(), held.file(), position, segment.sizeInBytes(), buffer, onRead);
    }

    /// A batch that is not what it was must not be copied: the copy would be claimed to be right. And of one that is not there any more the copy
    /// would claim nothing.
    private static void refuseDamaged(LogSegment segment, LogSegment.Open held, int sizeInBytes) throws IOException {
        boolean whole = false;
        try {
            IdentityChain claims = segment.identity();
            int good = claims == null ? sizeInBytes : segment.identity.goodUntil(held.file(), claims, 0, sizeInBytes);
            boolean lacksSome = claims != null && claims.coveredBytes() > sizeInBytes;
            if (good < sizeInBytes || lacksSome) throw new CorruptSegment(segment.logFile(), good);
            whole = true;
        } finally {
            if (!whole) held.file().release();
        }
    }

    /// Begins what is to take the place of the segments from `segment` on.
    /// @param buffer is filled before it is written
    public CleanedSegment begin(SegmentFacts segment, ByteBuffer buffer) throws IOException {
        return new CleanedSegment(LogSegment.createCleaned(place, segment.baseOffset()), place, log.config().indexIntervalBytes(), buffer);
    }

    /// Puts the finished segment in the place of those.
    /// @throws SegmentChanged when they are not there any more; the log is as it was then
    public void replace(List<SegmentFacts> old, CleanedSegment finished) {
        int first = indexOf(old.getFirst().baseOffset());
        if (!log.replace(List.of(segments).subList(first, first + old.size()), finished.segment(), truncationsBefore)) throw new SegmentChanged(topicPartition());
    }
}
