package millrace.coordination.api;

import millrace.coordination.GroupCoordinators;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand.AnswerHeartbeat;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.HeartbeatResponse;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Condition;
import millrace.wire.Pending;

/// Heartbeat (API key 12), v0 to v4. While the coordinator reads its log a heartbeat is good: the member's session begins when it is
/// done, and a member that is told of an error now would only ask again.
///
/// The coordinator may keep the answer back, to tell of a rebalance at once (`millrace.group.classic`). Kept waiting are Java clients alone: a
/// thread of their own sends their heartbeats, by its clock, whether or not the last one has been answered. librdkafka sends none while one is open;
/// in KafkaJS the reading of records waits for it; of whom we know nothing we think so too.
public final class HeartbeatHandler implements ApiHandler<HeartbeatRequest, HeartbeatResponse> {
    /// What the client library of Apache Kafka says in ApiVersions, since 2.4.
    private static final String WORKS_ON = "apache-kafka-java";

    private final GroupCoordinators coordinators;

    public HeartbeatHandler(GroupCoordinators coordinators) {
        this.coordinators = coordinators;
    }

    @Override public Answer<HeartbeatResponse> handle(HeartbeatRequest request, Caller caller) {
        boolean mayWait = caller.softwareName().equals(WORKS_ON);
        var answer = coordinators.ask(request.groupId(),
                token -> new Heartbeat(token, request.groupId(), request.memberId(), request.groupInstanceId(), request.generationId(), mayWait));
        return Answer.when(mayWait ? new Kept(request, answer) : answer, Long.MAX_VALUE, () -> response(answer.get().error()));
    }

    private static HeartbeatResponse response(ErrorCode error) {
        ErrorCode told = error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : Refusal.ofGroup(error);
        return HeartbeatResponse.builder().errorCode(told.code()).build();
    }

    /// The answer, if the coordinator keeps it: it gives it as soon as something waits behind it.
    private final class Kept implements Condition.Yielding {
        private final HeartbeatRequest request;
        private final Pending<GroupAnswer> answer;

        Kept(HeartbeatRequest request, Pending<GroupAnswer> answer) {
            this.request = request;
            this.answer = answer;
        }

        @Override public Condition awaited() {
            return answer;
        }

        @Override public void othersWait() {
            answerNow(false);
        }

        @Override public void nobodyWaits() {
            answerNow(true);
        }

        private void answerNow(boolean connectionLost) {
            coordinators.ask(request.groupId(), token -> new AnswerHeartbeat(token, request.groupId(), request.memberId(), connectionLost));
        }
    }
}
