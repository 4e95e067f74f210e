package millrace.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import millrace.app.NodeSettings.Advertised;
import millrace.app.NodeSettings.Listener;
import millrace.bindings.disk.NioDisk;
import millrace.bindings.net.LoopIdleness;
import millrace.bindings.net.NetSettings;
import millrace.bindings.net.NettyNet;
import millrace.bindings.threads.JdkWorkers;
import millrace.bindings.time.SystemClock;
import millrace.bindings.time.SystemRandomness;
import millrace.broker.Broker;
import millrace.broker.BrokerEnvironment;
import millrace.broker.OpenedLogs;
import millrace.common.Uuid;
import millrace.metadata.Endpoint;
import millrace.ports.Disk;
import millrace.ports.EventLoop;
import millrace.ports.Randomness;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.quorum.QuorumNode;
import millrace.quorum.QuorumSettings;
import millrace.settings.BrokerSettings;
import millrace.settings.HostPort;
import millrace.settings.ListenerAddress;
import millrace.settings.SettingValues;
import millrace.storage.directory.LogDirectory;
import millrace.storage.directory.MetaProperties;
import millrace.storage.log.LogDirFailure;
import millrace.wire.ConnectionLimits;
import millrace.wire.Handlers;
import millrace.wire.Pending;
import millrace.wire.RequestMemory;
import millrace.wire.WireMeters;
import millrace.wire.WireRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Joins quorum and broker in one process: bindings below, the feed and the controller's address between, listeners above.
///
/// What has been started is remembered in order, and closed in the opposite order, whether the start failed half way or the node stops;
/// but a node that serves closes its doors first.
final class Node implements RunningNode {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    /// How long clients may wait while the logs are opened: less than any of them waits for an answer before it gives the connection up.
    private static final long PATIENCE_MS = 5_000;
    private static final long LEAVE_LIMIT_MS = 1_000;
    private static final long WORKERS_CLOSE_LIMIT_MS = 1_000;
    private static final long MOST_REQUEST_MEMORY_BYTES = 512L << 20;

    private final NodeSettings settings;
    private final SettingValues values;
    private final String clusterId;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean closing = new AtomicBoolean();
    private NodeListeners listeners;
    private ConnectionLimits connections;
    private volatile boolean gaveUp;

    private Node(NodeSettings settings, String clusterId) {
        this.settings = settings;
        this.values = settings.all().values();
        this.clusterId = clusterId;
    }

    static RunningNode start(NodeSettings settings) throws StartFailure {
        if (!settings.isController()) {
            throw new StartFailure("Node " + settings.nodeId() + " is a broker without a controller in its process (process.roles=broker), which this version"
                    + " cannot run yet: set process.roles=broker,controller.");
        }
        Disk disk = new NioDisk();
        Randomness randomness = new SystemRandomness();
        Node node = null;
        try {
            Founding.check(settings, disk);
            node = new Node(settings, clusterId(settings, disk, randomness));
            node.start(disk, randomness);
            return node;
        } catch (StartFailure failure) {
            if (node != null) node.closeWhatWasStarted();
            throw failure;
        } catch (IOException | IllegalStateException | LogDirFailure failure) {
            if (node != null) node.closeWhatWasStarted();
            throw new StartFailure(failure.getMessage(), failure);
        }
    }

    /// What the directories say, else what was asked for, else a new one. That they agree is checked when they are opened.
    private static String clusterId(NodeSettings settings, Disk disk, Randomness randomness) {
        for (Path directory : directories(settings)) {
            Optional<MetaProperties> known = known(disk, directory);
            if (known.isPresent() && settings.clusterId() == null) return known.get().clusterId();
        }
        if (settings.clusterId() != null) return settings.clusterId();
        Uuid id;
        do id = new Uuid(randomness.nextLong(), randomness.nextLong());
        while (id.toString().startsWith("-"));      // an id that begins with a dash is mistaken for an option on a command line
        return id.toString();
    }

    /// A directory that cannot be read says nothing here; when it is opened, it is left out.
    private static Optional<MetaProperties> known(Disk disk, Path directory) {
        try {
            return MetaProperties.read(disk, directory);
        } catch (LogDirFailure unreadable) {
            return Optional.empty();
        }
    }

    private static List<Path> directories(NodeSettings settings) {
        List<Path> all = new ArrayList<>(settings.logDirectories());
        if (!all.contains(settings.metadataLogDirectory())) all.add(settings.metadataLogDirectory());
        return all;
    }

    private void start(Disk disk, Randomness randomness) throws IOException, StartFailure {
        var clock = new SystemClock();
        var net = closedLater(new NettyNet(netSettings()));
        connections = ConnectionSettings.limits(settings.all());
        var memory = new RequestMemory(requestMemoryBytes());
        var metrics = new NodeMetrics(clock);
        var runtime = new WireRuntime(clock, memory, connections, metrics.of(new WireMeters(clock, memory)));
        listeners = closedLater(new NodeListeners(settings.listeners(), values, net, runtime));
        listeners.listenFor(PATIENCE_MS, net.loops().getFirst());

        var workers = closedLater(new JdkWorkers(WORKERS_CLOSE_LIMIT_MS));
        var environment = new BrokerEnvironment(clock, disk, net.loops(), workers, randomness);
        OpenedLogs logs = Broker.openLogs(clusterId, settings.nodeId(), settings.all(), settings.logDirectories(), environment);
        var logsOfNobody = closedLater(new UnclaimedLogs(logs));
        LogDirectory metadataLogs = metadataLogs(logs, environment);
        for (LogDirectory directory : logs.directories()) directory.onFailure(failure -> directoryFailed(directory, metadataLogs, logs, failure));

        // Only opening the logs can take long.
        listeners.listen();

        EventLoop quorumLoop = net.loops().getLast();
        var quorumSettings = QuorumSettings.of(settings.nodeId(), clusterId, metadataLogs.metaProperties().directoryId(), controllerEndpoints(), settings.all());
        QuorumNode quorum = QuorumNode.start(quorumSettings, disk, clock, quorumLoop, workers, randomness, settings.metadataLogDirectory(), this::giveUp);
        closedLater(() -> await(quorum.stop(), LEAVE_LIMIT_MS));
        metrics.of(quorum.meters());
        listeners.serve(true, Handlers.builder().features(quorum.features()).serveAll(quorum.controllerHandlers()).build());
        if (settings.isBroker()) {
            startBroker(quorum, environment, logs, metrics);
            logsOfNobody.claimed = true;
        }
        closedFirst(listeners);
        metrics.of(new LoopIdleness(net.loops()));
        closedLater(metrics).begin(net.loops().getFirst(), workers);
    }

    private void startBroker(QuorumNode quorum, BrokerEnvironment environment, OpenedLogs logs, NodeMetrics metrics) throws IOException, StartFailure {
        var identity = new Broker.Identity(settings.nodeId(), clusterId, brokerListeners(), settings.rack());
        var broker = new Broker(identity, settings.all(), logs, quorum.feed(), quorum.controllerLink(), environment);
        broker.whenSettingsMove(this::settingsMoved);
        closedLater(() -> broker.stop(values.bool("controlled.shutdown.enable") && await(broker.leave(), LEAVE_LIMIT_MS)));
        Pending<Long> active = broker.start(this::giveUp);
        long limitMs = values.integer("initial.broker.registration.timeout.ms");
        if (!await(active, limitMs)) throw new IOException("The controller did not take broker " + settings.nodeId() + " in within " + limitMs
                + " ms (initial.broker.registration.timeout.ms); the log above says why");
        listeners.serve(false, broker.handlers());
        broker.measured().forEach(metrics::of);
    }

    private void settingsMoved(BrokerSettings now) {
        ConnectionSettings.follow(now, connections);
        listeners.follow(now);
    }

    /// The log directory of the metadata is one of the broker's, or one that is set apart; then it is opened here, for its lock and its id.
    private LogDirectory metadataLogs(OpenedLogs logs, BrokerEnvironment environment) throws StartFailure {
        String offline = logs.offline().get(settings.metadataLogDirectory());
        if (offline != null) {
            throw new StartFailure("The log directory of the metadata cannot be used, and a node cannot do without it: " + offline
                    + ". (metadata.log.dir names it; unless that is set, it is the first of log.dirs.)");
        }
        Optional<LogDirectory> shared = logs.at(settings.metadataLogDirectory());
        if (shared.isPresent()) return shared.get();
        LogDirectory apart = Broker.openLogs(clusterId, settings.nodeId(), settings.all(), List.of(settings.metadataLogDirectory()), environment).directories().getFirst();
        return closedLater(apart);
    }

    // ── settings ──────────────────────────────────────────────────────────────────────────────────────────────────────

    /// Direct buffers may take as much as the heap (the JVM's default), and Netty's and the log's are among them.
    private long requestMemoryBytes() {
        long asked = values.longValue("queued.max.request.bytes");
        return asked > 0 ? asked : Math.min(MOST_REQUEST_MEMORY_BYTES, Runtime.getRuntime().maxMemory() / 2);
    }

    private NetSettings netSettings() {
        NetSettings net = NetSettings.defaults();
        if (values.isSet("socket.send.buffer.bytes") || values.isSet("socket.receive.buffer.bytes")) {
            net = net.withSocketBuffers(values.integer("socket.send.buffer.bytes"), values.integer("socket.receive.buffer.bytes"));
        }
        return values.isSet("socket.listen.backlog.size") ? net.withBacklog(values.integer("socket.listen.backlog.size")) : net;
    }

    private List<Endpoint> controllerEndpoints() {
        return settings.listeners().stream().filter(Listener::controller)
                .map(listener -> new Endpoint(listener.name(), listener.address().address().host(), listener.address().address().port(), listener.protocol().id())).toList();
    }

    private List<BrokerRegistrationRequest.Listener> brokerListeners() {
        return settings.advertised().stream().map(Node::brokerListener).toList();
    }

    private static BrokerRegistrationRequest.Listener brokerListener(Advertised advertised) {
        HostPort address = advertised.address().address();
        return new BrokerRegistrationRequest.Listener(advertised.address().name(), address.host(), address.port(), advertised.protocol().id());
    }

    // ── running and ending ────────────────────────────────────────────────────────────────────────────────────────────

    @Override public String clusterId() {
        return clusterId;
    }

    @Override public List<ListenerAddress> listening() {
        return listeners.listening();
    }

    @Override public boolean awaitEnd() throws InterruptedException {
        ended.await();
        return !gaveUp;
    }

    /// The node goes on with the other directories, unless this one has the metadata or was the last.
    private void directoryFailed(LogDirectory directory, LogDirectory metadataLogs, OpenedLogs logs, LogDirFailure failure) {
        if (directory == metadataLogs) LOG.error("{} has the metadata, and a node cannot do without it: the node stops", directory.path());
        else if (logs.allFailed()) LOG.error("{} was the last log directory that could be used: the node stops", directory.path());
        else return;
        giveUp(failure);
    }

    private void giveUp(Throwable cause) {
        gaveUp = true;
        ended.countDown();
    }

    @Override public void close() {
        closeWhatWasStarted();
        ended.countDown();
    }

    private void closeWhatWasStarted() {
        if (!closing.compareAndSet(false, true)) return;
        for (AutoCloseable part : started) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("A part of the node did not stop in order: {}", e.getMessage(), e);
            }
        }
    }

    /// Last started, first closed.
    private <T extends AutoCloseable> T closedLater(T part) {
        started.push(part);
        return part;
    }

    private void closedFirst(AutoCloseable part) {
        started.remove(part);
        started.push(part);
    }

    /// @return whether it came in time
    private static boolean await(Pending<?> pending, long limitMs) {
        var done = new CountDownLatch(1);
        pending.whenDone(_ -> done.countDown());
        try {
            return done.await(limitMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Log directories that are open before there is a broker to close them.
    private static final class UnclaimedLogs implements AutoCloseable {
        private final OpenedLogs logs;
        private boolean claimed;

        UnclaimedLogs(OpenedLogs logs) {
            this.logs = logs;
        }

        @Override public void close() {
            if (!claimed) logs.close();
        }
    }
}
