package millrace.coordination.api;

import millrace.protocol.ErrorCode;

/// `PRODUCER_FENCED` is as old as its place in an API: before, a client knows `INVALID_PRODUCER_EPOCH` for it. Source: KIP-588.
final class EpochError {
    private EpochError() {}

    /// @param firstVersion of the API that knows `PRODUCER_FENCED`
    static ErrorCode told(ErrorCode error, short version, int firstVersion) {
        return error == ErrorCode.PRODUCER_FENCED && version < firstVersion ? ErrorCode.INVALID_PRODUCER_EPOCH : error;
    }
}
