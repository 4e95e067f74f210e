package millrace.wire;

import java.util.function.Supplier;

/// What a handler returns: the response, nothing (acks=0), or the condition that the response waits for.
///
/// A waiting answer is asked again on the connection's loop when its condition moves; when the condition holds, or the deadline
/// has passed, whichever is first, `then` makes the next answer. `then` runs at most once, and never when the connection goes
/// away before: what waits holds nothing that would have to be released. Records in a response are never views of the request.
public sealed interface Answer<R> {
    record Now<R>(R response) implements Answer<R> {}

    /// The request has no response; the next one in line goes ahead.
    record Nothing<R>() implements Answer<R> {}

    /// The connection is to be closed without a response (acks=0 produce that failed, as Kafka does).
    record Close<R>(String reason) implements Answer<R> {}

    /// @param deadlineMs monotonic milliseconds; [Long#MAX_VALUE] for never
    /// @param holdsLine  whether no later request of the connection may begin before the wait is over, because this one has not acted yet
    record Waiting<R>(Condition condition, long deadlineMs, boolean holdsLine, Supplier<Answer<R>> then) implements Answer<R> {}

    static <R> Answer<R> now(R response) {
        return new Now<>(response);
    }

    static <R> Answer<R> nothing() {
        return new Nothing<>();
    }

    static <R> Answer<R> close(String reason) {
        return new Close<>(reason);
    }

    static <R> Answer<R> when(Condition condition, long deadlineMs, Supplier<R> then) {
        return new Waiting<>(condition, deadlineMs, false, () -> now(then.get()));
    }

    /// As [#when], for a wait that may be followed by another one.
    static <R> Answer<R> after(Condition condition, long deadlineMs, Supplier<Answer<R>> then) {
        return new Waiting<>(condition, deadlineMs, false, then);
    }

    /// As [#after], for a wait before the request does what it asks for: what comes behind it on the connection must not be done first.
    static <R> Answer<R> beforeLater(Condition condition, long deadlineMs, Supplier<Answer<R>> then) {
        return new Waiting<>(condition, deadlineMs, true, then);
    }

    /// The value of `pending` as soon as it is there, without a deadline: whoever completes it minds the time.
    static <R> Answer<R> of(Pending<R> pending) {
        return new Waiting<>(pending, Long.MAX_VALUE, false, () -> now(pending.get()));
    }
}
