package millrace.wire;

import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;

/// How an API says that a request has failed as a whole: the companion of an [ApiHandler] for the case that it throws.
///
/// The records and buffers of the request may already be gone; its names, numbers and lists are still good.
@FunctionalInterface
public interface ErrorAnswer<Q extends ApiRequest, R extends ApiResponse> {
    /// @return the response that carries `error` in every place where the API has one; null to close the connection instead
    R failed(Q request, ErrorCode error, short version);
}
