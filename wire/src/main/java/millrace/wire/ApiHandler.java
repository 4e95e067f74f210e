package millrace.wire;

import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;

/// Answers one API. It is called on the event loop of the connection that asked, holds only what it uses, and never blocks:
/// it answers at once or returns the condition that it waits for ([Answer]).
///
/// Records of the request are views of the frame and valid until `handle` returns; what is needed later is copied, since the
/// memory below them is used again, or given back to the operating system, right after.
/// What the protocol foresees as wrong is an error code in the response. An exception thrown here is answered with
/// `UNKNOWN_SERVER_ERROR` where the response has a place for it, and logged once.
@FunctionalInterface
public interface ApiHandler<Q extends ApiRequest, R extends ApiResponse> {
    Answer<R> handle(Q request, Caller caller);
}
