package millrace.metrics;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import millrace.ports.Clock;

/// How many there were, and how many a second: since the beginning, and of late.
///
/// [#mark] may be called by anybody, as often as there is something. The moving rates have the weights of Unix load averages, one step every
/// [Metrics#TICK_MS]; they begin with the first step's own rate. Kafka's meters do the same.
public final class RateMeter implements Metric {
    private static final double TICK_SECONDS = Metrics.TICK_MS / 1_000.0;
    private static final double[] WEIGHTS = {weight(1), weight(5), weight(15)};
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Clock clock;
    private final String eventType;
    private final TimeUnit unit;
    private final long beginNanos;
    private final LongAdder count = new LongAdder();
    /// Counted when the last step was made.
    private long counted;
    private boolean stepped;
    /// Per second, over one, five and fifteen minutes.
    private final double[] rates = new double[WEIGHTS.length];

    /// @param eventType the word for what is counted, as Kafka has it (`requests`)
    public RateMeter(Clock clock, String eventType) {
        this(clock, eventType, TimeUnit.SECONDS);
    }

    /// @param unit of time in which rates are told; `NANOSECONDS` for what is itself counted in nanoseconds, which makes the rate a share
    public RateMeter(Clock clock, String eventType, TimeUnit unit) {
        this.clock = clock;
        this.eventType = eventType;
        this.unit = unit;
        this.beginNanos = clock.monotonicNanos();
    }

    public void mark(long amount) {
        count.add(amount);
    }

    public long count() {
        return count.sum();
    }

    /// One step of the moving rates.
    public synchronized void tick() {
        long now = count.sum();
        double rate = (now - counted) / TICK_SECONDS;
        counted = now;
        for (int i = 0; i < rates.length; i++) rates[i] = stepped ? rates[i] + WEIGHTS[i] * (rate - rates[i]) : rate;
        stepped = true;
    }

    private static double weight(double minutes) {
        return 1 - Math.exp(-TICK_SECONDS / (minutes * 60));
    }

    public double meanRate() {
        long elapsed = clock.monotonicNanos() - beginNanos;
        return elapsed <= 0 ? 0 : inUnit(count() / (elapsed / NANOS_PER_SECOND));
    }

    private synchronized double movingRate(int which) {
        return inUnit(rates[which]);
    }

    private double inUnit(double perSecond) {
        return perSecond * unit.toNanos(1) / NANOS_PER_SECOND;
    }

    @Override public List<Attribute> attributes() {
        return List.of(Attribute.count("Count", this::count),
                Attribute.text("EventType", () -> eventType),
                Attribute.number("FiveMinuteRate", () -> movingRate(1)),
                Attribute.number("FifteenMinuteRate", () -> movingRate(2)),
                new Attribute("RateUnit", TimeUnit.class, () -> unit),
                Attribute.number("MeanRate", this::meanRate),
                Attribute.number("OneMinuteRate", () -> movingRate(0)));
    }
}
