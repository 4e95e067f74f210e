package millrace.controller;

import millrace.protocol.ErrorCode;

/// Why something asked for is not done: the protocol's number and a sentence for people.
public record Problem(ErrorCode error, String message) {
    public short code() {
        return error.code();
    }
}
