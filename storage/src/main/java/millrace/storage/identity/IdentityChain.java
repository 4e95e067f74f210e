package millrace.storage.identity;

import java.util.Arrays;
import millrace.common.Uuid;
import millrace.ports.Clock;
import millrace.record.RecordBatch;

/// The chain over one segment and the claims made from it: spans, from the segment's first byte on, without gaps. What lies behind the last
/// span is the tail, appended in this life of the process and not claimed yet.
///
/// One writer appends (under the log's lock), readers look up beside it: the count is published after the span. To take spans back is to
/// make a new chain ([#below]), and the old one is then [#isSuperseded].
public final class IdentityChain {
    /// A span is closed with the batch that fills it: what has to be read to verify one byte.
    public static final int SPAN_BYTES = 64 << 10;
    /// The last offset of a span that reaches to a segment's end, wherever that is.
    public static final int TO_THE_END = Integer.MAX_VALUE;
    /// What [#lastOffset] says of such a span.
    public static final long UNKNOWN_OFFSET = Long.MAX_VALUE - 1;
    private static final long ODD = 0x9E3779B97F4A7C15L;
    private static final int[] NO_INTS = {};
    private static final long[] NO_LONGS = {};
    private static final Kind[] NO_KINDS = {};

    public enum Kind { CHECKED, UNCHECKED, DAMAGED }

    private final Uuid topicId;
    private final int partition;
    private final long baseOffset;
    private final BelievedSpans believed = new BelievedSpans();
    private int[] ends = NO_INTS;
    private int[] lastOffsets = NO_INTS;
    private long[] chains = NO_LONGS;
    private Kind[] kinds = NO_KINDS;
    private volatile int count;
    private volatile boolean superseded;
    private volatile boolean closed;
    private int tailEnd;
    private int tailLastOffset = -1;
    private long tailChain;

    public IdentityChain(Uuid topicId, int partition, long baseOffset) {
        this.topicId = topicId;
        this.partition = partition;
        this.baseOffset = baseOffset;
        this.tailChain = mix(mix(mix(mix(ODD ^ topicId.mostSignificantBits()) ^ topicId.leastSignificantBits()) ^ partition) ^ baseOffset);
    }

    // ---- the chain ----

    /// @return the chain's value behind a batch
    static long link(long chain, long baseOffset, int sizeInBytes, int leaderEpoch, int crc) {
        long identity = mix(mix(chain ^ baseOffset) + ((long) sizeInBytes << 32 | leaderEpoch & 0xffffffffL));
        return mix(identity + (crc & 0xffffffffL) * ODD);
    }

    private static long linkGap(long chain, Kind kind, int end, int lastOffset) {
        return mix(mix(chain + kind.ordinal()) ^ ((long) end << 32 | lastOffset & 0xffffffffL));
    }

    /// Every bit of the input turns about half of the output's; no two inputs have the same output.
    private static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ mixed >>> 33;
    }

    // ---- the writer ----

    /// Links a batch that follows what is there.
    /// @param clock asked when a span is closed, which is believed from then on: its bytes have just been handed to the file
    public void append(RecordBatch batch, Clock clock) {
        append(batch.baseOffset(), batch.lastOffset(), batch.sizeInBytes(), batch.partitionLeaderEpoch(), (int) batch.crc(), clock);
    }

    public void append(long batchBaseOffset, long lastOffset, int sizeInBytes, int leaderEpoch, int crc, Clock clock) {
        if (tailLastOffset == TO_THE_END) endGapBefore(batchBaseOffset);
        tailChain = link(tailChain, batchBaseOffset, sizeInBytes, leaderEpoch, crc);
        tailEnd += sizeInBytes;
        tailLastOffset = (int) (lastOffset - baseOffset);
        if (tailEnd - coveredBytes() >= SPAN_BYTES) seal(clock.monotonicMs());
    }

    /// Closes the span that is being filled: nothing follows it soon.
    public void seal(long nowMs) {
        int span = count;
        if (tailEnd == coveredBytes()) return;
        add(Kind.CHECKED, tailEnd, tailLastOffset, tailChain);
        believed.believe(span, nowMs);
    }

    /// Notes bytes that are no batches, or of which nobody knows what they should be, up to `end`.
    /// @param lastOffset the last offset that they take up
    public void skip(Kind kind, int end, long lastOffset, long nowMs) {
        seal(nowMs);
        tailLastOffset = lastOffset - baseOffset >= TO_THE_END ? TO_THE_END : (int) (lastOffset - baseOffset);
        tailEnd = end;
        tailChain = linkGap(tailChain, kind, end, tailLastOffset);
        add(kind, end, tailLastOffset, tailChain);
    }

    /// What reached to the segment's end ends here after all: a batch with this base offset is going to follow.
    private void endGapBefore(long offset) {
        int last = count - 1;
        if (last < 0 || tailEnd != ends[last] || kinds[last] == Kind.CHECKED) return;
        long before = last == 0 ? start() : chains[last - 1];
        lastOffsets[last] = tailLastOffset = (int) (offset - 1 - baseOffset);
        chains[last] = tailChain = linkGap(before, kinds[last], tailEnd, tailLastOffset);
    }

    /// Takes over a claim as it is, without having seen its bytes good: they are compared whenever they are asked for.
    public void claim(IdentityChain from, int span, long nowMs) {
        seal(nowMs);
        tailEnd = from.ends[span];
        tailLastOffset = from.lastOffsets[span];
        tailChain = from.chains[span];
        add(from.kinds[span], tailEnd, tailLastOffset, tailChain);
    }

    void add(Kind kind, int end, int lastOffset, long chain) {
        int span = count;
        if (span == ends.length) grow(Math.max(4, span * 2));
        ends[span] = end;
        lastOffsets[span] = lastOffset;
        chains[span] = chain;
        kinds[span] = kind;
        tailEnd = end;
        tailLastOffset = lastOffset;
        tailChain = chain;
        closed = false;
        count = span + 1;
    }

    private void grow(int room) {
        ends = Arrays.copyOf(ends, room);
        lastOffsets = Arrays.copyOf(lastOffsets, room);
        chains = Arrays.copyOf(chains, room);
        kinds = Arrays.copyOf(kinds, room);
    }

    /// A new chain with the spans that end at `position` or before. What lies between them and `position` is to be appended to it again.
    public IdentityChain below(int position) {
        var kept = new IdentityChain(topicId, partition, baseOffset);
        for (int span = 0; span < count && ends[span] <= position; span++) kept.add(kinds[span], ends[span], lastOffsets[span], chains[span]);
        return kept;
    }

    /// So it stands in the file: the segment had come to its end with the last span.
    void close() {
        closed = true;
    }

    public boolean isClosed() {
        return closed;
    }

    /// The file is going to differ from these claims by right.
    public void supersede() {
        superseded = true;
    }

    public boolean isSuperseded() {
        return superseded;
    }

    // ---- looking up ----

    public int count() {
        return count;
    }

    /// Bytes of the segment that spans speak of.
    public int coveredBytes() {
        int spans = count;
        return spans == 0 ? 0 : ends[spans - 1];
    }

    /// The last offset that spans speak of, one below the base offset where there are none.
    public long coveredOffset() {
        int spans = count;
        return spans == 0 ? baseOffset - 1 : lastOffset(spans - 1);
    }

    public Kind kind(int span) {
        return kinds[span];
    }

    public int startOf(int span) {
        return span == 0 ? 0 : ends[span - 1];
    }

    public int endOf(int span) {
        return ends[span];
    }

    public long firstOffset(int span) {
        return span == 0 ? baseOffset : lastOffset(span - 1) + 1;
    }

    public long lastOffset(int span) {
        return reachesToTheEnd(span) ? UNKNOWN_OFFSET : baseOffset + lastOffsets[span];
    }

    public boolean reachesToTheEnd(int span) {
        return lastOffsets[span] == TO_THE_END && kinds[span] != Kind.CHECKED;
    }

    long chainBefore(int span) {
        return span == 0 ? start() : chains[span - 1];
    }

    public long chainBehind(int span) {
        return chains[span];
    }

    private long start() {
        return new IdentityChain(topicId, partition, baseOffset).tailChain;
    }

    /// @return the span that holds the byte, [#count] when it lies behind all
    public int spanAt(int position) {
        int high = count;
        return firstAtOrAbove(ends, high, position + 1L);
    }

    /// @return the span that holds the offset, [#count] when it lies behind all
    public int spanOf(long offset) {
        int high = count;
        return firstAtOrAbove(lastOffsets, high, Math.max(0, offset - baseOffset));
    }

    private static int firstAtOrAbove(int[] ascending, int count, long value) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// How many spans may be written once so many bytes are on the device. One whose last offset is not known yet is not among them.
    public int writable(int syncedBytes) {
        int high = count;
        int spans = firstAtOrAbove(ends, high, syncedBytes + 1L);
        return spans > 0 && reachesToTheEnd(spans - 1) ? spans - 1 : spans;
    }

    public BelievedSpans believed() {
        return believed;
    }

    public Uuid topicId() {
        return topicId;
    }

    int partition() {
        return partition;
    }

    long baseOffset() {
        return baseOffset;
    }
}
