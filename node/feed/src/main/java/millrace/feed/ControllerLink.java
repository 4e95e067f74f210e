package millrace.feed;

import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.wire.Pending;

/// The way to the active controller, wherever it is.
public interface ControllerLink {
    /// Sends one request. Safe from any thread; never blocks.
    ///
    /// @param request one of the APIs of the controller listener
    /// @param version of request and response
    /// @param principal on whose behalf, e.g. `User:ANONYMOUS`
    /// @param clientAddress from where, e.g. `127.0.0.1`
    /// @return the response, always completed in the end. What went wrong on the way is the error code that the response has a
    ///     place for: `NOT_CONTROLLER` (nothing happened, ask again later), `REQUEST_TIMED_OUT` (it may have happened)
    <R extends ApiResponse> Pending<R> send(ApiRequest request, short version, String principal, String clientAddress);
}
