package millrace.group.consumer;

import millrace.protocol.ErrorCode;

/// Why a heartbeat does not count.
record Refused(ErrorCode error, String message) {}
