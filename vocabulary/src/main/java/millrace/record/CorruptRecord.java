package millrace.record;

import millrace.protocol.ErrorCode;

/// Record bytes that cannot be what they claim to be. The text says what was found and at which offset.
///
/// An exception and not a value, because it may surface at any byte of an iteration; whoever appends turns it into the error code of
/// that partition, whoever reads its own log treats it as a corrupt segment. It carries no stack trace: hostile input is not worth one.
///
/// | error                             | when                                                                                |
/// |-----------------------------------|-------------------------------------------------------------------------------------|
/// | `CORRUPT_MESSAGE`                 | header impossible, batch not whole, CRC differs (the sender may try again)          |
/// | `UNSUPPORTED_FOR_MESSAGE_FORMAT`  | magic 0 or 1: gone since Kafka 4.0                                                  |
/// | `UNSUPPORTED_COMPRESSION_TYPE`    | the attributes name a codec that does not exist                                     |
/// | `INVALID_RECORD`                  | the bytes are as they were sent, but no records, or more than [DecodeLimits] allows |
public final class CorruptRecord extends RuntimeException {
    private final ErrorCode error;

    public CorruptRecord(ErrorCode error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    public ErrorCode error() {
        return error;
    }

    static CorruptRecord corrupt(String message) {
        return new CorruptRecord(ErrorCode.CORRUPT_MESSAGE, message);
    }

    static CorruptRecord invalid(String message) {
        return new CorruptRecord(ErrorCode.INVALID_RECORD, message);
    }
}
