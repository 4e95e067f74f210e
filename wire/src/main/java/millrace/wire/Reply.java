package millrace.wire;

import millrace.protocol.ApiResponse;

/// What became of a request that we sent. The two ways to get no answer are kept apart, because they are to be treated differently.
public sealed interface Reply<R extends ApiResponse> {
    record Answered<R extends ApiResponse>(R response) implements Reply<R> {}

    /// The request has not reached the peer and will not: nothing has happened.
    record NotSent<R extends ApiResponse>(String reason) implements Reply<R> {}

    /// The request may have reached the peer, and it may have been carried out.
    record Unknown<R extends ApiResponse>(String reason) implements Reply<R> {}
}
