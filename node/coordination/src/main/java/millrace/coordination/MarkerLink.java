package millrace.coordination;

import millrace.protocol.message.WriteTxnMarkersRequest;
import millrace.protocol.message.WriteTxnMarkersResponse;
import millrace.wire.Pending;

/// The way to the brokers that lead the partitions of a transaction, this one among them. Safe from any thread.
public interface MarkerLink {
    /// @return in time, what became of each marker. A partition that the response does not speak of is tried again, so that a broker which cannot
    ///     be reached is answered for with an empty response
    Pending<WriteTxnMarkersResponse> writeMarkers(int brokerId, WriteTxnMarkersRequest request);
}
