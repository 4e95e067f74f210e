package millrace.broker.lifecycle;

import java.util.List;
import millrace.broker.metadata.BrokerMetadata;
import millrace.common.Uuid;
import millrace.feed.ControllerLink;
import millrace.metadata.BrokerRegistration;
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
    private static final short HEARTBEAT_VERSION = 1;
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
    private final Pending<Long> active = new Pending<>();
    private final Pending<Boolean> left = new Pending<>();
    private State state = State.REGISTERING;
    private volatile long brokerEpoch = -1;

    public BrokerLifecycle(Identity identity, BrokerMetadata metadata, ControllerLink controller, EventLoop loop, long heartbeatIntervalMs) {
        this.identity = identity;
        this.metadata = metadata;
        this.controller = controller;
        this.loop = loop;
        this.heartbeatIntervalMs = heartbeatIntervalMs;
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

    public long brokerEpoch() {
        return brokerEpoch;
    }

    private void register() {
        if (state != State.REGISTERING) return;
        var request = BrokerRegistrationRequest.builder().brokerId(identity.brokerId()).clusterId(identity.clusterId()).incarnationId(identity.incarnationId())
                .listeners(identity.listeners()).features(identity.features()).rack(identity.rack()).logDirs(identity.logDirectories())
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
        if (state == State.LEFT || state == State.REGISTERING) return;
        var request = BrokerHeartbeatRequest.builder().brokerId(identity.brokerId()).brokerEpoch(brokerEpoch)
                .currentMetadataOffset(metadata.image().upTo().offset()).wantFence(false).wantShutDown(state == State.LEAVING).build();
        Pending<BrokerHeartbeatResponse> answer = controller.send(request, HEARTBEAT_VERSION, PRINCIPAL, "");
        answer.whenDone(response -> loop.execute(() -> answered(response)));
    }

    private void answered(BrokerHeartbeatResponse response) {
        ErrorCode error = ErrorCode.forCode(response.errorCode());
        switch (state) {
            case FENCED, ACTIVE -> {
                if (error == ErrorCode.STALE_BROKER_EPOCH || error == ErrorCode.BROKER_ID_NOT_REGISTERED) {
                    LOG.warn("The controller no longer knows broker {} with epoch {} ({}). Registering again.", identity.brokerId(), brokerEpoch, error);
                    state = State.REGISTERING;
                    register();
                    return;
                }
                if (error == ErrorCode.NONE && !response.isFenced()) becomeActive();
                loop.schedule(state == State.ACTIVE ? heartbeatIntervalMs : RETRY_MS, this::heartbeat);
            }
            case LEAVING -> {
                if (error != ErrorCode.NONE || response.shouldShutDown()) {
                    state = State.LEFT;
                    left.complete(error == ErrorCode.NONE);
                } else {
                    loop.schedule(RETRY_MS, this::heartbeat);
                }
            }
            case REGISTERING, CATCHING_UP, LEFT -> { }
        }
    }

    private void becomeActive() {
        state = State.ACTIVE;
        if (!active.holds()) active.complete(brokerEpoch);
    }
}
