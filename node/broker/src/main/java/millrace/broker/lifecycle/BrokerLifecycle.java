package millrace.broker.lifecycle;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import millrace.broker.metadata.BrokerMetadata;
import millrace.common.Uuid;
import millrace.feed.ControllerLink;
import millrace.metadata.BrokerRegistration;
import millrace.ports.Cancellable;
import millrace.ports.EventLoop;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.BrokerHeartbeatRequest;
import millrace.protocol.message.BrokerHeartbeatResponse;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.protocol.message.BrokerRegistrationResponse;
import millrace.wire.Condition;
import millrace.wire.Pending;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Registers this broker, keeps it alive by heartbeats, and takes it out in order. All of it on one event loop.
public final class BrokerLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerLifecycle.class);
    private static final String PRINCIPAL = "User:ANONYMOUS";
    private static final short REGISTRATION_VERSION = 4;
    private static final short HEARTBEAT_VERSION = 2;
    private static final long RETRY_MS = 100;

    /// Who this broker is, as it registers itself.
    ///
    /// @param previousBrokerEpoch from the clean shutdown marker, -1 when the last stop was not clean
    public record Identity(int brokerId, String clusterId, Uuid incarnationId, List<BrokerRegistrationRequest.Listener> listeners,
                           List<BrokerRegistrationRequest.Feature> features, String rack, List<Uuid> logDirectories, long previousBrokerEpoch) {}

    private enum State { REGISTERING, CATCHING_UP, FENCED, ACTIVE, LEAVING, LEFT }

    private final Identity identity;
    private final BrokerMetadata metadata;
    private final ControllerLink controller;
    private final EventLoop loop;
    private final long heartbeatIntervalMs;
    private final long directoryFailureTimeoutMs;
    private final Pending<Uuid> unheard = new Pending<>();
    private final Pending<Long> active = new Pending<>();
    private final Pending<Boolean> left = new Pending<>();
    private volatile State state = State.REGISTERING;
    private final Set<Uuid> offlineDirectories = new LinkedHashSet<>();
    private final Set<Uuid> heardOf = new LinkedHashSet<>();
    private Set<Uuid> beingTold = Set.of();
    private final Supplier<List<Uuid>> cordonedDirectories;
    private Cancellable nextHeartbeat = () -> { };
    private boolean heartbeatUnderWay;
    private boolean anotherAtOnce;
    private volatile long brokerEpoch = -1;

    /// @param heartbeatIntervalMs `broker.heartbeat.interval.ms`
    /// @param directoryFailureTimeoutMs `log.dir.failure.timeout.ms`
    /// @param cordonedDirectories ids of the log directories that take no new replicas, asked for each heartbeat
    public BrokerLifecycle(Identity identity, BrokerMetadata metadata, ControllerLink controller, EventLoop loop, long heartbeatIntervalMs,
                           long directoryFailureTimeoutMs, Supplier<List<Uuid>> cordonedDirectories) {
        this.identity = identity;
        this.metadata = metadata;
        this.controller = controller;
        this.loop = loop;
        this.heartbeatIntervalMs = heartbeatIntervalMs;
        this.directoryFailureTimeoutMs = directoryFailureTimeoutMs;
        this.cordonedDirectories = cordonedDirectories;
    }

    /// @return the broker epoch, once the cluster counts on this broker
    public Pending<Long> start() {
        loop.execute(this::register);
        return active;
    }

    /// Asks the controller to move leadership away and waits for its leave to go.
    public Pending<Boolean> leave() {
        loop.execute(() -> {
            if (state == State.LEFT) return;
            state = State.LEAVING;
            heartbeat();
        });
        return left;
    }

    /// @return as Kafka numbers them: starting, recovering (fenced until it has caught up), running, about to leave, leaving
    public byte stateNumber() {
        return switch (state) {
            case REGISTERING         -> 1;
            case CATCHING_UP, FENCED -> 2;
            case ACTIVE              -> 3;
            case LEAVING             -> 6;
            case LEFT                -> 7;
        };
    }

    public long brokerEpoch() {
        return brokerEpoch;
    }

    /// A log directory has gone offline: the controller hears of it at once, and takes leadership of what is in it away. Safe from any thread.
    public void directoryFailed(Uuid directory) {
        loop.execute(() -> {
            if (!offlineDirectories.add(directory)) return;
            loop.schedule(directoryFailureTimeoutMs, () -> giveUpUnlessHeardOf(directory));
            heartbeatAtOnce();
        });
    }

    /// The cluster goes on counting on what lies in such a directory, so a broker that nobody hears had better stop as a whole.
    /// @return in time, a failed log directory that the controller has not heard of within `log.dir.failure.timeout.ms`
    public Pending<Uuid> unheard() {
        return unheard;
    }

    private void giveUpUnlessHeardOf(Uuid directory) {
        if (!heardOf.contains(directory) && state != State.LEFT && !unheard.holds()) unheard.complete(directory);
    }

    /// What a heartbeat says has changed. Safe from any thread.
    public void tellNow() {
        loop.execute(this::heartbeatAtOnce);
    }

    private void heartbeatAtOnce() {
        if (state != State.ACTIVE && state != State.FENCED) return;
        if (heartbeatUnderWay) anotherAtOnce = true;
        else heartbeat();
    }

    private List<Uuid> onlineDirectories() {
        return identity.logDirectories().stream().filter(directory -> !offlineDirectories.contains(directory)).toList();
    }

    private void register() {
        if (state != State.REGISTERING) return;
        var request = BrokerRegistrationRequest.builder().brokerId(identity.brokerId()).clusterId(identity.clusterId()).incarnationId(identity.incarnationId())
                .listeners(identity.listeners()).features(identity.features()).rack(identity.rack()).logDirs(onlineDirectories())
                .previousBrokerEpoch(identity.previousBrokerEpoch()).build();
        Pending<BrokerRegistrationResponse> answer = controller.send(request, REGISTRATION_VERSION, PRINCIPAL, "");
        answer.whenDone(response -> loop.execute(() -> registered(response)));
    }

    private void registered(BrokerRegistrationResponse response) {
        if (state != State.REGISTERING) return;
        ErrorCode error = ErrorCode.forCode(response.errorCode());
        if (error != ErrorCode.NONE) {
            LOG.warn("The controller did not register broker {}: {}. Asking again in {} ms.", identity.brokerId(), error, RETRY_MS);
            loop.schedule(RETRY_MS, this::register);
            return;
        }
        brokerEpoch = response.brokerEpoch();
        state = State.CATCHING_UP;
        Condition caughtUp = metadata.until(this::imageShowsThisRegistration);
        Condition.Watcher watcher = new Condition.Watcher() {
            @Override public void wake() {
                if (!caughtUp.holds()) return;
                caughtUp.unwatch(this);
                loop.execute(BrokerLifecycle.this::caughtUp);
            }
        };
        caughtUp.watch(watcher);
        watcher.wake();
    }

    private boolean imageShowsThisRegistration() {
        BrokerRegistration mine = metadata.image().cluster().brokers().get(identity.brokerId());
        return mine != null && mine.epoch() == brokerEpoch;
    }

    private void caughtUp() {
        if (state != State.CATCHING_UP) return;
        state = State.FENCED;
        heartbeat();
    }

    private void heartbeat() {
        nextHeartbeat.cancel();
        if (state == State.LEFT || state == State.REGISTERING) return;
        heartbeatUnderWay = true;
        beingTold = new LinkedHashSet<>(offlineDirectories);
        var request = BrokerHeartbeatRequest.builder().brokerId(identity.brokerId()).brokerEpoch(brokerEpoch)
                .currentMetadataOffset(metadata.image().upTo().offset()).wantFence(false).wantShutDown(state == State.LEAVING)
                .offlineLogDirs(List.copyOf(offlineDirectories)).cordonedLogDirs(cordonedDirectories.get()).build();
        Pending<BrokerHeartbeatResponse> answer = controller.send(request, HEARTBEAT_VERSION, PRINCIPAL, "");
        answer.whenDone(response -> loop.execute(() -> answered(response)));
    }

    private void answered(BrokerHeartbeatResponse response) {
        ErrorCode error = ErrorCode.forCode(response.errorCode());
        heartbeatUnderWay = false;
        if (error == ErrorCode.NONE) heardOf.addAll(beingTold);
        switch (state) {
            case FENCED, ACTIVE -> {
                if (error == ErrorCode.STALE_BROKER_EPOCH || error == ErrorCode.BROKER_ID_NOT_REGISTERED) {
                    LOG.warn("The controller no longer knows broker {} with epoch {} ({}). Registering again.", identity.brokerId(), brokerEpoch, error);
                    state = State.REGISTERING;
                    register();
                    return;
                }
                if (error == ErrorCode.NONE && !response.isFenced()) becomeActive();
                heartbeatLater(anotherAtOnce ? 0 : state == State.ACTIVE ? heartbeatIntervalMs : RETRY_MS);
            }
            case LEAVING -> {
                if (error != ErrorCode.NONE || response.shouldShutDown()) {
                    state = State.LEFT;
                    left.complete(error == ErrorCode.NONE);
                } else {
                    heartbeatLater(RETRY_MS);
                }
            }
            case REGISTERING, CATCHING_UP, LEFT -> { }
        }
    }

    private void heartbeatLater(long delayMs) {
        anotherAtOnce = false;
        nextHeartbeat.cancel();
        nextHeartbeat = loop.schedule(delayMs, this::heartbeat);
    }

    private void becomeActive() {
        state = State.ACTIVE;
        if (!active.holds()) active.complete(brokerEpoch);
    }
}
