package millrace.sim.log;

import java.util.function.UnaryOperator;
import millrace.protocol.ApiResponse;
import millrace.wire.Answer;

/// What a handler answers, seen or changed on its way out.
public final class Answers {
    private Answers() {}

    /// @param change is given the response at the moment when it is given out
    public static Answer<ApiResponse> changed(Answer<ApiResponse> answer, UnaryOperator<ApiResponse> change) {
        return switch (answer) {
            case Answer.Now<ApiResponse>(ApiResponse response)                                          -> Answer.now(change.apply(response));
            case Answer.Waiting<ApiResponse>(var condition, var deadline, var holdsLine, var then) -> new Answer.Waiting<>(condition, deadline, holdsLine, () -> changed(then.get(), change));
            case Answer.Nothing<ApiResponse> _, Answer.Close<ApiResponse> _                             -> answer;
        };
    }
}
