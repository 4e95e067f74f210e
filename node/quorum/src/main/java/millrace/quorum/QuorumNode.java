package millrace.quorum;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import millrace.common.OffsetAndEpoch;
import millrace.common.Uuid;
import millrace.controller.ControllerCommand;
import millrace.controller.ControllerCore;
import millrace.controller.ControllerSettings;
import millrace.core.BrokenInvariant;
import millrace.core.ReplicatedCore.Decision;
import millrace.feed.ControllerLink;
import millrace.feed.MetadataFeed;
import millrace.metadata.Features;
import millrace.metadata.ImageFold;
import millrace.metadata.MetadataImage;
import millrace.metadata.MetadataVersion;
import millrace.metrics.Measured;
import millrace.ports.Cancellable;
import millrace.ports.Clock;
import millrace.ports.Disk;
import millrace.ports.EventLoop;
import millrace.ports.Randomness;
import millrace.ports.Workers;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.protocol.message.ControllerRegistrationRequest;
import millrace.protocol.message.ControllerRegistrationResponse;
import millrace.protocol.message.DescribeClusterRequest;
import millrace.protocol.message.DescribeQuorumRequest;
import millrace.protocol.message.LeaderChangeMessage;
import millrace.protocol.metadata.BeginTransactionRecord;
import millrace.protocol.metadata.EndTransactionRecord;
import millrace.protocol.metadata.FeatureLevelRecord;
import millrace.protocol.metadata.MetadataRecord;
import millrace.raft.RaftCore;
import millrace.raft.RaftEffect;
import millrace.raft.RaftInput;
import millrace.raft.RaftSettings;
import millrace.raft.ReplicaKey;
import millrace.raft.VoterSet;
import millrace.record.ControlRecord;
import millrace.record.ControlRecords;
import millrace.storage.log.LogDirFailure;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Pending;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node of the metadata quorum: raft, the controller while this node leads, and the feed.
///
/// Everything but [#start], [#send] and [#current] runs on the node's one loop. The turns:
///
///     request ▶ mailbox ▶ decide, append, apply ▶ waits in `uncommitted` ▶ high watermark ▶ published, answered
///     raft input ▶ raft.step ▶ effects, in order; what follows a PersistElection waits until that is on the device
///
/// A device that fails, or an invariant that breaks, ends the node's part in the quorum: everything that waits is answered with
/// `NOT_CONTROLLER`, and `onFailure` is told.
public final class QuorumNode implements ControllerLink {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumNode.class);
    /// Requests that wait for their turn; more are refused with `NOT_CONTROLLER`, so that they are asked again later.
    private static final int MAILBOX_SIZE = 1_024;
    /// How long an answer waits for its records to be committed.
    private static final long COMMIT_TIMEOUT_MS = 30_000;
    private static final long NEVER = Long.MAX_VALUE;

    /// A request on its way, and where its answer goes.
    private record Request(ApiRequest request, short version, boolean colocated, String listener, Pending<ApiResponse> answer) {
        void fail(ErrorCode error, String message) {
            answer.complete(ErrorAnswers.of(request, version, error, message));
        }
    }

    /// What has been appended and is not yet committed.
    /// @param end the log's end after it
    /// @param request null when nobody waits
    private record Uncommitted(long end, ImageFold after, Request request, ApiResponse response, long deadlineMs) {}

    private final QuorumSettings settings;
    private final Clock clock;
    private final EventLoop loop;
    private final Workers workers;
    private final Workers.SerialExecutor device;
    private final Randomness randomness;
    private final Consumer<Throwable> onFailure;
    private final MetadataLog log;
    private final SnapshotKeeper snapshots;
    private final QuorumStateFile stateFile;
    private final List<FeatureLevelRecord> formatted;
    private final RaftCore raft;
    private final ControllerCore controller;
    private final CommittedFeed feed;
    private final Descriptions descriptions;
    private final Uuid incarnationId;
    private final short kraftVersion;

    private final AtomicInteger waiting = new AtomicInteger();
    private final ArrayDeque<Request> mailbox = new ArrayDeque<>();
    private final ArrayDeque<Uncommitted> uncommitted = new ArrayDeque<>();
    private final ArrayDeque<RaftInput> heldInputs = new ArrayDeque<>();
    private VotersState voters;
    private long lastTimestampMs;
    private boolean persisting;
    private boolean flushing;
    /// Written on the loop.
    private volatile boolean active;
    private boolean undecided = true;
    private boolean stopped;
    private long idleSinceMs;
    private long nextBalanceMs = NEVER;
    private Cancellable timer;
    private long timerMs = NEVER;

    private QuorumNode(QuorumSettings settings, Clock clock, EventLoop loop, Workers workers, Randomness randomness, Consumer<Throwable> onFailure,
                       MetadataLog log, Snapshots snapshots, QuorumStateFile stateFile, LoadedMetadata loaded) {
        this.settings = settings;
        this.clock = clock;
        this.loop = loop;
        this.workers = workers;
        this.device = workers.serial("metadata device");
        this.randomness = randomness;
        this.onFailure = onFailure;
        this.log = log;
        this.snapshots = new SnapshotKeeper(settings, snapshots, log, loaded, workers, loop, clock.monotonicMs(), this::fail);
        this.stateFile = stateFile;
        this.formatted = loaded.formatted();
        this.voters = loaded.voters();
        this.kraftVersion = loaded.voters().kraftVersion();
        this.lastTimestampMs = loaded.timestampMs();
        this.raft = new RaftCore(settings.self(), new RaftSettings(settings.electionTimeoutMs(), settings.fetchTimeoutMs(), randomness.nextLong()));
        this.controller = new ControllerCore(new ControllerSettings(settings.clusterId(), settings.nodeId(), settings.sessionTimeoutMs(),
            settings.supportedFeatures(), settings.node()));
        this.controller.reset(loaded.fold());
        this.feed = new CommittedFeed(loop);
        this.descriptions = new Descriptions(settings, raft, clock);
        this.incarnationId = new Uuid(randomness.nextLong(), randomness.nextLong());
    }

    /// Reads what is there, formats the directory where nothing is, and begins to take part. Blocking; the caller is on no loop and
    /// holds the lock of the log directory.
    ///
    /// @param loop the node's own for the metadata; handlers of other loops may call [#send]
    /// @param metadataLogDir the log directory that holds `__cluster_metadata-0` (`metadata.log.dir`)
    /// @param onFailure told once, on the loop, when the node can no longer take part; the process should end
    /// @throws IOException when the files cannot be read; the text says which and what to do
    public static QuorumNode start(QuorumSettings settings, Disk disk, Clock clock, EventLoop loop, Workers workers, Randomness randomness,
                                   Path metadataLogDir, Consumer<Throwable> onFailure) throws IOException {
        Path directory = metadataLogDir.resolve(MetadataLog.METADATA_PARTITION.toString());
        disk.createDirectories(directory);
        var snapshots = new Snapshots(disk, directory);
        var stateFile = new QuorumStateFile(disk, directory);
        snapshots.deleteParts();
        MetadataLog log = MetadataLog.open(disk, clock, directory, snapshots, settings);
        if (log.endOffset() == 0 && !snapshots.hasBootstrap() && !stateFile.exists()) format(settings, snapshots, clock);
        LoadedMetadata loaded = LoadedMetadata.from(log, snapshots);
        refuseWhatCannotBeServed(loaded.voters().inForce(settings), settings);
        var node = new QuorumNode(settings, clock, loop, workers, randomness, onFailure, log, snapshots, stateFile, loaded);
        var election = stateFile.read();
        OffsetAndEpoch end = log.end(loaded.snapshot());
        loop.execute(() -> node.begin(new RaftInput.Started(election, node.voters.inForce(settings), end)));
        return node;
    }

    /// @return whether a node has been here before, or the directory was formatted for one: then its metadata says who votes
    public static boolean isFormatted(Disk disk, Path metadataLogDir) throws IOException {
        Path directory = metadataLogDir.resolve(MetadataLog.METADATA_PARTITION.toString());
        if (!disk.isDirectory(directory)) return false;
        for (Path file : disk.list(directory)) if (disk.size(file) > 0 && !Snapshots.isPart(file)) return true;
        return false;
    }

    /// The cores know of other voters, the wire between them does not yet.
    private static void refuseWhatCannotBeServed(VoterSet voters, QuorumSettings settings) throws IOException {
        if (voters.isOnly(settings.self())) return;
        throw new IOException("The voters of the metadata quorum are " + voters.voters().values().stream().map(VoterSet.Voter::key).toList() + ", this node is "
            + settings.self() + ", and this release runs a quorum of one: use the node id and the directory (directory.id in meta.properties) that the quorum was formatted with, or a new directory");
    }

    private static void format(QuorumSettings settings, Snapshots snapshots, Clock clock) throws IOException {
        // Voters of the settings file are not told by records (kraft.version 0); otherwise this node begins alone.
        VotersState voters = settings.staticVoters().voters().isEmpty() ? VotersState.alone(settings) : VotersState.NONE;
        List<FeatureLevelRecord> older = snapshots.readOlderBootstrap();
        List<FeatureLevelRecord> newest = Features.NEW_CLUSTER.entrySet().stream().map(level -> FeatureLevelRecord.builder().name(level.getKey()).featureLevel(level.getValue()).build()).toList();
        snapshots.writeBootstrap(older.isEmpty() ? newest : older, voters, clock.timestampMs());
    }

    /// Committed metadata as this node knows it.
    public MetadataFeed feed() {
        return feed;
    }

    /// The way to the controller for the broker of this process.
    public ControllerLink controllerLink() {
        return this;
    }

    /// What ApiVersions tells on the controller listener.
    public millrace.wire.Features features() {
        return new ControllerFeatures(settings, feed, kraftVersion);
    }

    /// What this node's part in the quorum is, and what its controller knows of the cluster, to be measured.
    public Measured meters() {
        return new QuorumMeters(feed::current, () -> active, loop, this::facts);
    }

    private QuorumMeters.Facts facts() {
        String state = raft.isLeader() ? "leader" : raft.leader() >= 0 ? "follower" : "unattached";
        return new QuorumMeters.Facts(state, raft.leader(), raft.epoch(), raft.highWatermark(), raft.logEnd(), raft.voters().voters().size());
    }

    /// The newest committed image.
    public MetadataImage current() {
        return feed.current();
    }

    // ---- requests

    @SuppressWarnings("unchecked")      // the core answers each request with its own response
    @Override public <R extends ApiResponse> Pending<R> send(ApiRequest request, short version, String principal, String clientAddress) {
        boolean colocated = request instanceof BrokerRegistrationRequest registration && registration.brokerId() == settings.nodeId();
        return (Pending<R>) submit(request, version, colocated, "");
    }

    /// The controller listener's handlers.
    public Map<ApiKey, ApiHandler<?, ?>> controllerHandlers() {
        var handlers = new EnumMap<ApiKey, ApiHandler<?, ?>>(ApiKey.class);
        for (ApiKey key : SERVED) handlers.put(key, (ApiHandler<ApiRequest, ApiResponse>) (request, caller) ->
            Answer.of(submit(request, caller.apiVersion(), false, caller.listenerName())));
        return handlers;
    }

    private static final List<ApiKey> SERVED = List.of(ApiKey.CREATE_TOPICS, ApiKey.DELETE_TOPICS, ApiKey.ALTER_CONFIGS, ApiKey.CREATE_PARTITIONS,
        ApiKey.ELECT_LEADERS, ApiKey.INCREMENTAL_ALTER_CONFIGS, ApiKey.DESCRIBE_QUORUM, ApiKey.ALTER_PARTITION, ApiKey.UPDATE_FEATURES, ApiKey.DESCRIBE_CLUSTER,
        ApiKey.BROKER_REGISTRATION, ApiKey.BROKER_HEARTBEAT, ApiKey.UNREGISTER_BROKER, ApiKey.ALLOCATE_PRODUCER_IDS, ApiKey.CONTROLLER_REGISTRATION,
        ApiKey.ASSIGN_REPLICAS_TO_DIRS);

    private Pending<ApiResponse> submit(ApiRequest request, short version, boolean colocated, String listener) {
        var asked = new Request(request, version, colocated, listener, new Pending<>());
        if (waiting.incrementAndGet() > MAILBOX_SIZE) {
            waiting.decrementAndGet();
            asked.fail(ErrorCode.NOT_CONTROLLER, "The controller has " + MAILBOX_SIZE + " requests waiting; try again later.");
        } else loop.execute(() -> {
            mailbox.add(asked);
            takeTurn();
        });
        return asked.answer;
    }

    private void takeTurn() {
        // While this node is the only voter and has not begun, requests wait the few milliseconds until it leads.
        if (undecided && !stopped) return;
        try {
            for (Request next = mailbox.poll(); next != null; next = mailbox.poll()) {
                waiting.decrementAndGet();
                answer(next);
            }
        } catch (LogDirFailure | BrokenInvariant failure) {
            fail(failure);
        }
        afterTurn();
    }

    private void answer(Request asked) {
        switch (asked.request) {
            case DescribeQuorumRequest quorum -> asked.answer.complete(descriptions.quorum(quorum));
            case DescribeClusterRequest cluster -> asked.answer.complete(descriptions.cluster(cluster, feed.current(), asked.listener));
            default -> {
                Optional<ControllerCommand> command = Commands.of(asked.request, asked.version, asked.colocated, randomness);
                if (command.isEmpty()) asked.fail(ErrorCode.UNSUPPORTED_VERSION, "The controller does not serve this.");
                else if (!active) asked.fail(ErrorCode.NOT_CONTROLLER, "Controller " + settings.nodeId() + " is not the active one.");
                else decide(command.get(), asked);
            }
        }
    }

    /// Deciding moves nothing that is replicated, so a request that cannot be decided costs only itself.
    private void decide(ControllerCommand command, Request asked) {
        Decision<MetadataRecord, Optional<ApiResponse>> decision;
        try {
            decision = controller.decide(command, clock.monotonicMs());
        } catch (RuntimeException undecidable) {
            LOG.error("{} could not be decided: {}", asked.request.messageName(), asked.request, undecidable);
            asked.fail(ErrorCode.UNKNOWN_SERVER_ERROR, "The controller could not decide this; its log has the details.");
            return;
        }
        carryOut(decision, asked);
    }

    private void decide(ControllerCommand command) {
        carryOut(controller.decide(command, clock.monotonicMs()), null);
    }

    /// @param asked null when nobody waits for the answer
    private void carryOut(Decision<MetadataRecord, Optional<ApiResponse>> decision, Request asked) {
        if (!decision.changes().isEmpty()) {
            MetadataLog.Outcome outcome = append(decision.changes());
            if (outcome instanceof MetadataLog.Outcome.Refused(String message)) {
                LOG.error("The metadata log took no records: {}", message);
                if (asked != null) asked.fail(ErrorCode.KAFKA_STORAGE_ERROR, message);
                return;
            }
        }
        ApiResponse response = asked == null ? null : decision.answer().orElseThrow();
        long end = raft.logEnd().offset();
        // An answer that changed nothing still speaks of what is not committed yet.
        if (decision.changes().isEmpty() && raft.highWatermark() >= end) {
            if (asked != null) asked.answer.complete(response);
        } else uncommitted.add(new Uncommitted(end, controller.fold(), asked, response, clock.monotonicMs() + COMMIT_TIMEOUT_MS));
    }

    private MetadataLog.Outcome append(List<MetadataRecord> changes) {
        int epoch = raft.epoch();
        long timestampMs = clock.timestampMs();
        MetadataVersion version = versionFor(changes);
        List<MetadataRecord> records = changes;
        List<ByteBuffer> batches = MetadataBatches.write(records, version, timestampMs, epoch, 0);
        if (batches.size() > 1 && version.hasMetadataTransactions()) {
            records = new ArrayList<>(changes.size() + 2);
            records.add(BeginTransactionRecord.builder().name("a decision of " + changes.size() + " records").build());
            records.addAll(changes);
            records.add(EndTransactionRecord.builder().build());
            batches = MetadataBatches.write(records, version, timestampMs, epoch, 0);
        }
        MetadataLog.Outcome outcome = log.append(batches, epoch);
        if (outcome instanceof MetadataLog.Outcome.Appended(OffsetAndEpoch end)) {
            for (MetadataRecord record : records) controller.apply(record);
            controller.reached(new OffsetAndEpoch(end.offset() - 1, epoch));
            noteAppended(batches, timestampMs);
            step(new RaftInput.LogMoved(end));
        }
        return outcome;
    }

    /// The first records of a log say themselves which version they are of.
    private MetadataVersion versionFor(List<MetadataRecord> changes) {
        return changes.getFirst() instanceof FeatureLevelRecord level && level.name().equals(Features.METADATA_VERSION)
            ? new MetadataVersion(level.featureLevel()) : controller.image().features().metadataVersion();
    }

    private void noteAppended(List<ByteBuffer> batches, long timestampMs) {
        for (ByteBuffer batch : batches) snapshots.appended(batch.limit());
        lastTimestampMs = Math.max(lastTimestampMs, timestampMs);
        idleSinceMs = clock.monotonicMs();
    }

    // ---- raft

    private void begin(RaftInput.Started started) {
        if (!started.voters().isOnly(settings.self())) {
            LOG.info("Taking part in the metadata quorum of voters {} as node {}", started.voters().voters().keySet(), settings.nodeId());
            undecided = false;
        }
        step(started);
        afterTurn();
    }

    private void step(RaftInput input) {
        if (stopped) return;
        if (persisting) {
            heldInputs.add(input);
            return;
        }
        try {
            carryOut(raft.step(input, clock.monotonicMs()), 0);
        } catch (LogDirFailure | BrokenInvariant failure) {
            fail(failure);
        }
    }

    private void carryOut(List<RaftEffect> effects, int from) {
        for (int i = from; i < effects.size(); i++) {
            switch (effects.get(i)) {
                case RaftEffect.PersistElection persist -> {
                    int next = i + 1;
                    persisting = true;
                    onDevice("persist the election state", () -> stateFile.write(persist.state(), voters.kraftVersion() > 0), () -> {
                        persisting = false;
                        carryOut(effects, next);
                        while (!persisting && !heldInputs.isEmpty()) step(heldInputs.poll());
                    });
                    return;
                }
                case RaftEffect.BecomeLeader(int epoch, List<ReplicaKey> granting) -> lead(epoch, granting);
                case RaftEffect.BecomeFollower(int leader, int epoch) -> {
                    LOG.info("Following controller {} in epoch {}", leader, epoch);
                    loseLeadership();
                }
                case RaftEffect.BecomeLeaderless(int epoch) -> loseLeadership();
                case RaftEffect.AdvanceHighWatermark(long offset) -> commit(offset);
                case RaftEffect.SendVote _, RaftEffect.SendBeginEpoch _, RaftEffect.SendEndEpoch _, RaftEffect.AnswerVote _ ->
                    throw new BrokenInvariant("raft wants to speak to another voter, and this node has no way to: " + effects.get(i) + "; run a quorum of one");
            }
        }
    }

    private void lead(int epoch, List<ReplicaKey> granting) {
        active = true;
        undecided = false;
        appendEpochStart(epoch, granting);
        decide(new ControllerCommand.BeginEpoch());
        if (!controller.image().features().levels().containsKey(Features.METADATA_VERSION)) decide(new ControllerCommand.Bootstrap(formatted));
        registerItself();
        idleSinceMs = clock.monotonicMs();
        nextBalanceMs = settings.balanceEveryMs().isPresent() ? clock.monotonicMs() + settings.balanceEveryMs().getAsLong() : NEVER;
        LOG.info("Active controller {} in epoch {}, metadata log from {} to {}", settings.nodeId(), epoch, log.startOffset(), log.endOffset());
        takeTurn();
    }

    /// The control batch that begins an epoch; the voters with it where the log does not have them yet.
    private void appendEpochStart(int epoch, List<ReplicaKey> granting) {
        long timestampMs = clock.timestampMs();
        var records = new ArrayList<ControlRecord>();
        records.add(new ControlRecord.LeaderChange(LeaderChangeMessage.builder().version((short) 0).leaderId(settings.nodeId())
            .voters(raft.voters().voters().keySet().stream().map(id -> LeaderChangeMessage.Voter.builder().voterId(id).build()).toList())
            .grantingVoters(granting.stream().map(voter -> LeaderChangeMessage.Voter.builder().voterId(voter.id()).build()).toList()).build()));
        if (voters.kraftVersion() > 0 && !voters.inLog()) {
            records.add(new ControlRecord.KRaftVersion(voters.versionRecord()));
            records.add(new ControlRecord.Voters(voters.votersRecord()));
        }
        List<ByteBuffer> batch = List.of(ControlRecords.batch(log.endOffset(), timestampMs, epoch, records));
        if (!(log.append(batch, epoch) instanceof MetadataLog.Outcome.Appended(OffsetAndEpoch end)))
            throw new BrokenInvariant("the metadata log did not take the beginning of epoch " + epoch);
        controller.reached(new OffsetAndEpoch(end.offset() - 1, epoch));
        if (records.size() > 1) voters = new VotersState(voters.kraftVersion(), voters.voters(), true);
        noteAppended(batch, timestampMs);
        uncommitted.add(new Uncommitted(end.offset(), controller.fold(), null, null, NEVER));
        step(new RaftInput.LogMoved(end));
    }

    private void registerItself() {
        if (!controller.image().features().metadataVersion().hasControllerRegistration()) return;
        var request = ControllerRegistrationRequest.builder().controllerId(settings.nodeId()).incarnationId(incarnationId).zkMigrationReady(false)
            .listeners(settings.endpoints().stream().map(point -> ControllerRegistrationRequest.Listener.builder().name(point.listener()).host(point.host())
                .port(point.port()).securityProtocol(point.securityProtocol()).build()).toList())
            .features(Features.KEPT.entrySet().stream().map(feature -> ControllerRegistrationRequest.Feature.builder().name(feature.getKey())
                .minSupportedVersion(feature.getValue().min()).maxSupportedVersion(feature.getValue().max()).build()).toList()).build();
        var own = new Request(request, (short) 0, true, "", new Pending<>());
        own.answer.whenDone(response -> {
            if (response instanceof ControllerRegistrationResponse refused && refused.errorCode() != 0)
                LOG.warn("The controller could not register itself: {}", refused.errorMessage());
        });
        decide(new ControllerCommand.RegisterController(request), own);
    }

    private void loseLeadership() {
        undecided = undecided && raft.voters().isOnly(settings.self());
        if (!active) return;
        active = false;
        // What was appended may yet be committed by another leader, or never: whoever waits is told to look again.
        ImageFold committed = ImageFold.of(feed.current());
        for (Uncommitted entry : uncommitted)
            if (entry.request != null) entry.request.fail(ErrorCode.NOT_CONTROLLER, "Controller " + settings.nodeId() + " is no longer the active one.");
        uncommitted.clear();
        controller.reset(committed);
        LOG.info("Controller {} is no longer active (epoch {})", settings.nodeId(), raft.epoch());
    }

    private void commit(long highWatermark) {
        log.committed(highWatermark);
        MetadataImage newest = null;
        var done = new ArrayList<Uncommitted>();
        while (!uncommitted.isEmpty() && uncommitted.peek().end <= highWatermark) {
            Uncommitted entry = uncommitted.poll();
            newest = entry.after.visible();
            done.add(entry);
        }
        // Brokers of this process see a change before its requester is told, so that what was created can be used at once.
        if (newest != null) feed.publish(newest);
        for (Uncommitted entry : done) if (entry.request != null) entry.request.answer.complete(entry.response);
    }

    // ---- after each turn

    private void afterTurn() {
        if (stopped) return;
        flushWhatIsDirty();
        noteWhatIsCommitted();
        snapshots.takeWhenDue(feed.current(), voters, lastTimestampMs, clock.monotonicMs(), clock.timestampMs());
        scheduleTimer();
    }

    private void flushWhatIsDirty() {
        long end = raft.logEnd().offset();
        if (flushing || !active || uncommitted.isEmpty() || raft.highWatermark() >= end) return;
        flushing = true;
        onDevice("sync the metadata log", () -> log.flush(end), () -> {
            flushing = false;
            step(new RaftInput.Flushed(Math.min(end, raft.logEnd().offset())));
        });
    }

    private void noteWhatIsCommitted() {
        if (flushing || !log.isMarkDue()) return;
        flushing = true;
        onDevice("note how far the metadata log is committed", log::mark, () -> flushing = false);
    }

    private interface DeviceWork {
        void run() throws IOException;
    }

    /// Runs `work` off the loop, then `then` back on it.
    private void onDevice(String what, DeviceWork work, Runnable then) {
        device.execute(() -> {
            try {
                work.run();
            } catch (IOException | RuntimeException failure) {
                loop.execute(() -> fail(new IllegalStateException("could not " + what + ": " + failure.getMessage(), failure)));
                return;
            }
            loop.execute(() -> {
                if (stopped) return;
                try {
                    then.run();
                } catch (LogDirFailure | BrokenInvariant failure) {
                    fail(failure);
                }
                afterTurn();
            });
        });
    }

    // ---- time

    private void scheduleTimer() {
        long next = nextDeadlineMs();
        if (next == timerMs) return;
        if (timer != null) timer.cancel();
        timerMs = next;
        timer = next == NEVER ? null : loop.schedule(Math.max(0, next - clock.monotonicMs()), this::onTimer);
    }

    private long nextDeadlineMs() {
        long next = persisting ? NEVER : raft.nextDeadlineMs();
        next = Math.min(next, snapshots.nextDeadlineMs(feed.current()));
        if (!active) return next;
        next = Math.min(next, controller.nextDeadlineMs().orElse(NEVER));
        next = Math.min(next, nextBalanceMs);
        if (writesIdleRecords()) next = Math.min(next, idleSinceMs + settings.idleIntervalMs());
        return uncommitted.isEmpty() ? next : Math.min(next, uncommitted.peek().deadlineMs);
    }

    private void onTimer() {
        timer = null;
        timerMs = NEVER;
        if (stopped) return;
        long nowMs = clock.monotonicMs();
        try {
            if (nowMs >= raft.nextDeadlineMs()) step(new RaftInput.Ticked());
            if (active) actOnTime(nowMs);
        } catch (LogDirFailure | BrokenInvariant failure) {
            fail(failure);
        }
        afterTurn();
    }

    private void actOnTime(long nowMs) {
        if (nowMs >= controller.nextDeadlineMs().orElse(NEVER)) decide(new ControllerCommand.FenceSilentBrokers());
        if (nowMs >= nextBalanceMs) {
            nextBalanceMs = nowMs + settings.balanceEveryMs().orElse(NEVER - nowMs);
            decide(new ControllerCommand.BalanceLeaders());
        }
        if (writesIdleRecords() && nowMs - idleSinceMs >= settings.idleIntervalMs()) decide(new ControllerCommand.Idle());
        giveUpWaiting(nowMs);
    }

    /// Answers whoever has waited for too long; what was appended stays and may yet be committed.
    private void giveUpWaiting(long nowMs) {
        if (uncommitted.isEmpty() || uncommitted.peek().deadlineMs > nowMs) return;
        var kept = new ArrayList<Uncommitted>(uncommitted.size());
        for (Uncommitted entry : uncommitted) {
            boolean late = entry.deadlineMs <= nowMs;
            if (late && entry.request != null) entry.request.fail(ErrorCode.REQUEST_TIMED_OUT, "The change was not committed in time; it may yet be.");
            kept.add(late ? new Uncommitted(entry.end, entry.after, null, null, NEVER) : entry);
        }
        uncommitted.clear();
        uncommitted.addAll(kept);
    }

    /// See the package: others must be there to see them, or the setting must have been set.
    private boolean writesIdleRecords() {
        if (settings.idleIntervalMs() <= 0) return false;
        boolean alone = raft.voters().isOnly(settings.self())
            && feed.current().cluster().brokers().keySet().stream().allMatch(broker -> broker == settings.nodeId());
        return !alone || settings.idleIntervalAskedFor();
    }

    // ---- the end

    /// Stops in order: nothing more is decided, what is appended goes to the device, the files are closed.
    /// @return holds when the files are closed; true when that went well
    public Pending<Boolean> stop() {
        var closed = new Pending<Boolean>();
        loop.execute(() -> {
            if (stopped) {
                closed.complete(false);
                return;
            }
            step(new RaftInput.Stopping());
            end();
            workers.run("close the metadata log", () -> {
                boolean well = true;
                try {
                    device.close();
                    log.close();
                } catch (RuntimeException failure) {
                    LOG.error("The metadata log did not close in order; the next start recovers it", failure);
                    well = false;
                }
                closed.complete(well);
            });
        });
        return closed;
    }

    private void fail(Throwable failure) {
        if (stopped) return;
        LOG.error("Node {} can no longer take part in the metadata quorum", settings.nodeId(), failure);
        end();
        onFailure.accept(failure);
    }

    private void end() {
        loseLeadership();
        stopped = true;
        if (timer != null) timer.cancel();
        for (Request next = mailbox.poll(); next != null; next = mailbox.poll()) {
            waiting.decrementAndGet();
            next.fail(ErrorCode.NOT_CONTROLLER, "Controller " + settings.nodeId() + " has stopped.");
        }
    }
}
