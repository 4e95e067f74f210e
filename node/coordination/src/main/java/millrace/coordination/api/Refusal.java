package millrace.coordination.api;

import millrace.protocol.ErrorCode;

/// What a client is told when a coordinator could not do what it was asked.
final class Refusal {
    private Refusal() {}

    /// A group's own record was too large for its topic: there is no error for that, and no use in asking again.
    static ErrorCode ofGroup(ErrorCode failure) {
        return failure == ErrorCode.MESSAGE_TOO_LARGE ? ErrorCode.UNKNOWN_SERVER_ERROR : failure;
    }

    static ErrorCode ofCommit(ErrorCode failure) {
        return failure == ErrorCode.MESSAGE_TOO_LARGE ? ErrorCode.INVALID_COMMIT_OFFSET_SIZE : failure;
    }
}
