package millrace.wire;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;
import millrace.metrics.Family;
import millrace.metrics.FamilyName;
import millrace.metrics.Gauge;
import millrace.metrics.Measured;
import millrace.metrics.Metric;
import millrace.metrics.RateMeter;
import millrace.ports.Clock;
import millrace.protocol.ApiKey;

/// Counts requests and connections under Kafka's names.
///
/// Of Kafka's times of a request three have a meaning here: TotalTimeMs, LocalTimeMs and RemoteTimeMs. There is no queue of requests and none of
/// responses between threads, so there are no times in them.
public final class WireMeters implements Meter, Measured {
    private static final String NETWORK = "kafka.network";
    private static final String REQUESTS = "RequestMetrics";

    private final Clock clock;
    private final RequestMemory memory;
    /// By API key; null until a request came.
    private final AtomicReferenceArray<RequestMeter> byApi;
    /// Kafka tells a Fetch twice: as such, and by who asks.
    private final RequestMeter fetchConsumer;
    private final RequestMeter fetchFollower;
    private final ConcurrentMap<List<String>, ConnectionMeter> connections = new ConcurrentHashMap<>();
    private final RateMeter refused;
    private final RateMeter failed;

    public WireMeters(Clock clock, RequestMemory memory) {
        this.clock = clock;
        this.memory = memory;
        int highest = 0;
        for (ApiKey each : ApiKey.values()) highest = Math.max(highest, each.id());
        this.byApi = new AtomicReferenceArray<>(highest + 1);
        this.fetchConsumer = new RequestMeter("FetchConsumer", versions(ApiKey.FETCH), clock);
        this.fetchFollower = new RequestMeter("FetchFollower", versions(ApiKey.FETCH), clock);
        this.refused = new RateMeter(clock, "connections");
        this.failed = new RateMeter(clock, "requests");
    }

    private static int versions(ApiKey api) {
        return api.highestVersion() + 1;
    }

    // ---- counting ----

    @Override public void answered(ApiKey api, boolean fromReplica, short version, int requestBytes, long handlingNanos, long totalNanos) {
        meter(api).answered(version, requestBytes, handlingNanos, totalNanos);
        if (api == ApiKey.FETCH) (fromReplica ? fetchFollower : fetchConsumer).answered(version, requestBytes, handlingNanos, totalNanos);
    }

    private RequestMeter meter(ApiKey api) {
        RequestMeter meter = byApi.get(api.id());
        if (meter != null) return meter;
        byApi.compareAndSet(api.id(), null, new RequestMeter(kafkasName(api), versions(api), clock));
        return byApi.get(api.id());
    }

    /// @return `LIST_OFFSETS` as `ListOffsets`
    static String kafkasName(ApiKey api) {
        var name = new StringBuilder();
        for (String word : api.name().split("_")) name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        return name.toString();
    }

    @Override public void failed(ApiKey api, short version) {
        failed.mark(1);
    }

    @Override public void connectionOpened(String listenerName, int loop) {
        connections(listenerName, loop).opened();
    }

    @Override public void connectionClosed(String listenerName, int loop) {
        connections(listenerName, loop).closed();
    }

    private ConnectionMeter connections(String listener, int loop) {
        return connections.computeIfAbsent(List.of(listener, Integer.toString(loop)), _ -> new ConnectionMeter(listener, loop, clock));
    }

    @Override public void connectionRefused(String listenerName) {
        refused.mark(1);
    }

    // ---- looking ----

    @Override public List<Family> families() {
        return List.of(
                new Family(FamilyName.of(NETWORK, REQUESTS, "RequestsPerSec", "request", "version"),
                        visitor -> eachRequest(meter -> meter.eachVersion(visitor::accept)), this::requestsPerSec),
                ofRequests("TotalTimeMs", meter -> meter.totalTimeMs), ofRequests("LocalTimeMs", meter -> meter.localTimeMs),
                ofRequests("RemoteTimeMs", meter -> meter.remoteTimeMs), ofRequests("RequestBytes", meter -> meter.requestBytes),
                Family.over(FamilyName.of("kafka.server", "socket-server-metrics", null, "listener", "networkProcessor"), ConnectionMeter::labels,
                        visitor -> connections.values().forEach(visitor), connections::get, ConnectionMeter::readings),
                Family.of(NETWORK, "SocketServer", "MemoryPoolUsed", new Gauge(memory::usedBytes)),
                Family.of(NETWORK, "SocketServer", "MemoryPoolAvailable", new Gauge(memory::availableBytes)),
                Family.of("millrace", "Wire", "RefusedConnectionsPerSec", refused),
                Family.of("millrace", "Wire", "FailedHandlersPerSec", failed));
    }

    private Family ofRequests(String name, Function<RequestMeter, Metric> metric) {
        return Family.over(FamilyName.of(NETWORK, REQUESTS, name, "request"), meter -> List.of(meter.name()), this::eachRequest, values -> request(values.getFirst()), metric);
    }

    private void eachRequest(Consumer<RequestMeter> visitor) {
        for (int id = 0; id < byApi.length(); id++) {
            RequestMeter meter = byApi.get(id);
            if (meter == null) continue;
            visitor.accept(meter);
            if (id != ApiKey.FETCH.id()) continue;
            visitor.accept(fetchConsumer);
            visitor.accept(fetchFollower);
        }
    }

    private RequestMeter request(String name) {
        var found = new RequestMeter[1];
        eachRequest(meter -> {
            if (meter.name().equals(name)) found[0] = meter;
        });
        return found[0];
    }

    private Metric requestsPerSec(List<String> requestAndVersion) {
        RequestMeter meter = request(requestAndVersion.getFirst());
        return meter == null ? null : meter.ofVersion(requestAndVersion.getLast());
    }

    @Override public void tick(long nowNanos) {
        eachRequest(RequestMeter::tick);
        connections.values().forEach(meter -> meter.tick(nowNanos));
        refused.tick();
        failed.tick();
    }
}
