package millrace.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import millrace.protocol.ApiKey;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.MetadataResponse;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceResponse;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupResponse;

/// A toy node behind a listener: Produce is pipelined and waits for [#acknowledge], JoinGroup waits for [#complete], Fetch waits
/// as long as it asks for, Metadata answers at once, SyncGroup waits until something waits behind it.
final class Node {
    final FakeLoop loop = new FakeLoop();
    final FakeNet net;
    final RequestMemory memory;
    final Tally tally = new Tally();
    final WireRuntime runtime;
    final ServerListener listener;
    final int port;
    /// What was handled, in order.
    final List<String> handled = new ArrayList<>();
    private Pending<Integer> permission;
    private Pending<Integer> asked;
    /// What an operator would see.
    final List<String> lines = new ArrayList<>();
    final List<Pending<Integer>> produced = new ArrayList<>();
    final List<Pending<Integer>> joined = new ArrayList<>();
    final List<Favour> favours = new ArrayList<>();
    FetchResponse fetched = FetchResponse.builder().build();
    RuntimeException failure;

    static final class Tally implements Meter {
        int opened;
        int closed;
        int refused;
        int failed;
        int answered;

        @Override public void answered(ApiKey api, boolean fromReplica, short version, int requestBytes, long handlingNanos, long totalNanos) {
            answered++;
        }

        @Override public void failed(ApiKey api, short version) {
            failed++;
        }

        @Override public void connectionOpened(String listenerName, int loop) {
            opened++;
        }

        @Override public void connectionClosed(String listenerName, int loop) {
            closed++;
        }

        @Override public void connectionRefused(String listenerName) {
            refused++;
        }
    }

    Node() {
        this(ListenerSettings.DEFAULTS, null, 64 << 20, ConnectionLimits.none(), Features.none());
    }

    Node(ListenerSettings settings) {
        this(settings, null, 64 << 20, ConnectionLimits.none(), Features.none());
    }

    Node(ListenerSettings settings, Random pieces, long memoryBytes, ConnectionLimits limits, Features features) {
        net = new FakeNet(loop, pieces);
        memory = RequestMemory.undivided(memoryBytes);
        runtime = new WireRuntime(loop, memory, limits, tally, new FailureLog(loop, new FailureLog.Lines() {
            @Override public void warn(String line) {
                lines.add(line);
            }

            @Override public void error(String line, Throwable failure) {
                lines.add(line + ": " + failure);
            }

            @Override public void debug(String line) {
                // not what an operator sees
            }
        }));
        listener = new ServerListener(net, "PLAINTEXT", settings, runtime);
        try {
            port = listener.listen("127.0.0.1", 0).port();
            listener.serve(handlers(features));
        } catch (java.io.IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    Peer connect() {
        return new Peer(net, loop, port);
    }

    /// The next produce request has to wait for [#permit] before it acts.
    void asksFirst() {
        permission = new Pending<>();
        asked = permission;
    }

    void permit() {
        asked.complete(0);
        loop.run();
    }

    void acknowledge(int index) {
        produced.get(index).complete(index);
        loop.run();
    }

    void complete(int index) {
        joined.get(index).complete(index);
        loop.run();
    }

    int waiters() {
        return runtime.turns().stream().mapToInt(turns -> turns.answers().size()).sum();
    }

    private Handlers handlers(Features features) {
        return Handlers.builder()
            .features(features)
            .servePipelined(ApiKey.PRODUCE, this::produce, (_, error, _) -> ProduceResponse.builder().throttleTimeMs(error.code()).build())
            .serve(ApiKey.METADATA, this::metadata, (_, error, _) -> MetadataResponse.builder().errorCode(error.code()).build())
            .serve(ApiKey.JOIN_GROUP, this::joinGroup)
            .serve(ApiKey.FETCH, this::fetch)
            .serve(ApiKey.SYNC_GROUP, this::syncGroup)
            .build();
    }

    private Answer<ProduceResponse> produce(ProduceRequest request, Caller caller) {
        handled.add(request.transactionalId());
        if (failure != null) throw failure;
        if (request.acks() == 0) return Answer.nothing();
        if (permission == null) return appended(request);
        permission = null;
        return Answer.beforeLater(asked, Long.MAX_VALUE, () -> {
            handled.add(request.transactionalId() + " acts");
            return appended(request);
        });
    }

    private Answer<ProduceResponse> appended(ProduceRequest request) {
        var pending = new Pending<Integer>();
        produced.add(pending);
        int number = produced.size();
        return Answer.when(pending, loop.monotonicMs() + request.timeoutMs(),
            () -> ProduceResponse.builder().throttleTimeMs(pending.holds() ? number : -number).build());
    }

    private Answer<MetadataResponse> metadata(MetadataRequest request, Caller caller) {
        handled.add("metadata " + caller.clientId() + " " + caller.softwareName());
        if (failure != null) throw failure;
        return Answer.now(MetadataResponse.builder().clusterId("c").build());
    }

    private Answer<JoinGroupResponse> joinGroup(JoinGroupRequest request, Caller caller) {
        handled.add("join " + request.groupId());
        var pending = new Pending<Integer>();
        joined.add(pending);
        return Answer.when(pending, Long.MAX_VALUE, () -> {
            if (failure != null) throw failure;
            return JoinGroupResponse.builder().memberId("m").build();
        });
    }

    private Answer<SyncGroupResponse> syncGroup(SyncGroupRequest request, Caller caller) {
        handled.add("sync " + request.groupId());
        var wait = new Favour();
        favours.add(wait);
        return Answer.when(wait, Long.MAX_VALUE, () -> SyncGroupResponse.builder().protocolName(wait.told).build());
    }

    /// A wait that somebody is granted as long as nobody else has to wait for it.
    final class Favour implements Condition.Yielding {
        private final Pending<Integer> over = new Pending<>();
        /// What ended it.
        String told = "its time";
        int timesAsked;
        boolean abandoned;
        boolean stubborn;

        void end() {
            over.complete(0);
            loop.run();
        }

        @Override public Condition awaited() {
            return over;
        }

        @Override public void othersWait() {
            timesAsked++;
            told = "others";
            if (!stubborn) over.complete(0);
        }

        @Override public void nobodyWaits() {
            abandoned = true;
        }
    }

    private Answer<FetchResponse> fetch(FetchRequest request, Caller caller) {
        handled.add("fetch");
        if (failure != null) throw failure;
        if (request.maxWaitMs() == 0) return Answer.now(fetched);
        return Answer.when(new Pending<Integer>(), loop.monotonicMs() + request.maxWaitMs(), () -> fetched);
    }
}
