package millrace.sim.group;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.ObjLongConsumer;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupSettings;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.record.RecordBatchBuilder;
import millrace.sim.Node;
import millrace.sim.World;
import millrace.sim.log.Answers;
import millrace.sim.log.Line;
import millrace.sim.log.LogService;
import millrace.sim.log.Payload;
import millrace.sim.log.WholeNode;
import millrace.storage.log.LogConfig;
import millrace.wire.Caller;
import millrace.wire.Handlers;

/// A coordinator as clients know it: a whole node, asked in the bytes of the protocol over connections that break, stall, and are given up with what is
/// in them. When a reply is given out is seen at the node itself.
public final class WireNode implements GroupNode {
    static final int PARTITIONS = 8;
    static final int SESSION_TIMEOUT_MS = 6_000;
    /// A coordinator's life is the node's, which the laws of classic groups count: a long pause is no reason to elect it anew.
    private static final int NEVER_FENCED_MS = 600_000;
    private static final int MOST_READ_BYTES = 4_000;
    private static final long LOOK_NANOS = 200_000_000;
    private static final long FOREVER_MS = 100L * 365 * 24 * 3_600_000;
    private static final short FIND_COORDINATOR_VERSION = 3;
    private static final byte GROUP_KEY = 0;

    private final World world;
    private final WholeNode node;
    private final Map<String, Line> lines = new TreeMap<>();
    /// Of requests that have been sent, by what they say: two that say the same tell the same when they are answered.
    private final Map<ApiRequest, ObjLongConsumer<ApiResponse>> asked = new HashMap<>();
    private boolean hasCoordinator;

    public WireNode(World world, GroupSettings settings) {
        this(world, settings, (_, handler) -> handler);
    }

    /// @param planted stands around every handler: a test of the checkers plants its bugs here
    public WireNode(World world, GroupSettings settings, Handlers.Step planted) {
        this.world = world;
        var more = Map.of("offsets.topic.num.partitions", "1", "group.initial.rebalance.delay.ms", Integer.toString(settings.initialRebalanceDelayMs()),
                "group.min.session.timeout.ms", Integer.toString(settings.minSessionTimeoutMs()), "offsets.retention.minutes", Integer.toString(Integer.MAX_VALUE),
                "group.consumer.session.timeout.ms", Integer.toString(SESSION_TIMEOUT_MS), "group.consumer.heartbeat.interval.ms", "1000", "broker.session.timeout.ms", Integer.toString(NEVER_FENCED_MS));
        this.node = new WholeNode(world, PARTITIONS, LogConfig.builder().indexIntervalBytes(100).timestampAfterMaxMs(FOREVER_MS).build(), "fsync", more,
                handlers -> handlers.around(planted).around((_, handler) -> (request, caller) -> {
                    long takenNanos = world.nowNanos();
                    return Answers.changed(handler.handle(request, javaClient(caller)), response -> issued(request, takenNanos, response));
                }));
    }

    /// Clients say nothing of their software here, and are such whose heartbeats may be kept back.
    private static Caller javaClient(Caller caller) {
        return new Caller(caller.apiVersion(), caller.clientId(), caller.clientAddress(), caller.principal(), caller.listenerName(), caller.connectionId(), caller.loop(), "apache-kafka-java", "1",
                caller.receivedMs());
    }

    private ApiResponse issued(ApiRequest request, long takenNanos, ApiResponse response) {
        ObjLongConsumer<ApiResponse> waiting = asked.get(request);
        if (waiting != null) waiting.accept(response, takenNanos);
        return response;
    }

    @Override public Node node() {
        return node.node();
    }

    @Override public void start() {
        node.start();
        findCoordinator();
    }

    /// It makes the topic of the groups.
    private void findCoordinator() {
        world.at(LOOK_NANOS, () -> {
            if (hasCoordinator) return;
            var request = FindCoordinatorRequest.builder().key("any").keyType(GROUP_KEY).build();
            if (node.isServing()) new Line(world, node).<FindCoordinatorResponse>ask(request, FIND_COORDINATOR_VERSION, response -> hasCoordinator |= response != null && response.errorCode() == ErrorCode.NONE.code());
            findCoordinator();
        });
    }

    @Override public boolean isServing() {
        return hasCoordinator && node.isServing();
    }

    @Override public int life() {
        return node.lives();
    }

    @Override public void submit(String client, String groupId, LongFunction<GroupCommand> command, Issued issued, Consumer<GroupAnswer> arrived) {
        GroupWire wire = GroupWire.of(command.apply(0));
        asked.put(wire.request(), (response, takenNanos) -> issued.issued(wire.answer().apply(response), takenNanos));
        Line line = lines.computeIfAbsent(client, _ -> new Line(world, node));
        boolean stuck = line.<ApiResponse>ask(wire.request(), wire.version(), response -> {
            if (response != null) arrived.accept(wire.answer().apply(response));
        });
        if (stuck) line.replace(false);
    }

    @Override public void reconnect(String client) {
        lines.computeIfAbsent(client, _ -> new Line(world, node)).replace(world.chance().coin());
    }

    @Override public void read(int partition, long from, Consumer<Payload.Contents> arrived) {
        node.read(partition, from, MOST_READ_BYTES, answer -> {
            if (answer instanceof LogService.Answer.Bytes(ByteBuffer bytes)) arrived.accept(Payload.read(bytes, from));
        });
    }

    /// Whether it has come to be is seen by who reads.
    @Override public void write(int partition, long recordId) {
        try (var builder = new RecordBatchBuilder()) {
            ByteBuffer batch = builder.append(node.node().clock().timestampMs(), null, Payload.value(recordId)).build();
            node.produce(partition, batch, _ -> { });
        }
    }
}
