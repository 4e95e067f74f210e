package millrace.wire;

import java.lang.reflect.Method;

import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.WireReader;

/// The [ErrorAnswer] of an API whose response has one error code for the whole of it, which most have: an otherwise empty
/// response. For the others, and for versions that do not carry that code, there is none, and the connection closes.
///
/// It finds the response by its name and the code by reflection. That is slow, but happens only when our own code has failed.
final class TopLevelError implements ErrorAnswer<ApiRequest, ApiResponse> {
    static final TopLevelError INSTANCE = new TopLevelError();

    private TopLevelError() {
    }

    @Override public ApiResponse failed(ApiRequest request, ErrorCode error, short version) {
        try {
            ApiResponse response = response(request, error);
            return isCarriedBy(version, response) ? response : null;
        } catch (ReflectiveOperationException | RuntimeException hasNone) {
            return null;
        }
    }

    private static ApiResponse response(ApiRequest request, ErrorCode error) throws ReflectiveOperationException {
        String name = request.getClass().getName().replaceFirst("Request$", "Response");
        Object builder = Class.forName(name, false, request.getClass().getClassLoader()).getMethod("builder").invoke(null);
        Method errorCode = builder.getClass().getMethod("errorCode", short.class);
        errorCode.invoke(builder, error.code());
        return (ApiResponse) builder.getClass().getMethod("build").invoke(builder);
    }

    /// An older version may leave the code out without a word, and an error would be taken for success.
    private static boolean isCarriedBy(short version, ApiResponse response) {
        var in = WireReader.of(response.toBytes(version), response.messageName(), version);
        return response.apiKey().readResponse(in, version).equals(response);
    }
}
