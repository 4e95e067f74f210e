package millrace.broker;

import java.util.ArrayList;
import java.util.List;
import millrace.feed.ControllerLink;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.wire.Pending;

/// A controller that answers when the test does.
public final class FakeController implements ControllerLink {
    /// Every request so far, the oldest first.
    public final List<ApiRequest> asked = new ArrayList<>();
    private final List<Pending<ApiResponse>> answers = new ArrayList<>();

    @SuppressWarnings("unchecked")
    @Override public <R extends ApiResponse> Pending<R> send(ApiRequest request, short version, String principal, String clientAddress) {
        var answer = new Pending<ApiResponse>();
        asked.add(request);
        answers.add(answer);
        return (Pending<R>) answer;
    }

    /// Answers the newest request.
    public void answers(ApiResponse response) {
        answers.getLast().complete(response);
    }
}
