package millrace.broker.api;

import millrace.broker.metadata.BrokerMetadata;
import millrace.feed.ControllerLink;
import millrace.feed.MetadataFeed;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Pending;

/// Passes a request that changes metadata to the controller, and the controller's answer back, both as they are.
/// One class for every such API: which ones these are stands in the broker's table. Source: KIP-590.
///
/// The answer is held back until this broker shows what the feed has come to by then, so that a client that creates a topic here finds it here.
public final class ForwardingHandler<Q extends ApiRequest, R extends ApiResponse> implements ApiHandler<Q, R> {
    /// After which a client is answered although this broker lags behind: it will find out by asking again.
    private static final long CATCH_UP_LIMIT_MS = 5_000;

    private final ControllerLink controller;
    private final MetadataFeed feed;
    private final BrokerMetadata metadata;

    public ForwardingHandler(ControllerLink controller, MetadataFeed feed, BrokerMetadata metadata) {
        this.controller = controller;
        this.feed = feed;
        this.metadata = metadata;
    }

    @Override public Answer<R> handle(Q request, Caller caller) {
        Pending<R> answer = controller.send(request, caller.apiVersion(), caller.principal(), caller.clientAddress());
        return Answer.after(answer, Long.MAX_VALUE, () -> {
            long offset = feed.current().upTo().offset();
            return Answer.when(metadata.until(() -> metadata.image().upTo().offset() >= offset), caller.receivedMs() + CATCH_UP_LIMIT_MS, answer::get);
        });
    }
}
