package millrace.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;

/// Which API is answered by whom, in which versions: the dispatch of one listener, and the table that ApiVersions advertises.
///
///     Handlers.builder().features(features).serve(ApiKey.METADATA, metadata).servePipelined(ApiKey.PRODUCE, produce, failed).build()
///
/// ApiVersions is served without being asked for. Immutable.
public final class Handlers {
    /// librdkafka decides from the advertised minimum of Produce what a broker can do, so 0 stays advertised although versions
    /// below 3 are refused like any other unknown version. Source: KAFKA-18659.
    private static final short PRODUCE_ADVERTISED_MINIMUM = 0;

    /// @param requestName for errors
    /// @param pipelined may be handled while earlier pipelined requests of the same connection still wait for their answers
    record Served(ApiKey key, String requestName, short minVersion, short maxVersion, ApiHandler<ApiRequest, ApiResponse> handler,
                  ErrorAnswer<ApiRequest, ApiResponse> whenFailed, boolean pipelined) {
        boolean serves(short version) {
            return version >= minVersion && version <= maxVersion;
        }
    }

    /// A line of the table in ApiVersions, versions inclusive.
    public record Advertised(ApiKey key, short minVersion, short maxVersion) {}

    /// By API key id, with holes.
    private final Served[] byId;
    private final List<Advertised> advertised;

    private Handlers(Served[] byId, List<Advertised> advertised) {
        this.byId = byId;
        this.advertised = advertised;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// A step that stands around every handler. It is called once for each of them.
    @FunctionalInterface
    public interface Step {
        ApiHandler<ApiRequest, ApiResponse> around(ApiKey key, ApiHandler<ApiRequest, ApiResponse> handler);
    }

    /// @return the same dispatch, advertised alike, with `step` around each handler
    public Handlers around(Step step) {
        var wrapped = new Served[byId.length];
        for (Served each : byId) {
            if (each == null) continue;
            wrapped[each.key().id()] = new Served(each.key(), each.requestName(), each.minVersion(), each.maxVersion(), step.around(each.key(), each.handler()), each.whenFailed(), each.pipelined());
        }
        return new Handlers(wrapped, advertised);
    }

    /// @return in the order of the keys' ids
    public List<Advertised> advertised() {
        return advertised;
    }

    /// @return null when this listener does not serve it
    Served find(short apiKeyId) {
        return apiKeyId >= 0 && apiKeyId < byId.length ? byId[apiKeyId] : null;
    }

    boolean mayBePipelined(short apiKeyId) {
        Served served = find(apiKeyId);
        return served != null && served.pipelined();
    }

    public static final class Builder {
        private final Map<ApiKey, Served> served = new EnumMap<>(ApiKey.class);
        private final Map<ApiKey, Advertised> narrowed = new EnumMap<>(ApiKey.class);
        private Features features = Features.none();
        private boolean unstableVersions;

        private Builder() {
        }

        /// A failing handler is answered for with the response's own error code, where it has one for the whole of it; otherwise
        /// the connection closes.
        public <Q extends ApiRequest, R extends ApiResponse> Builder serve(ApiKey key, ApiHandler<Q, R> handler) {
            return put(key, handler, TopLevelError.INSTANCE, false);
        }

        public <Q extends ApiRequest, R extends ApiResponse> Builder serve(ApiKey key, ApiHandler<Q, R> handler, ErrorAnswer<Q, R> whenFailed) {
            return put(key, handler, whenFailed, false);
        }

        /// As [#serve], for an API whose requests take effect in the order in which they came and may be handled while earlier
        /// ones wait: Produce, and what is appended in the same way. See the package's invariants before adding to them.
        public <Q extends ApiRequest, R extends ApiResponse> Builder servePipelined(ApiKey key, ApiHandler<Q, R> handler, ErrorAnswer<Q, R> whenFailed) {
            return put(key, handler, whenFailed, true);
        }

        public <Q extends ApiRequest, R extends ApiResponse> Builder servePipelined(ApiKey key, ApiHandler<Q, R> handler) {
            return put(key, handler, TopLevelError.INSTANCE, true);
        }

        public Builder serveAll(Map<ApiKey, ? extends ApiHandler<?, ?>> handlers) {
            handlers.forEach((key, handler) -> put(key, handler, TopLevelError.INSTANCE, false));
            return this;
        }

        /// Serves and advertises fewer versions than the schemas have.
        public Builder versions(ApiKey key, short minVersion, short maxVersion) {
            if (minVersion < key.lowestVersion() || maxVersion > key.highestVersion() || minVersion > maxVersion)
                throw new IllegalArgumentException(key + " has versions " + key.lowestVersion() + " to " + key.highestVersion()
                    + ", so it cannot be served in " + minVersion + " to " + maxVersion);
            narrowed.put(key, new Advertised(key, minVersion, maxVersion));
            return this;
        }

        /// Whether newest versions that are still marked unstable are served (`unstable.api.versions.enable`).
        public Builder unstableVersions(boolean served) {
            unstableVersions = served;
            return this;
        }

        public Builder features(Features given) {
            features = given;
            return this;
        }

        public Handlers build() {
            var table = new ArrayList<Advertised>();
            put(ApiKey.API_VERSIONS, new ApiVersionsHandler(table, features), (_, error, _) -> ApiVersionsHandler.refusal(error), false);
            int highestId = 0;
            for (ApiKey key : served.keySet()) highestId = Math.max(highestId, key.id());
            var byId = new Served[highestId + 1];
            for (Served each : served.values()) {
                Served narrow = narrowed(each);
                if (narrow.minVersion() <= narrow.maxVersion()) byId[each.key().id()] = narrow;
            }
            for (Served each : byId) if (each != null) table.add(advertise(each));
            return new Handlers(byId, Collections.unmodifiableList(table));
        }

        @SuppressWarnings("unchecked")  // the key says which request is read, and with it which handler gets it
        private Builder put(ApiKey key, ApiHandler<?, ?> handler, ErrorAnswer<?, ?> whenFailed, boolean pipelined) {
            var put = new Served(key, key + " request", key.lowestVersion(), key.highestVersion(), (ApiHandler<ApiRequest, ApiResponse>) handler,
                (ErrorAnswer<ApiRequest, ApiResponse>) whenFailed, pipelined);
            if (served.put(key, put) != null) throw new IllegalArgumentException(key + " has two handlers; each API is served by one");
            return this;
        }

        private Served narrowed(Served each) {
            ApiKey key = each.key();
            Advertised asked = narrowed.get(key);
            short stable = key.latestVersionUnstable() && !unstableVersions ? (short) (key.highestVersion() - 1) : key.highestVersion();
            short min = asked == null ? key.lowestVersion() : asked.minVersion();
            short max = asked == null ? stable : (short) Math.min(stable, asked.maxVersion());
            return new Served(key, each.requestName(), min, max, each.handler(), each.whenFailed(), each.pipelined());
        }

        private static Advertised advertise(Served each) {
            short min = each.key() == ApiKey.PRODUCE ? PRODUCE_ADVERTISED_MINIMUM : each.minVersion();
            return new Advertised(each.key(), min, each.maxVersion());
        }
    }
}
