package millrace.wire;

import java.util.function.Supplier;

import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FetchRequest;

/// One request on its way to its answer.
///
///     proceed(answer) ─▶ Waiting ──look(): the condition holds, or the deadline has passed──▶ proceed(then) ─▶ ...
///          │                └──drop(): the connection is gone──▶ Dropped
///          ├──▶ Answered (a message to send)
///          ├──▶ Unanswered (the request has no response)
///          └──▶ Closing (nothing may follow it)
///
/// Lives on its connection's loop; only [#wake] comes from elsewhere. `then` runs at most once, and not at all once dropped.
final class Exchange extends DeadlineWheel.Entry implements Condition.Watcher {
    sealed interface State {
        record Waiting(Condition condition, long deadlineMs, Supplier<? extends Answer<? extends ApiResponse>> then) implements State {}

        record Answered(OutgoingMessage message) implements State {}

        record Unanswered() implements State {}

        /// @param reason null when what is wrong has been told already
        record Closing(String reason) implements State {}

        record Dropped() implements State {}
    }

    private static final State UNANSWERED = new State.Unanswered();
    private static final State DROPPED = new State.Dropped();

    private final ServerConnection connection;
    private final Handlers.Served api;
    private final short version;
    private final int correlationId;
    private final String clientId;
    private final int requestBytes;
    private final long receivedNanos;
    /// Kept until it is answered, for the case that answering it fails.
    private ApiRequest request;
    private boolean fromReplica;
    private long handledNanos;
    private State state;
    private boolean holdsLine;
    private boolean hasGivenWay;
    /// Whether the loop has been told to look, since it last looked.
    private volatile boolean woken;

    Exchange(ServerConnection connection, Handlers.Served api, short version, int correlationId, String clientId, int requestBytes, long receivedNanos) {
        this.connection = connection;
        this.api = api;
        this.version = version;
        this.correlationId = correlationId;
        this.clientId = clientId;
        this.requestBytes = requestBytes;
        this.receivedNanos = receivedNanos;
    }

    ServerConnection connection() {
        return connection;
    }

    Handlers.Served api() {
        return api;
    }

    State state() {
        return state;
    }

    boolean isWaiting() {
        return state instanceof State.Waiting;
    }

    /// @return whether what comes behind it may not begin yet
    boolean holdsLine() {
        return holdsLine;
    }

    void handle(ApiRequest read, Caller caller) {
        request = read;
        fromReplica = read instanceof FetchRequest fetch && Math.max(fetch.replicaId(), fetch.replicaState().replicaId()) >= 0;
        Answer<? extends ApiResponse> answer;
        try {
            answer = api.handler().handle(read, caller);
        } catch (Throwable failure) {
            answer = failed(failure);
        }
        handledNanos = connection.clock().monotonicNanos();
        proceed(answer);
    }

    /// An answer that no handler has made.
    void answer(ApiResponse response) {
        handledNanos = receivedNanos;
        proceed(Answer.now(response));
    }

    /// Something has come behind it, which may be done only when this is answered.
    void giveWay() {
        if (hasGivenWay || !(state instanceof State.Waiting(Condition.Yielding condition, var _, var _))) return;
        hasGivenWay = true;
        condition.othersWait();
    }

    /// Looks whether it need not wait any longer.
    /// @return whether the connection can go on: it has its answer now and had none before, or holds up the line no longer
    boolean look() {
        woken = false;
        if (!(state instanceof State.Waiting waiting) || !isOver(waiting)) return false;
        boolean held = holdsLine;
        stopWaiting(waiting);
        proceed(ask(waiting));
        return !isWaiting() || held && !holdsLine;
    }

    @Override public void wake() {
        if (woken) return;
        woken = true;
        connection.turns().wake(this);
    }

    @Override void expired(long nowMs) {
        if (look()) connection.moveOn();
    }

    void drop() {
        if (state instanceof State.Waiting waiting) {
            stopWaiting(waiting);
            if (waiting.condition() instanceof Condition.Yielding yielding && !yielding.holds()) yielding.nobodyWaits();
        }
        if (state instanceof State.Answered(OutgoingMessage message)) message.drop();
        state = DROPPED;
        request = null;
    }

    /// Tells the meter that its turn has come.
    void told() {
        connection.meter().answered(api.key(), fromReplica, version, requestBytes, handledNanos - receivedNanos,
            connection.clock().monotonicNanos() - receivedNanos);
    }

    /// For logs: what was asked, without what was in it.
    String describe() {
        return ", " + api.key() + " version " + version + ", correlation id " + correlationId + ", client id " + Quoted.of(clientId);
    }

    private void proceed(Answer<? extends ApiResponse> first) {
        Answer<? extends ApiResponse> answer = first;
        while (answer instanceof Answer.Waiting<? extends ApiResponse>(Condition condition, long deadlineMs, boolean holds, var then)) {
            holdsLine = holds;
            var waiting = new State.Waiting(condition, deadlineMs, then);
            state = waiting;
            if (!startWaiting(waiting)) return;
            answer = ask(waiting);
        }
        holdsLine = false;
        state = settled(answer);
        request = null;
    }

    /// @return whether the wait is over before it has begun
    private boolean startWaiting(State.Waiting waiting) {
        if (isOver(waiting)) return true;
        try {
            waiting.condition().watch(this);
        } catch (RuntimeException failure) {
            state = new State.Closing(null);
            connection.report(this, "the connection is closed", failure);
            return false;
        }
        if (isOver(waiting)) {
            stopWaiting(waiting);
            return true;
        }
        if (waiting.deadlineMs() != Long.MAX_VALUE) connection.turns().answers().set(this, waiting.deadlineMs());
        return false;
    }

    private void stopWaiting(State.Waiting waiting) {
        connection.turns().answers().clear(this);
        waiting.condition().unwatch(this);
    }

    private boolean isOver(State.Waiting waiting) {
        if (waiting.deadlineMs() != Long.MAX_VALUE && waiting.deadlineMs() <= connection.clock().monotonicMs()) return true;
        try {
            return waiting.condition().holds();
        } catch (RuntimeException ignored) {
            return true;    // `then` will meet the same failure, and be asked for an answer to it
        }
    }

    private Answer<? extends ApiResponse> ask(State.Waiting waiting) {
        try {
            return waiting.then().get();
        } catch (Throwable failure) {
            return failed(failure);
        }
    }

    private State settled(Answer<? extends ApiResponse> answer) {
        return switch (answer) {
            case Answer.Now<? extends ApiResponse>(ApiResponse response) -> encoded(response);
            case Answer.Nothing<? extends ApiResponse> _ -> UNANSWERED;
            case Answer.Close<? extends ApiResponse>(String reason) -> new State.Closing(reason);
            case Answer.Waiting<? extends ApiResponse> _ -> throw new IllegalStateException("still waiting");
            case null -> {
                connection.report(this, "the connection is closed", new NullPointerException("the handler returned no answer"));
                yield new State.Closing(null);
            }
        };
    }

    private State encoded(ApiResponse response) {
        try {
            return new State.Answered(OutgoingMessage.response(correlationId, api.key(), version, response));
        } catch (Throwable failure) {
            connection.report(this, "its response cannot be written and the connection is closed", failure);
            return new State.Closing(null);
        }
    }

    private Answer<? extends ApiResponse> failed(Throwable failure) {
        connection.meter().failed(api.key(), version);
        ApiResponse response = null;
        if (request != null) {
            try {
                response = api.whenFailed().failed(request, ErrorCode.UNKNOWN_SERVER_ERROR, version);
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
        }
        connection.report(this, response == null ? "the connection is closed" : "it is answered with UNKNOWN_SERVER_ERROR", failure);
        return response == null ? Answer.close(null) : Answer.now(response);
    }
}
