package millrace.broker.api;

import millrace.feed.ControllerLink;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;

/// Passes a request that changes metadata to the controller, and the controller's answer back, both as they are.
/// One class for every such API: which ones these are stands in the broker's table. Source: KIP-590.
public final class ForwardingHandler<Q extends ApiRequest, R extends ApiResponse> implements ApiHandler<Q, R> {
    private final ControllerLink controller;

    public ForwardingHandler(ControllerLink controller) {
        this.controller = controller;
    }

    @Override public Answer<R> handle(Q request, Caller caller) {
        return Answer.of(controller.send(request, caller.apiVersion(), caller.principal(), caller.clientAddress()));
    }
}
