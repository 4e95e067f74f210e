package millrace.coordination;

import millrace.protocol.ErrorCode;
import millrace.wire.Pending;

/// Gives out producer ids that nobody has had. Safe from any thread.
public interface ProducerIdSource {
    Pending<Given> next();

    /// @param producerId -1 with an error
    record Given(ErrorCode error, long producerId) {}
}
