package millrace.sim.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import millrace.broker.Broker;
import millrace.broker.BrokerEnvironment;
import millrace.broker.OpenedLogs;
import millrace.common.Uuid;
import millrace.metadata.Endpoint;
import millrace.ports.Net;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.BrokerRegistrationRequest;
import millrace.protocol.message.CreateTopicsRequest;
import millrace.protocol.message.CreateTopicsResponse;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.ListOffsetsRequest;
import millrace.protocol.message.ListOffsetsResponse;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceResponse;
import millrace.quorum.QuorumNode;
import millrace.quorum.QuorumSettings;
import millrace.record.MemoryRecords;
import millrace.settings.BrokerSettings;
import millrace.sim.Incarnation;
import millrace.sim.Node;
import millrace.sim.World;
import millrace.storage.log.LogConfig;
import millrace.wire.ChannelSettings;
import millrace.wire.ClientChannel;
import millrace.wire.ConnectionLimits;
import millrace.wire.Handlers;
import millrace.wire.ListenerSettings;
import millrace.wire.Meter;
import millrace.wire.Reply.Answered;
import millrace.wire.RequestMemory;
import millrace.wire.ServerListener;
import millrace.wire.WireRuntime;

/// A node as `app` joins it, on a simulated machine: quorum, controller, broker and listener, reached over a simulated network in the bytes
/// of the protocol. Its clients live on a machine of their own.
public final class WholeNode implements LogService {
    public static final String CLIENTS = "clients";
    private static final Path DIRECTORY = Path.of("/data");
    private static final String CLUSTER_ID = "c2ltdWxhdGVkLWNsdXN0ZQ";
    public static final String TOPIC = "orders";
    private static final int NODE_ID = 1;
    private static final int PORT = 9092;
    private static final int CONTROLLER_PORT = 9093;
    private static final long RESTART_NANOS = 200_000_000;
    private static final long REQUEST_MEMORY_BYTES = 64L << 20;
    private static final int REQUEST_TIME_OUT_MS = 1_200;
    private static final short PRODUCE_VERSION = 12;
    private static final short FETCH_VERSION = 12;
    private static final short LIST_OFFSETS_VERSION = 7;
    private static final short CREATE_TOPICS_VERSION = 7;
    private static final long LATEST = -1;
    private static final short ACKS_ALL = -1;

    private final World world;
    private final Node node;
    private final int partitions;
    private final Incarnation clients;
    private final Net clientNet;
    private final WireRuntime clientRuntime;
    private final BrokerSettings settings;
    /// One connection for each partition's producers, and one for everything else (-1).
    private final Map<Integer, ClientChannel> channels = new TreeMap<>();
    private final String durability;
    private final UnaryOperator<Handlers> handlers;
    private boolean up;
    private boolean topicIsThere;
    private int lives;

    public WholeNode(World world, int partitions, LogConfig config) {
        this(world, partitions, config, "fsync");
    }

    /// @param durability of the topic: with `replicated` a record is acknowledged before it is on the device, which one replica cannot bear
    WholeNode(World world, int partitions, LogConfig config, String durability) {
        this(world, partitions, config, durability, Map.of(), UnaryOperator.identity());
    }

    /// @param more     settings of the broker
    /// @param handlers is given those of each life, and returns what is served: a test of the checkers plants its bugs here
    public WholeNode(World world, int partitions, LogConfig config, String durability, Map<String, String> more, UnaryOperator<Handlers> handlers) {
        this.world = world;
        this.durability = durability;
        this.handlers = handlers;
        this.node = world.node("node");
        this.partitions = partitions;
        this.clients = world.node(CLIENTS).start();
        this.clientNet = clients.net(1);
        this.clientRuntime = new WireRuntime(clients.clock(), new RequestMemory(REQUEST_MEMORY_BYTES), new ConnectionLimits(1_000, 1_000, Map.of()), Meter.NONE);
        this.settings = settings(config, more);
        node.platter().mount(DIRECTORY);
    }

    private static BrokerSettings settings(LogConfig config, Map<String, String> more) {
        var settings = new TreeMap<>(Map.of("node.id", "1", "process.roles", "broker,controller", "auto.create.topics.enable", "false", "log.segment.bytes", "1048576",
                "log.index.interval.bytes", Integer.toString(config.indexIntervalBytes()), "log.message.timestamp.after.max.ms", Long.toString(config.timestampAfterMaxMs())));
        settings.putAll(more);
        return BrokerSettings.of(settings);
    }

    @Override public Node node() {
        return node;
    }

    @Override public int lives() {
        return lives;
    }

    @Override public boolean hasFailedClosed() {
        return false;
    }

    @Override public boolean isServing() {
        return up && topicIsThere;
    }

    @Override public void start() {
        if (node.isUp()) return;
        node.onDown(down -> {
            up = false;
            world.at(world.chance().heavyTailed(RESTART_NANOS), this::start);
        });
        lives++;
        Incarnation process = node.start();
        process.workers().run("start", () -> join(process));
    }

    /// As `app` does it.
    private void join(Incarnation process) {
        Net net = process.net(2);
        var environment = new BrokerEnvironment(process.clock(), process.disk(), net.loops(), process.workers(), process.randomness());
        OpenedLogs logs = Broker.openLogs(CLUSTER_ID, NODE_ID, settings, List.of(DIRECTORY), environment);
        var controllerEndpoint = new Endpoint("CONTROLLER", node.name(), CONTROLLER_PORT, (short) 0);
        var quorumSettings = QuorumSettings.of(NODE_ID, CLUSTER_ID, logs.directories().getFirst().metaProperties().directoryId(), List.of(controllerEndpoint), settings);
        try {
            QuorumNode quorum = QuorumNode.start(quorumSettings, process.disk(), process.clock(), net.loops().getLast(), process.workers(), process.randomness(), DIRECTORY, this::giveUp);
            var identity = new Broker.Identity(NODE_ID, CLUSTER_ID, List.of(new BrokerRegistrationRequest.Listener("PLAINTEXT", node.name(), PORT, (short) 0)), null);
            var broker = new Broker(identity, settings, logs, quorum.feed(), quorum.controllerLink(), environment);
            var runtime = new WireRuntime(process.clock(), new RequestMemory(REQUEST_MEMORY_BYTES), new ConnectionLimits(1_000, 1_000, Map.of()), Meter.NONE);
            var listener = new ServerListener(net, "PLAINTEXT", ListenerSettings.DEFAULTS, runtime);
            listener.listen(node.name(), PORT);
            broker.start(this::giveUp).whenDone(epoch -> serve(listener, handlers.apply(broker.handlers()), epoch));
        } catch (IOException e) {
            giveUp(e);
        }
    }

    private void giveUp(Throwable cause) {
        world.note("the node gives up: " + cause);
        world.at(0, node::crash);
    }

    private void serve(ServerListener listener, Handlers handlers, long brokerEpoch) {
        listener.serve(handlers);
        world.note("node serves, broker epoch " + brokerEpoch);
        up = true;
        if (!topicIsThere) createTopic();
    }

    private void createTopic() {
        var topic = new CreateTopicsRequest.CreatableTopic(TOPIC, partitions, (short) 1, List.of(),
                List.of(new CreateTopicsRequest.CreatableTopicConfig("millrace.durability", durability)));
        this.<CreateTopicsResponse>ask(-1, new CreateTopicsRequest(List.of(topic), REQUEST_TIME_OUT_MS, false), CREATE_TOPICS_VERSION, response -> {
            ErrorCode error = ErrorCode.forCode(response.topics().getFirst().errorCode());
            topicIsThere |= error == ErrorCode.NONE || error == ErrorCode.TOPIC_ALREADY_EXISTS;
        });
        world.at(1_000_000_000, () -> {
            if (up && !topicIsThere) createTopic();
        });
    }

    // ---- what clients ask ---------------------------------------------------------------------------------------------------------

    @Override public void produce(int partition, ByteBuffer batch, Consumer<Reply> reply) {
        var data = new ProduceRequest.TopicProduceData(TOPIC, Uuid.ZERO, List.of(new ProduceRequest.PartitionProduceData(partition, new MemoryRecords(batch))));
        this.<ProduceResponse>ask(partition, new ProduceRequest(null, ACKS_ALL, REQUEST_TIME_OUT_MS, List.of(data)), PRODUCE_VERSION, response -> {
            var answer = response.responses().getFirst().partitionResponses().getFirst();
            ErrorCode error = ErrorCode.forCode(answer.errorCode());
            if (error == ErrorCode.NONE) reply.accept(new Reply.Acked(answer.baseOffset()));
            else if (isDefinite(error)) reply.accept(new Reply.Refused(error, String.valueOf(answer.errorMessage())));
            else world.note("produce to partition " + partition + " ends in " + error);
        });
    }

    /// After any other error nobody can say whether the records are there.
    private static boolean isDefinite(ErrorCode error) {
        return switch (error) {
            case OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_RECORD, RECORD_LIST_TOO_LARGE, MESSAGE_TOO_LARGE, NOT_ENOUGH_REPLICAS, UNKNOWN_TOPIC_OR_PARTITION, INVALID_PRODUCER_EPOCH -> true;
            default -> false;
        };
    }

    @Override public void read(int partition, long from, int maxBytes, Consumer<Answer> answer) {
        var wanted = FetchRequest.FetchPartition.builder().partition(partition).currentLeaderEpoch(-1).fetchOffset(from).lastFetchedEpoch(-1).logStartOffset(-1).partitionMaxBytes(maxBytes).build();
        var topic = FetchRequest.FetchTopic.builder().topic(TOPIC).partitions(List.of(wanted)).build();
        var request = FetchRequest.builder().replicaId(-1).maxWaitMs(world.chance().oneOf(0, 100)).minBytes(1).maxBytes(maxBytes).sessionId(0).sessionEpoch(-1).topics(List.of(topic)).build();
        this.<FetchResponse>ask(-1, request, FETCH_VERSION, response -> {
            if (response.responses().isEmpty()) return;
            var found = response.responses().getFirst().partitions().getFirst();
            switch (ErrorCode.forCode(found.errorCode())) {
                case NONE -> answer.accept(new Answer.Bytes(found.records() instanceof MemoryRecords memory ? memory.bytes() : ByteBuffer.allocate(0)));
                case OFFSET_OUT_OF_RANGE -> answer.accept(new Answer.OutOfRange(Math.max(0, found.logStartOffset()), Math.max(found.highWatermark(), 0)));
                default -> { }      // asked again later
            }
        });
    }

    @Override public void endOffset(int partition, LongConsumer answer) {
        var asked = new ListOffsetsRequest.ListOffsetsTopic(TOPIC, List.of(new ListOffsetsRequest.ListOffsetsPartition(partition, -1, LATEST)));
        this.<ListOffsetsResponse>ask(-1, new ListOffsetsRequest(-1, (byte) 0, List.of(asked), REQUEST_TIME_OUT_MS), LIST_OFFSETS_VERSION, response -> {
            var found = response.topics().getFirst().partitions().getFirst();
            if (found.errorCode() == ErrorCode.NONE.code()) answer.accept(found.offset());
        });
    }

    /// @return a new connection from the clients' machine to this node
    public ClientChannel connect() {
        return ClientChannel.open(clientNet, clientNet.loops().getFirst(), node.name(), PORT, ChannelSettings.of("simulated"), clientRuntime);
    }

    /// Sends over this connection, a new one where it has broken. Without an answer there is silence.
    private <R extends ApiResponse> void ask(int connection, ApiRequest request, short version, Consumer<R> answered) {
        var loop = clientNet.loops().getFirst();
        loop.execute(() -> {
            ClientChannel channel = channels.get(connection);
            if (channel == null || channel.closedBecause() != null) {
                channel = connect();
                channels.put(connection, channel);
            }
            channel.<R>ask(request, version, REQUEST_TIME_OUT_MS + 1_000).whenDone(reply -> {
                if (reply instanceof Answered<R>(R response)) answered.accept(response);
            });
        });
    }
}
