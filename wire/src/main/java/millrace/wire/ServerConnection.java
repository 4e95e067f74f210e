package millrace.wire;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

import millrace.ports.Clock;
import millrace.ports.Net;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.MalformedMessage;
import millrace.protocol.WireReader;
import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.RequestHeader;

/// One connection that somebody has opened to us: frames become requests, requests become answers, answers leave in line.
///
/// Everything happens in turns ([#turn]), one at a time, on the connection's loop. A turn takes what bytes it may, sends what
/// answers it can, and flushes once. What it may not take stays in `leftover`. While that is little, reading goes on, because
/// only who reads learns that the peer has gone, and what waits for a peer that has gone is to be let go of.
final class ServerConnection extends DeadlineWheel.Entry implements Net.ConnectionDriver, FrameAssembler.Owner {
    /// API key, version and correlation id; without them there is nothing to answer.
    private static final int MIN_REQUEST_BYTES = 8;
    private static final String UNKNOWN = "unknown";
    /// With more than this in `leftover`, reading stops.
    private static final int LOOK_AHEAD_BYTES = 16 << 10;
    /// An unfinished frame is looked at this often within its time. While others wait for the memory that such frames hold, one
    /// of these parts is all the time there is, or a few peers that stop in the middle of large frames would stop everybody.
    private static final int LOOKS_AT_A_FRAME = 8;

    private final ServerListener listener;
    private final WireRuntime runtime;
    private final ListenerSettings settings;
    private final LoopTurns turns;
    private final Net.Link link;
    private final FrameAssembler assembler;
    private final String connectionId;
    private final String peerAddress;
    private String softwareName = UNKNOWN;
    private String softwareVersion = UNKNOWN;

    /// Requests without an answer sent, in the order in which they came.
    private final Deque<Exchange> line = new ArrayDeque<>();
    /// Bytes that came and may not be taken yet; null when there are none.
    private ByteBuffer leftover;
    /// Of the answers that the link has taken and not sent yet. (Those still in `line` are bounded by their number.)
    private long unsentBytes;
    private int requestsLeftInTurn;
    private boolean reading = true;
    private boolean inTurn;
    private boolean again;
    private boolean moved;
    private boolean continuing;
    private boolean written;
    /// No more requests are taken; when the line is empty the connection closes.
    private boolean ending;
    private boolean closing;
    private boolean closed;

    private long requests;
    private long lastActivityMs;
    /// Which request was unfinished when the last turn ended, and since when.
    private long unfinishedRequest = -1;
    private long unfinishedSinceMs;

    ServerConnection(ServerListener listener, WireRuntime runtime, ListenerSettings settings, LoopTurns turns, Net.Link link) {
        this.listener = listener;
        this.runtime = runtime;
        this.settings = settings;
        this.turns = turns;
        this.link = link;
        this.peerAddress = link.peerAddress();
        this.connectionId = link.localPort() + "-" + link.peer() + "-" + runtime.nextConnectionNumber();
        this.assembler = new FrameAssembler(runtime.memory(), MIN_REQUEST_BYTES, this);
        this.lastActivityMs = clock().monotonicMs();
    }

    Clock clock() {
        return runtime.clock();
    }

    Meter meter() {
        return runtime.meter();
    }

    LoopTurns turns() {
        return turns;
    }

    ServerListener listener() {
        return listener;
    }

    Net.Link link() {
        return link;
    }

    // ---- what the link tells ----

    @Override public void onOpen(Net.Link opened) {
        watchTheTime(lastActivityMs);
    }

    @Override public void onBytes(ByteBuffer bytes) {
        lastActivityMs = clock().monotonicMs();
        turn(bytes);
    }

    @Override public void onWritable() {
        turn(null);
    }

    @Override public void onClosed(Throwable cause) {
        if (closed) return;
        closed = true;
        turns.idle().clear(this);
        turns.connections().remove(this);
        for (Exchange exchange : line) exchange.drop();
        line.clear();
        letLeftoverGo();
        assembler.close();
        listener.left(peerAddress, turns);
        runtime.failures().quiet(link.peer(), listener.name(), cause == null ? "closed" : "closed: " + cause);
    }

    // ---- what the assembler asks ----

    @Override public int maxFrameBytes() {
        return requests == 0 ? settings.maxFirstRequestBytes() : settings.maxRequestBytes();
    }

    /// A request waits until every earlier one has been answered, unless all of them, and it, may be pipelined. Only those are
    /// let into a line that is not empty, so it is enough to look at one of them; and nothing is let in behind one that has not acted yet.
    @Override public boolean mayBegin(short apiKey) {
        return line.isEmpty() || line.peekLast().api().pipelined() && !line.peekLast().holdsLine() && listener.handlers().mayBePipelined(apiKey);
    }

    @Override public void memoryGranted(RequestMemory.Lease lease) {
        link.loop().execute(() -> {
            if (closed) {
                lease.giveBack();
                return;
            }
            assembler.accept(lease);
            turn(null);
        });
    }

    // ---- turns ----

    /// Something that was waited for has come: a turn will show what can go on.
    void moveOn() {
        moved = false;
        continuing = false;
        turn(null);
    }

    /// @return whether it had not been marked before
    boolean markMoved() {
        boolean first = !moved;
        moved = true;
        return first;
    }

    /// @param fresh bytes that have just come, or null
    private void turn(ByteBuffer fresh) {
        if (closed || closing) return;
        if (inTurn) {   // the link has called back from within; the turn that is under way goes round once more
            if (fresh != null) throw new IllegalStateException("bytes of " + link.peer() + " came from within a call to its link");
            again = true;
            return;
        }
        inTurn = true;
        requestsLeftInTurn = settings.maxRequestsPerTurn();
        try {
            if (fresh != null) takeOrKeep(fresh);
            do {
                again = false;
                if (leftover != null) takeLeftover();
                if (!line.isEmpty() && (leftover != null || ending)) line.peekLast().giveWay();
                sendAnswers();
            } while (again && !closed && !closing);
        } finally {
            inTurn = false;
        }
        endTurn();
    }

    private void endTurn() {
        if (closed || closing) return;
        boolean wanted = !ending && !assembler.isStarved() && mayRead();
        if (wanted != reading) {
            reading = wanted;
            link.setReading(wanted);
        }
        noteUnfinishedFrame();
    }

    private boolean mayRead() {
        return leftover == null || leftover.remaining() <= LOOK_AHEAD_BYTES && runtime.memory().hasRoom();
    }

    private void takeOrKeep(ByteBuffer fresh) {
        if (leftover == null) take(fresh);
        if (fresh.hasRemaining() && !ending && !closing && !closed) keep(fresh);
    }

    private void takeLeftover() {
        ByteBuffer bytes = leftover;
        take(bytes);
        if (leftover == bytes && !bytes.hasRemaining()) letLeftoverGo();
    }

    private void take(ByteBuffer bytes) {
        try {
            takeFrames(bytes);
        } catch (BadFrame bad) {
            refuse("", bad.getMessage());
        } catch (Throwable failure) {
            runtime.failures().failed(link.peer(), listener.name(), "", "the connection is closed", failure);
            closeNow();
        }
    }

    private void takeFrames(ByteBuffer bytes) {
        while (hasRoom() && requestsLeftInTurn > 0) {
            ByteBuffer frame = assembler.next(bytes);
            if (frame == null) return;
            requests++;
            requestsLeftInTurn--;
            try {
                handle(frame);
            } finally {
                assembler.done();
            }
        }
        if (requestsLeftInTurn > 0 || continuing || closing || closed) return;
        continuing = true;
        link.loop().execute(this::moveOn);
    }

    private boolean hasRoom() {
        return !closed && !closing && !ending && line.size() < settings.maxInFlightRequests()
            && unsentBytes <= settings.maxUnsentBytes() && link.isWritable();
    }

    private void keep(ByteBuffer fresh) {
        int before = leftover == null ? 0 : leftover.remaining();
        ByteBuffer kept = ByteBuffer.allocate(before + fresh.remaining());
        if (leftover != null) kept.put(leftover);
        letLeftoverGo();
        leftover = kept.put(fresh).flip();
        runtime.memory().charge(leftover.capacity());
    }

    private void letLeftoverGo() {
        if (leftover == null) return;
        int amount = leftover.capacity();
        leftover = null;
        runtime.memory().uncharge(amount);
    }

    // ---- a request ----

    private void handle(ByteBuffer frame) {
        long receivedNanos = clock().monotonicNanos();
        short keyId = frame.getShort(0);
        short version = frame.getShort(2);
        Handlers.Served api = listener.handlers().find(keyId);
        if (api != null && api.serves(version)) {
            handle(frame, api, version, receivedNanos);
        } else if (api != null && api.key() == ApiKey.API_VERSIONS) {
            tellVersions(frame, api, version, receivedNanos);
        } else {
            refuse(describe(frame), api == null ? "this API is not served here; ApiVersions tells what is"
                : "only versions " + api.minVersion() + " to " + api.maxVersion() + " are served; ApiVersions tells them");
        }
    }

    private void handle(ByteBuffer frame, Handlers.Served api, short version, long receivedNanos) {
        RequestHeader header;
        ApiRequest request;
        try {
            short headerVersion = api.key().requestHeaderVersion(version);
            var in = WireReader.of(frame, "RequestHeader", headerVersion);
            header = RequestHeader.read(in, headerVersion);
            ByteBuffer body = frame.slice(in.position(), frame.remaining() - in.position());
            request = api.key().readRequest(WireReader.of(body, api.requestName(), version), version);
        } catch (MalformedMessage malformed) {
            refuse(describe(frame), malformed.getMessage());
            return;
        }
        if (request instanceof ApiVersionsRequest hello) remember(hello, version);
        String clientId = header.clientId() == null ? "" : header.clientId();
        var caller = new Caller(version, clientId, peerAddress, Caller.ANONYMOUS, listener.name(), connectionId, link.loop(),
            softwareName, softwareVersion, receivedNanos / 1_000_000);
        var exchange = new Exchange(this, api, version, header.correlationId(), clientId, frame.remaining(), receivedNanos);
        exchange.handle(request, caller);
        enqueue(exchange);
    }

    /// Whatever version of ApiVersions is asked in, its header is readable and its answer is in version 0.
    private void tellVersions(ByteBuffer frame, Handlers.Served api, short version, long receivedNanos) {
        RequestHeader header;
        try {
            short headerVersion = api.key().requestHeaderVersion(version);
            header = RequestHeader.read(WireReader.of(frame, "RequestHeader", headerVersion), headerVersion);
        } catch (MalformedMessage malformed) {
            refuse(describe(frame), malformed.getMessage());
            return;
        }
        var exchange = new Exchange(this, api, (short) 0, header.correlationId(), "", frame.remaining(), receivedNanos);
        exchange.answer(ApiVersionsHandler.unsupportedVersion(new Handlers.Advertised(api.key(), api.minVersion(), api.maxVersion())));
        enqueue(exchange);
    }

    /// For logs: what the first eight bytes say.
    private static String describe(ByteBuffer frame) {
        ApiKey known = ApiKey.forId(frame.getShort(0));
        String api = known == null ? "API key " + frame.getShort(0) : known.toString();
        return ", " + api + " version " + frame.getShort(2) + ", correlation id " + frame.getInt(4);
    }

    private void remember(ApiVersionsRequest hello, short version) {
        if (!ApiVersionsHandler.namesSoftware(version) || !ApiVersionsHandler.isValid(hello, version)) return;
        softwareName = hello.clientSoftwareName();
        softwareVersion = hello.clientSoftwareVersion();
    }

    // ---- answers, in line ----

    private void enqueue(Exchange exchange) {
        if (closed) {
            exchange.drop();
            return;
        }
        line.add(exchange);
        sendFirst();
    }

    private void sendAnswers() {
        if (sendFirst() && leftover != null) again = true;
        if (written && !closed) {
            written = false;
            link.flush();
        }
    }

    /// Hands the answers at the head of the line to the link.
    /// @return whether the line has moved
    private boolean sendFirst() {
        boolean any = false;
        for (Exchange first = line.peek(); first != null && !first.isWaiting() && !closed && !closing; first = line.peek()) {
            line.remove();
            any = true;
            switch (first.state()) {
                case Exchange.State.Answered(OutgoingMessage message) -> send(first, message);
                case Exchange.State.Closing(String reason) -> {
                    if (reason != null) refuse(first.describe(), reason);
                    closeNow();
                }
                case Exchange.State.Unanswered _ -> first.told();
                case Exchange.State.Waiting _, Exchange.State.Dropped _ -> throw new IllegalStateException("not answered: " + first.describe());
            }
        }
        if (ending && line.isEmpty()) closeNow();
        return any;
    }

    private void send(Exchange exchange, OutgoingMessage message) {
        unsentBytes += message.sizeInBytes();
        written = true;
        link.write(message.parts(), () -> sent(message.sizeInBytes()));
        exchange.told();
    }

    private void sent(long bytes) {
        unsentBytes -= bytes;
        lastActivityMs = clock().monotonicMs();
        if (leftover != null || !reading) turn(null);
    }

    // ---- the end ----

    void report(Exchange exchange, String consequence, Throwable failure) {
        runtime.failures().failed(link.peer(), listener.name(), exchange.describe(), consequence, failure);
    }

    /// The peer has sent what cannot be served: its earlier answers still leave, then the connection closes.
    private void refuse(String request, String reason) {
        if (closed || closing || ending) return;
        runtime.failures().refused(link.peer(), listener.name(), request, reason);
        meter().connectionRefused(listener.name());
        ending = true;
        letLeftoverGo();
        if (line.isEmpty()) closeNow();
    }

    /// Closes once the link has sent what it was given.
    void closeNow() {
        if (closed || closing) return;
        closing = true;
        letLeftoverGo();
        link.close(true);
    }

    // ---- time ----

    /// Looks after idleness and unfinished frames, seldom: when the earlier of the two may have come to its end.
    @Override void expired(long nowMs) {
        if (closed || closing) return;
        if (isFrameLate(nowMs, settings.maxUnfinishedFrameMs())) {
            refuse("", "a frame was not whole within " + settings.maxUnfinishedFrameMs() + " ms");
        } else if (isFrameLate(nowMs, lookAtAFrameMs()) && assembler.holdsWhatOthersWaitFor()) {
            refuse("", "a frame was not whole within " + lookAtAFrameMs() + " ms, and others wait for the request memory that it holds");
        } else if (isIdle(nowMs)) {
            runtime.failures().quiet(link.peer(), listener.name(), "idle for " + (nowMs - lastActivityMs) + " ms, closing it");
            closing = true;
            letLeftoverGo();
            link.close(false);
        } else {
            watchTheTime(nowMs);
        }
    }

    private boolean isIdle(long nowMs) {
        boolean owesAnAnswer = !line.isEmpty();
        return !owesAnAnswer && settings.maxIdleMs() >= 0 && nowMs - lastActivityMs >= settings.maxIdleMs();
    }

    private boolean isFrameLate(long nowMs, long limitMs) {
        return isFrameUnfinished() && unfinishedRequest == requests && nowMs - unfinishedSinceMs >= limitMs;
    }

    private long lookAtAFrameMs() {
        return settings.maxUnfinishedFrameMs() / LOOKS_AT_A_FRAME;
    }

    /// Not counted while we are the ones who do not go on.
    private boolean isFrameUnfinished() {
        return reading && leftover == null && assembler.isUnfinished();
    }

    private void noteUnfinishedFrame() {
        if (!isFrameUnfinished()) {
            unfinishedRequest = -1;
        } else if (unfinishedRequest != requests) {
            unfinishedRequest = requests;
            unfinishedSinceMs = clock().monotonicMs();
            watchTheTime(unfinishedSinceMs);
        }
    }

    private void watchTheTime(long nowMs) {
        long idleMs = settings.maxIdleMs() < 0 ? Long.MAX_VALUE : (line.isEmpty() ? lastActivityMs : nowMs) + settings.maxIdleMs();
        long lateMs = unfinishedRequest == requests ? Math.min(unfinishedSinceMs + settings.maxUnfinishedFrameMs(), nowMs + lookAtAFrameMs()) : Long.MAX_VALUE;
        long nextMs = Math.min(idleMs, lateMs);
        if (nextMs != Long.MAX_VALUE) turns.idle().set(this, nextMs);
    }
}
