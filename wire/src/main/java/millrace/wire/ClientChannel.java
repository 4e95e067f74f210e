package millrace.wire;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

import millrace.ports.EventLoop;
import millrace.ports.Net;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.MalformedMessage;
import millrace.protocol.WireReader;
import millrace.protocol.message.ResponseHeader;

/// The other end of a connection: sends requests and pairs the answers with them, which come in the order of asking.
///
///     open() ─▶ Connecting ──onOpen──▶ Open ──time-out, bad answer, close(), peer──▶ Closed
///
/// A channel lives once: whoever wants another connection opens another channel, when it sees fit. A request that is not
/// answered in time takes the channel with it, since whatever comes later could not be told from its answer. Every request
/// gets exactly one [Reply]. Safe from any thread; replies come on the channel's loop.
public final class ClientChannel implements AutoCloseable {
    /// A correlation id.
    private static final int MIN_RESPONSE_BYTES = 4;

    private final EventLoop loop;
    private final WireRuntime runtime;
    private final ChannelSettings settings;
    private final String peer;
    private final FrameAssembler assembler;
    private final Deque<Asked> asked = new ArrayDeque<>();
    private final Signal changed = new Signal();
    private Net.Link link;
    private int nextCorrelationId;
    private long unsentBytes;
    private ByteBuffer leftover;
    private boolean flushing;
    private volatile boolean open;
    private volatile String closedBecause;

    private ClientChannel(EventLoop loop, WireRuntime runtime, ChannelSettings settings, String peer) {
        this.loop = loop;
        this.runtime = runtime;
        this.settings = settings;
        this.peer = peer;
        this.assembler = new FrameAssembler(runtime.memory(), MIN_RESPONSE_BYTES, new Frames());
    }

    /// Requests may be sent right away; they leave when the connection is there.
    public static ClientChannel open(Net net, EventLoop loop, String host, int port, ChannelSettings settings, WireRuntime runtime) {
        var channel = new ClientChannel(loop, runtime, settings, host + ":" + port);
        net.connect(host, port, loop, channel.new Driver());
        return channel;
    }

    public boolean isOpen() {
        return open;
    }

    /// Holds once the connection is there, or can no longer come.
    public Condition settled() {
        return Condition.on(List.of(changed), () -> open || closedBecause != null);
    }

    /// @return null while the channel is connecting or open
    public String closedBecause() {
        return closedBecause;
    }

    /// Sends a request and keeps its answer, which owns its bytes.
    public <R extends ApiResponse> Pending<Reply<R>> ask(ApiRequest request, short version, long timeoutMs) {
        var pending = new Pending<Reply<R>>();
        onLoop(() -> send(request, version, timeoutMs, true, pending::complete));
        return pending;
    }

    /// As [#ask], without a copy: records in the answer are views that are valid only while `consumer` runs, on the loop.
    public <R extends ApiResponse> void send(ApiRequest request, short version, long timeoutMs, Consumer<Reply<R>> consumer) {
        onLoop(() -> send(request, version, timeoutMs, false, consumer));
    }

    @Override public void close() {
        onLoop(() -> end("closed on this side"));
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) task.run();
        else loop.execute(task);
    }

    private <R extends ApiResponse> void send(ApiRequest request, short version, long timeoutMs, boolean owned, Consumer<Reply<R>> consumer) {
        String refusal = whyNot();
        if (refusal != null) {
            consumer.accept(new Reply.NotSent<>(refusal));
            return;
        }
        int correlationId = nextCorrelationId++ & Integer.MAX_VALUE;
        OutgoingMessage message;
        try {
            message = OutgoingMessage.request(correlationId, settings.clientId(), version, request);
        } catch (RuntimeException unwritable) {
            consumer.accept(new Reply.NotSent<>(request.apiKey() + " version " + version + " cannot be written: " + unwritable.getMessage()));
            return;
        }
        var ask = new Asked(request.apiKey(), version, correlationId, owned, consumerOf(consumer));
        ask.message = message;
        asked.add(ask);
        unsentBytes += message.sizeInBytes();
        runtime.turns(loop).answers().set(ask, runtime.clock().monotonicMs() + timeoutMs);
        if (open) write(ask);
    }

    @SuppressWarnings("unchecked")  // the response is read with the request's API key, so it is the R that was asked for
    private static <R extends ApiResponse> Consumer<Reply<ApiResponse>> consumerOf(Consumer<Reply<R>> consumer) {
        return (Consumer<Reply<ApiResponse>>) (Consumer<?>) consumer;
    }

    private String whyNot() {
        if (closedBecause != null) return "the connection to " + peer + " is closed: " + closedBecause;
        if (asked.size() >= settings.maxInFlightRequests()) return asked.size() + " requests to " + peer + " are without an answer";
        if (unsentBytes > settings.maxUnsentBytes()) return unsentBytes + " bytes are waiting to be taken by " + peer;
        return null;
    }

    /// Requests that are sent in one turn leave with one flush.
    private void write(Asked ask) {
        OutgoingMessage message = ask.message;
        ask.message = null;
        link.write(message.parts(), () -> unsentBytes -= message.sizeInBytes());
        if (flushing) return;
        flushing = true;
        loop.execute(() -> {
            flushing = false;
            if (open) link.flush();
        });
    }

    private void take(ByteBuffer bytes) {
        try {
            for (ByteBuffer frame = assembler.next(bytes); frame != null && closedBecause == null; frame = assembler.next(bytes)) {
                try {
                    answered(frame);
                } finally {
                    assembler.done();
                }
            }
        } catch (BadFrame | MalformedMessage bad) {
            runtime.failures().quiet(peer, "(channel)", "bad answer: " + bad.getMessage());
            end("it sent what is no answer: " + bad.getMessage());
        }
    }

    private void answered(ByteBuffer frame) {
        Asked ask = asked.peek();
        int correlationId = frame.getInt(0);
        if (ask == null || ask.message != null || ask.correlationId != correlationId)
            throw new BadFrame("an answer to request " + correlationId + ", where " + (ask == null ? "none" : ask.correlationId) + " is next");
        ApiResponse response = read(ask, ask.owned ? copyOf(frame) : frame);
        asked.remove();
        runtime.turns(loop).answers().clear(ask);
        ask.tell(new Reply.Answered<>(response));
    }

    private static ApiResponse read(Asked ask, ByteBuffer frame) {
        short headerVersion = ask.api.responseHeaderVersion(ask.version);
        var in = WireReader.of(frame, "ResponseHeader", headerVersion);
        ResponseHeader.read(in, headerVersion);
        ByteBuffer body = frame.slice(in.position(), frame.remaining() - in.position());
        return ask.api.readResponse(WireReader.of(body, ask.api + " response", bodyVersion(ask, body)), bodyVersion(ask, body));
    }

    /// A peer that does not know our version of ApiVersions answers in version 0, with an error as its first field.
    private static short bodyVersion(Asked ask, ByteBuffer body) {
        boolean refused = ask.api == ApiKey.API_VERSIONS && body.remaining() >= 2
            && body.getShort(0) == ErrorCode.UNSUPPORTED_VERSION.code();
        return refused ? 0 : ask.version;
    }

    private static ByteBuffer copyOf(ByteBuffer frame) {
        return ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip();
    }

    private void end(String reason) {
        if (closedBecause != null) return;
        closedBecause = reason;
        open = false;
        if (link != null) link.close(false);
        assembler.close();
        leftover = null;
        for (Asked ask = asked.poll(); ask != null; ask = asked.poll()) {
            runtime.turns(loop).answers().clear(ask);
            boolean sent = ask.message == null;
            if (!sent) ask.message.drop();
            ask.tell(sent ? new Reply.Unknown<>(reason) : new Reply.NotSent<>(reason));
        }
        changed.raise();
    }

    /// A request without an answer.
    private final class Asked extends DeadlineWheel.Entry {
        private final ApiKey api;
        private final short version;
        private final int correlationId;
        private final boolean owned;
        private final Consumer<Reply<ApiResponse>> consumer;
        /// What is to be sent; null once it has been handed to the link.
        private OutgoingMessage message;

        private Asked(ApiKey api, short version, int correlationId, boolean owned, Consumer<Reply<ApiResponse>> consumer) {
            this.api = api;
            this.version = version;
            this.correlationId = correlationId;
            this.owned = owned;
            this.consumer = consumer;
        }

        @Override void expired(long nowMs) {
            end(api + " version " + version + " was not answered in time");
        }

        private void tell(Reply<ApiResponse> reply) {
            try {
                consumer.accept(reply);
            } catch (RuntimeException failure) {
                runtime.failures().failed(peer, "(channel)", ", " + api, "its answer was not understood by who asked", failure);
            }
        }
    }

    private final class Frames implements FrameAssembler.Owner {
        @Override public int maxFrameBytes() {
            return settings.maxResponseBytes();
        }

        @Override public boolean mayBegin(short ignored) {
            return true;
        }

        @Override public void memoryGranted(RequestMemory.Lease lease) {
            loop.execute(() -> granted(lease));
        }

        private void granted(RequestMemory.Lease lease) {
            if (closedBecause != null) {
                lease.giveBack();
                return;
            }
            assembler.accept(lease);
            ByteBuffer bytes = leftover;
            leftover = null;
            if (bytes != null) takeOrKeep(bytes);
            if (closedBecause == null && leftover == null) link.setReading(true);
        }
    }

    private void takeOrKeep(ByteBuffer bytes) {
        if (leftover == null) take(bytes);
        if (closedBecause != null || !bytes.hasRemaining()) return;
        int before = leftover == null ? 0 : leftover.remaining();
        ByteBuffer kept = ByteBuffer.allocate(before + bytes.remaining());
        if (leftover != null) kept.put(leftover);
        leftover = kept.put(bytes).flip();
        link.setReading(false);
    }

    private final class Driver implements Net.ConnectionDriver {
        @Override public void onOpen(Net.Link opened) {
            link = opened;
            if (closedBecause != null) {
                opened.close(false);
                return;
            }
            open = true;
            for (Asked ask : asked) write(ask);
            changed.raise();
        }

        @Override public void onBytes(ByteBuffer bytes) {
            if (closedBecause == null) takeOrKeep(bytes);
        }

        @Override public void onWritable() {
            // requests are bounded by their bytes, which the link tells about
        }

        @Override public void onClosed(Throwable cause) {
            end(cause == null ? "the peer closed it" : cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
        }
    }
}
