package millrace.metrics;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// How values are distributed.
///
/// Values fall into buckets: 0 to 7 have one each, from there on every octave has eight, so what is read back is off by at most a sixteenth of
/// itself. A bucket exists once something has fallen into it; mostly that is a dozen of them. Count, Min, Max, Mean and StdDev are of all
/// values ever, percentiles favour the new ones: at each [#tick] everything before weighs 7 % less. While nothing comes they stay.
///
///     value     0 1 2 ... 7 | 8 9 ... 15 | 16-17 18-19 ... 30-31 | 32-35 ...
///     bucket    0 1 2 ... 7 | 8 9 ... 15 | 16    17    ... 23    | 24    ...
public final class Histogram implements Metric {
    private static final int PER_OCTAVE = 8;
    private static final int PER_OCTAVE_BITS = 3;
    /// Larger values count as this one.
    private static final long LARGEST = (1L << 35) - 1;
    private static final int BUCKETS = bucketOf(LARGEST) + 1;
    /// Kafka's samples fade by exp(-0.015) a second.
    private static final double FADING = Math.exp(-0.015 * Metrics.TICK_MS / 1_000);

    private final double scale;
    private final AtomicReferenceArray<LongAdder> buckets = new AtomicReferenceArray<>(BUCKETS);
    private final LongAdder sum = new LongAdder();
    private final LongAccumulator least = new LongAccumulator(Math::min, Long.MAX_VALUE);
    private final LongAccumulator most = new LongAccumulator(Math::max, Long.MIN_VALUE);
    /// What a bucket's weight differs from its count. Null before the first tick with values.
    private double[] faded;
    private long countAtTick;

    /// @param scale by which a recorded value is divided when it is read: 1,000 for what is recorded in microseconds and read in milliseconds
    public Histogram(double scale) {
        this.scale = scale;
    }

    /// @param value negative ones count as 0
    public void record(long value) {
        long within = Math.clamp(value, 0, LARGEST);
        bucket(bucketOf(within)).increment();
        sum.add(within);
        if (within < least.get()) least.accumulate(within);
        if (within > most.get()) most.accumulate(within);
    }

    private LongAdder bucket(int index) {
        LongAdder bucket = buckets.getPlain(index);
        if (bucket != null) return bucket;
        buckets.compareAndSet(index, null, new LongAdder());
        return buckets.get(index);
    }

    static int bucketOf(long value) {
        if (value < PER_OCTAVE) return (int) value;
        int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - PER_OCTAVE_BITS;
        return octave * PER_OCTAVE + (int) (value >>> octave);
    }

    /// @return the least value that falls into it
    static long floorOf(int bucket) {
        if (bucket < 2 * PER_OCTAVE) return bucket;
        int octave = bucket / PER_OCTAVE - 1;
        return (long) (bucket - octave * PER_OCTAVE) << octave;
    }

    private static double middleOf(int bucket) {
        return (floorOf(bucket) + floorOf(bucket + 1) - 1) / 2.0;
    }

    /// Lets what was recorded before weigh less than what will be.
    public synchronized void tick() {
        long now = count();
        if (now == countAtTick) return;
        countAtTick = now;
        if (faded == null) faded = new double[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            long inBucket = inBucket(i);
            faded[i] = (inBucket + faded[i]) * FADING - inBucket;
        }
    }

    private long inBucket(int index) {
        LongAdder bucket = buckets.get(index);
        return bucket == null ? 0 : bucket.sum();
    }

    public long count() {
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) total += inBucket(i);
        return total;
    }

    public double mean() {
        long total = count();
        return total == 0 ? 0 : sum.sum() / (double) total / scale;
    }

    public double min() {
        return count() == 0 ? 0 : least.get() / scale;
    }

    public double max() {
        return count() == 0 ? 0 : most.get() / scale;
    }

    /// To the width of the buckets.
    public double standardDeviation() {
        long total = count();
        if (total < 2) return 0;
        double mean = mean() * scale, squares = 0;
        for (int i = 0; i < BUCKETS; i++) squares += inBucket(i) * (middleOf(i) - mean) * (middleOf(i) - mean);
        return Math.sqrt(squares / (total - 1)) / scale;
    }

    /// @param share between 0 and 1
    public synchronized double percentile(double share) {
        double total = 0;
        for (int i = 0; i < BUCKETS; i++) total += weight(i);
        if (total == 0) return 0;
        double wanted = share * total, reached = 0;
        for (int i = 0; i < BUCKETS; i++) {
            reached += weight(i);
            if (weight(i) > 0 && reached >= wanted) return Math.clamp(middleOf(i), (double) least.get(), (double) most.get()) / scale;
        }
        return max();
    }

    private double weight(int bucket) {
        return faded == null ? inBucket(bucket) : inBucket(bucket) + faded[bucket];
    }

    @Override public List<Attribute> attributes() {
        return List.of(Attribute.count("Count", this::count), Attribute.number("Min", this::min), Attribute.number("Max", this::max),
                Attribute.number("Mean", this::mean), percentile("50thPercentile", 0.5), Attribute.number("StdDev", this::standardDeviation),
                percentile("75thPercentile", 0.75), percentile("95thPercentile", 0.95), percentile("98thPercentile", 0.98),
                percentile("99thPercentile", 0.99), percentile("999thPercentile", 0.999));
    }

    private Attribute percentile(String name, double share) {
        return Attribute.number(name, () -> percentile(share));
    }
}
