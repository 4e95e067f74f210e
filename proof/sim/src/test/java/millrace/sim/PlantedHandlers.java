package millrace.sim;

import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Handlers;

/// Bugs that stand around the handlers of a whole node.
public final class PlantedHandlers {
    private PlantedHandlers() {}

    public interface Bug {
        Answer<ApiResponse> handle(ApiRequest request, Caller caller, ApiHandler<ApiRequest, ApiResponse> handler);
    }

    /// @return the bug in one API's handler
    public static Handlers.Step only(ApiKey where, Bug bug) {
        return (key, handler) -> key != where ? handler : (request, caller) -> bug.handle(request, caller, handler);
    }

    /// Scenario 38: whatever comes over an old connection is taken for new.
    public static Caller overOneConnection(Caller caller) {
        return over("all-1", caller);
    }

    /// @param connectionId its number, at the end, tells which connection is older
    public static Caller over(String connectionId, Caller caller) {
        return new Caller(caller.apiVersion(), caller.clientId(), caller.clientAddress(), caller.principal(), caller.listenerName(), connectionId, caller.loop(), caller.softwareName(),
                caller.softwareVersion(), caller.receivedMs());
    }
}
