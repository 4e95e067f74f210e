package millrace.controller.brokers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;

import millrace.common.Uuid;
import millrace.controller.Changes;
import millrace.controller.ControllerSettings;
import millrace.controller.Problem;
import millrace.controller.elections.Elections;
import millrace.metadata.BrokerRegistration;
import millrace.metadata.ControllerRegistration;
import millrace.metadata.Features;
import millrace.metadata.MetadataImage;
import millrace.metadata.VersionRange;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.BrokerHeartbeatRequest;
import millrace.protocol.message.BrokerHeartbeatResponse;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.protocol.message.BrokerRegistrationResponse;
import millrace.protocol.message.ControllerRegistrationRequest;
import millrace.protocol.message.ControllerRegistrationResponse;
import millrace.protocol.message.UnregisterBrokerRequest;
import millrace.protocol.message.UnregisterBrokerResponse;
import millrace.protocol.metadata.BrokerRegistrationChangeRecord;
import millrace.protocol.metadata.RegisterBrokerRecord;
import millrace.protocol.metadata.RegisterControllerRecord;
import millrace.protocol.metadata.UnregisterBrokerRecord;
import org.pcollections.TreePMap;

/// BrokerRegistration (API key 62), BrokerHeartbeat (63), UnregisterBroker (64), ControllerRegistration (70), and sessions that run out.
public final class Brokers {
    private static final byte FENCE = 1;
    private static final byte UNFENCE = -1;
    private static final byte SHUT_DOWN = 1;

    private enum Standing { FENCED, UNFENCED, CONTROLLED_SHUTDOWN, MAY_STOP }

    private final ControllerSettings settings;
    private final Elections elections;
    private final BrokerSessions sessions;

    public Brokers(ControllerSettings settings, Elections elections) {
        this.settings = settings;
        this.elections = elections;
        this.sessions = new BrokerSessions(settings.sessionTimeoutMs());
    }

    public void begin(MetadataImage image, long nowMs) {
        sessions.begin(image, nowMs);
    }

    /// @return when [#fenceSilent] should be asked next, monotonic milliseconds
    public OptionalLong nextDeadlineMs(MetadataImage image) {
        return sessions.nextDeadlineMs(image);
    }

    /// @param colocated the broker shares the controller's process, so an earlier incarnation of it is dead
    public BrokerRegistrationResponse register(BrokerRegistrationRequest request, boolean colocated, Changes changes, long nowMs) {
        MetadataImage image = changes.image();
        BrokerRegistration before = image.cluster().broker(request.brokerId());
        Problem problem = problemWith(request, before, colocated, image, nowMs);
        if (problem != null) return BrokerRegistrationResponse.builder().errorCode(problem.code()).build();

        boolean sameIncarnation = before != null && before.incarnationId().equals(request.incarnationId());
        // The epoch is the offset at which this record will be: the log's next.
        long epoch = sameIncarnation ? before.epoch() : image.upTo().offset() + 1;
        changes.add(RegisterBrokerRecord.builder().brokerId(request.brokerId()).brokerEpoch(epoch).incarnationId(request.incarnationId())
            .endPoints(request.listeners().stream().map(listener -> RegisterBrokerRecord.BrokerEndpoint.builder().name(listener.name()).host(listener.host())
                .port(listener.port()).securityProtocol(listener.securityProtocol()).build()).toList())
            .features(request.features().stream().map(feature -> RegisterBrokerRecord.BrokerFeature.builder().name(feature.name())
                .minSupportedVersion(feature.minSupportedVersion()).maxSupportedVersion(feature.maxSupportedVersion()).build()).toList())
            .rack(request.rack()).fenced(!sameIncarnation || before.fenced()).inControlledShutdown(sameIncarnation && before.inControlledShutdown())
            .logDirs(request.logDirs()).cordonedLogDirs(sameIncarnation ? before.cordonedDirectories() : null).build());
        if (!sameIncarnation) {
            boolean clean = before == null || !tellsUncleanStops(image) || request.previousBrokerEpoch() == before.epoch();
            if (clean) elections.leave(request.brokerId(), changes);
            else elections.leaveAfterUncleanStop(request.brokerId(), changes);
        }
        sessions.heard(request.brokerId(), epoch, -1, nowMs);
        return BrokerRegistrationResponse.builder().brokerEpoch(epoch).build();
    }

    private Problem problemWith(BrokerRegistrationRequest request, BrokerRegistration before, boolean colocated, MetadataImage image, long nowMs) {
        if (!request.clusterId().equals(settings.clusterId()))
            return new Problem(ErrorCode.INCONSISTENT_CLUSTER_ID, "The broker belongs to cluster " + request.clusterId() + ", this is " + settings.clusterId() + ".");
        if (request.isMigratingZkBroker())
            return new Problem(ErrorCode.BROKER_ID_NOT_REGISTERED, "Brokers that still use ZooKeeper cannot join; migrate with Kafka 3.9 first.");
        if (before != null && !colocated && !before.incarnationId().equals(request.incarnationId()) && !before.inControlledShutdown()
                && sessions.isLive(before.id(), before.epoch(), nowMs))
            return new Problem(ErrorCode.DUPLICATE_BROKER_REGISTRATION, "A broker with id " + request.brokerId()
                + " is alive; if this is its restart, its old session runs out within " + settings.sessionTimeoutMs() + " ms.");
        Problem directories = image.features().metadataVersion().hasDirectories() ? problemWithDirectories(request, image) : null;
        return directories != null ? directories : problemWithFeatures(request, image);
    }

    private static Problem problemWithDirectories(BrokerRegistrationRequest request, MetadataImage image) {
        List<Uuid> directories = request.logDirs();
        if (directories.isEmpty()) return new Problem(ErrorCode.INVALID_REQUEST, "The broker names no log directory.");
        if (new TreeSet<>(directories).size() != directories.size()) return new Problem(ErrorCode.INVALID_REQUEST, "The broker names a log directory twice.");
        if (directories.stream().anyMatch(Uuid::isReserved)) return new Problem(ErrorCode.INVALID_REQUEST, "The broker names a log directory by a reserved id.");
        for (BrokerRegistration other : image.cluster().brokers().values()) {
            if (other.id() == request.brokerId()) continue;
            for (Uuid directory : directories)
                if (other.directories().contains(directory)) return new Problem(ErrorCode.DUPLICATE_BROKER_REGISTRATION,
                    "Log directory " + directory + " belongs to broker " + other.id() + "; was it copied?");
        }
        return null;
    }

    private static Problem problemWithFeatures(BrokerRegistrationRequest request, MetadataImage image) {
        TreePMap<String, VersionRange> supported = TreePMap.empty();
        for (var feature : request.features())
            supported = supported.plus(feature.name(), new VersionRange(feature.minSupportedVersion(), feature.maxSupportedVersion()));
        return problemWithFeatures(supported, image);
    }

    private static Problem problemWithFeatures(Map<String, VersionRange> supported, MetadataImage image) {
        for (Map.Entry<String, Short> level : image.features().levels().entrySet()) {
            VersionRange range = supported.getOrDefault(level.getKey(), new VersionRange((short) 0, (short) 0));
            if (!range.contains(level.getValue())) return new Problem(ErrorCode.UNSUPPORTED_VERSION, "The cluster has finalized " + level.getKey() + " at "
                + level.getValue() + ", the node supports " + range.min() + " to " + range.max() + ".");
        }
        return null;
    }

    private static boolean tellsUncleanStops(MetadataImage image) {
        return image.features().level(Features.ELIGIBLE_LEADER_REPLICAS_VERSION) > 0;
    }

    public BrokerHeartbeatResponse heartbeat(BrokerHeartbeatRequest request, Changes changes, long nowMs) {
        BrokerRegistration broker = changes.image().cluster().broker(request.brokerId());
        if (broker == null || broker.epoch() != request.brokerEpoch())
            return BrokerHeartbeatResponse.builder().errorCode(ErrorCode.STALE_BROKER_EPOCH.code()).build();
        sessions.heard(broker.id(), broker.epoch(), request.currentMetadataOffset(), nowMs);
        boolean caughtUp = request.currentMetadataOffset() >= broker.epoch();
        Standing next = next(standing(broker), request, caughtUp, changes.image());
        move(broker, next, changes);
        changeDirectories(broker, request, changes);
        return BrokerHeartbeatResponse.builder().isCaughtUp(caughtUp).isFenced(next == Standing.FENCED || next == Standing.MAY_STOP)
            .shouldShutDown(next == Standing.MAY_STOP).build();
    }

    private static Standing standing(BrokerRegistration broker) {
        return broker.fenced() ? Standing.FENCED : broker.inControlledShutdown() ? Standing.CONTROLLED_SHUTDOWN : Standing.UNFENCED;
    }

    private Standing next(Standing now, BrokerHeartbeatRequest request, boolean caughtUp, MetadataImage image) {
        return switch (now) {
            case FENCED -> request.wantShutDown() ? Standing.MAY_STOP : !request.wantFence() && caughtUp ? Standing.UNFENCED : Standing.FENCED;
            case UNFENCED -> request.wantFence() ? request.wantShutDown() ? Standing.MAY_STOP : Standing.FENCED
                : !request.wantShutDown() ? Standing.UNFENCED
                : elections.leads(request.brokerId(), image) ? Standing.CONTROLLED_SHUTDOWN : Standing.MAY_STOP;
            case CONTROLLED_SHUTDOWN -> !elections.leads(request.brokerId(), image) && sessions.everyoneKnowsOfShutdown(request.brokerId(), image)
                ? Standing.MAY_STOP : Standing.CONTROLLED_SHUTDOWN;
            case MAY_STOP -> Standing.MAY_STOP;
        };
    }

    private void move(BrokerRegistration broker, Standing next, Changes changes) {
        Standing now = standing(broker);
        if (next == now) return;
        switch (next) {
            case UNFENCED -> {
                changes.add(change(broker).fenced(UNFENCE).build());
                elections.join(broker.id(), changes);
            }
            case CONTROLLED_SHUTDOWN -> {
                changes.add(change(broker).inControlledShutdown(SHUT_DOWN).build());
                elections.leave(broker.id(), changes);
                sessions.shuttingDown(broker.id(), changes.image().upTo().offset() + changes.records().size());
            }
            case FENCED, MAY_STOP -> fence(broker, changes);
        }
    }

    private void fence(BrokerRegistration broker, Changes changes) {
        if (broker.fenced()) return;
        changes.add(change(broker).fenced(FENCE).build());
        elections.leave(broker.id(), changes);
    }

    private static BrokerRegistrationChangeRecord.Builder change(BrokerRegistration broker) {
        return BrokerRegistrationChangeRecord.builder().brokerId(broker.id()).brokerEpoch(broker.epoch());
    }

    private void changeDirectories(BrokerRegistration broker, BrokerHeartbeatRequest request, Changes changes) {
        if (!changes.image().features().metadataVersion().hasDirectories()) return;
        var online = new ArrayList<>(broker.directories());
        if (online.removeAll(request.offlineLogDirs()) && !online.isEmpty()) {
            changes.add(change(broker).logDirs(online).build());
            elections.loseDirectories(broker.id(), request.offlineLogDirs(), changes);
        }
        if (!changes.image().features().metadataVersion().hasCordonedDirectories() || request.cordonedLogDirs() == null) return;
        List<Uuid> cordoned = request.cordonedLogDirs().stream().sorted().toList();
        if (!cordoned.equals(broker.cordonedDirectories())) changes.add(change(broker).cordonedLogDirs(cordoned).build());
    }

    /// Fences every broker whose session has run out.
    public void fenceSilent(Changes changes, long nowMs) {
        for (OptionalInt silent = sessions.expired(changes.image(), nowMs); silent.isPresent(); silent = sessions.expired(changes.image(), nowMs))
            fence(changes.image().cluster().broker(silent.getAsInt()), changes);
    }

    public UnregisterBrokerResponse unregister(UnregisterBrokerRequest request, Changes changes) {
        BrokerRegistration broker = changes.image().cluster().broker(request.brokerId());
        if (broker == null) return UnregisterBrokerResponse.builder().errorCode(ErrorCode.BROKER_ID_NOT_REGISTERED.code())
            .errorMessage("No broker with id " + request.brokerId() + " is registered.").build();
        fence(broker, changes);
        changes.add(UnregisterBrokerRecord.builder().brokerId(broker.id()).brokerEpoch(broker.epoch()).build());
        sessions.forget(broker.id());
        return UnregisterBrokerResponse.builder().errorMessage(null).build();
    }

    public ControllerRegistrationResponse registerController(ControllerRegistrationRequest request, Changes changes) {
        if (!changes.image().features().metadataVersion().hasControllerRegistration()) return refused(new Problem(ErrorCode.UNSUPPORTED_VERSION,
            "Controllers register from metadata version 3.7-IV0 on, the cluster is at " + changes.image().features().metadataVersion() + "."));
        TreePMap<String, VersionRange> features = TreePMap.empty();
        for (var feature : request.features())
            features = features.plus(feature.name(), new VersionRange(feature.minSupportedVersion(), feature.maxSupportedVersion()));
        Problem problem = problemWithFeatures(features, changes.image());
        if (problem != null) return refused(problem);
        RegisterControllerRecord record = RegisterControllerRecord.builder().controllerId(request.controllerId()).incarnationId(request.incarnationId())
            .zkMigrationReady(request.zkMigrationReady())
            .endPoints(request.listeners().stream().map(listener -> RegisterControllerRecord.ControllerEndpoint.builder().name(listener.name())
                .host(listener.host()).port(listener.port()).securityProtocol(listener.securityProtocol()).build()).toList())
            .features(request.features().stream().map(feature -> RegisterControllerRecord.ControllerFeature.builder().name(feature.name())
                .minSupportedVersion(feature.minSupportedVersion()).maxSupportedVersion(feature.maxSupportedVersion()).build()).toList())
            .build();
        ControllerRegistration before = changes.image().cluster().controllers().get(request.controllerId());
        if (before == null || !before.toRecord().equals(record)) changes.add(record);
        return ControllerRegistrationResponse.builder().errorMessage(null).build();
    }

    private static ControllerRegistrationResponse refused(Problem problem) {
        return ControllerRegistrationResponse.builder().errorCode(problem.code()).errorMessage(problem.message()).build();
    }
}
