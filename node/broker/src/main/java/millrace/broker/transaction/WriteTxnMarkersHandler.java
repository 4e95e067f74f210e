package millrace.broker.transaction;

import millrace.protocol.message.WriteTxnMarkersRequest;
import millrace.protocol.message.WriteTxnMarkersResponse;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// WriteTxnMarkers (API key 27), v1 to v2: from transaction coordinators, and from an administrator who ends a hanging transaction.
///
///     v2  transaction version of the marker: from 2 on its epoch has to be higher than any that has been there (KIP-1228)
public final class WriteTxnMarkersHandler implements ApiHandler<WriteTxnMarkersRequest, WriteTxnMarkersResponse> {
    private final MarkerWriter markers;

    public WriteTxnMarkersHandler(MarkerWriter markers) {
        this.markers = markers;
    }

    /// Without a deadline: the coordinator keeps at it until it is done, and whoever gives up closes the connection.
    @Override public Answer<WriteTxnMarkersResponse> handle(WriteTxnMarkersRequest request, Caller caller) {
        return Answer.of(markers.write(request));
    }
}
