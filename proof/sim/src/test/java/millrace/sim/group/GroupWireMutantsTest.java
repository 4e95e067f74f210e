package millrace.sim.group;

import static millrace.sim.PlantedHandlers.only;
import static millrace.sim.PlantedHandlers.overOneConnection;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ConsumerGroupHeartbeatRequest;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitResponse;
import millrace.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import millrace.protocol.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import millrace.protocol.message.OffsetFetchResponse;
import millrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopic;
import millrace.sim.FaultPlan;
import millrace.sim.SimulationFailed;
import millrace.sim.Violation;
import millrace.sim.World;
import millrace.sim.log.Answers;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Handlers;
import org.junit.jupiter.api.Test;

/// Planted bugs of a whole node that coordinates consumer groups: for each law one that breaks it now and then.
class GroupWireMutantsTest {
    private static final int MOST_SEEDS = 40;

    /// @return the laws that were found broken, until `law` was among them
    private static TreeSet<String> lawsBrokenBy(String law, Supplier<Handlers.Step> mutant) {
        var broken = new TreeSet<String>();
        for (long seed = 1; seed <= MOST_SEEDS && !broken.contains(law); seed++) {
            World world = World.of(seed);
            FaultPlan none = FaultPlan.none();
            world.faults(none);
            Handlers.Step planted = mutant.get();
            try {
                new GroupWorkload(world, none, (it, settings) -> new WireNode(it, settings, planted), true).run().violations().stream().map(Violation::law).forEach(broken::add);
            } catch (SimulationFailed failed) {
                if (!failed.getMessage().startsWith("liveness")) throw failed;
                broken.add("liveness");
            }
        }
        return broken;
    }

    /// Scenario 51: a member that says nothing of its partitions, because nothing has changed, is taken to have none.
    @Test void takingSilenceForAReleaseBreaksG1() {
        assertThat(lawsBrokenBy("G1", () -> only(ApiKey.CONSUMER_GROUP_HEARTBEAT, (request, caller, handler) -> {
            var heartbeat = (ConsumerGroupHeartbeatRequest) request;
            return handler.handle(heartbeat.topicPartitions() == null && heartbeat.memberEpoch() > 0 ? heartbeat.toBuilder().topicPartitions(List.of()).build() : request, caller);
        }))).contains("G1");
    }

    /// Scenario 38 for groups: a join that was left behind on an old connection is taken for a new one. Two read from one partition then, and both commit.
    @Test void takingEveryConnectionForTheNewestIsFound() {
        assertThat(lawsBrokenBy("G3", () -> only(ApiKey.CONSUMER_GROUP_HEARTBEAT, (request, caller, handler) -> handler.handle(request, overOneConnection(caller))))).containsAnyOf("G1", "G3");
    }

    @Test void losingACommitBreaksG2() {
        int[] commits = {0};
        assertThat(lawsBrokenBy("G2", () -> only(ApiKey.OFFSET_COMMIT, (request, caller, handler) ->
                commits[0]++ % 20 == 0 ? Answer.now(allIsWell((OffsetCommitRequest) request)) : handler.handle(request, caller)))).contains("G2");
    }

    /// A member that asks where to begin is told of a place that nobody has got to.
    @Test void beginningBehindWhatIsCommittedBreaksG5() {
        assertThat(lawsBrokenBy("G5", () -> only(ApiKey.OFFSET_FETCH, (request, caller, handler) -> Answers.changed(handler.handle(request, caller), response -> tooFar((OffsetFetchResponse) response)))))
                .contains("G5");
    }

    /// Scenario 54.
    @Test void committingForWhoeverIsAMemberBreaksG3() {
        assertThat(lawsBrokenBy("G3", CommitsForAnyMember::new)).contains("G3");
    }

    /// Scenario 52.
    @Test void goingBackAnEpochBreaksG4() {
        int[] heartbeats = {0};
        assertThat(lawsBrokenBy("G4", () -> only(ApiKey.CONSUMER_GROUP_HEARTBEAT, (request, caller, handler) -> Answers.changed(handler.handle(request, caller), response -> {
            var heard = (ConsumerGroupHeartbeatResponse) response;
            return heartbeats[0]++ % 50 == 49 && heard.memberEpoch() > 1 ? heard.toBuilder().memberEpoch(heard.memberEpoch() - 1).build() : response;
        })))).contains("G4");
    }

    // ---- the bugs ----

    private static OffsetFetchResponse tooFar(OffsetFetchResponse answer) {
        boolean ofOne = answer.topics().size() == 1 && answer.topics().getFirst().partitions().size() == 1;
        if (!ofOne || answer.topics().getFirst().partitions().getFirst().committedOffset() < 0) return answer;
        var topic = answer.topics().getFirst();
        var partition = topic.partitions().getFirst();
        return answer.toBuilder().topics(List.of(new OffsetFetchResponseTopic(topic.name(), List.of(partition.toBuilder().committedOffset(partition.committedOffset() + 3).build())))).build();
    }

    private static OffsetCommitResponse allIsWell(OffsetCommitRequest request) {
        return OffsetCommitResponse.builder().topics(request.topics().stream().map(topic -> new OffsetCommitResponseTopic(topic.name(), topic.topicId(),
                topic.partitions().stream().map(each -> new OffsetCommitResponsePartition(each.partitionIndex(), ErrorCode.NONE.code())).toList())).toList()).build();
    }

    private static final class CommitsForAnyMember implements Handlers.Step {
        private final Map<String, ConsumerGroupHeartbeatResponse> members = new HashMap<>();

        @Override public ApiHandler<ApiRequest, ApiResponse> around(ApiKey key, ApiHandler<ApiRequest, ApiResponse> handler) {
            return (request, caller) -> switch (request) {
                case ConsumerGroupHeartbeatRequest heartbeat -> Answers.changed(handler.handle(request, caller), response -> {
                    var heard = (ConsumerGroupHeartbeatResponse) response;
                    if (heard.errorCode() == ErrorCode.NONE.code() && heard.memberEpoch() > 0) members.put(heartbeat.groupId(), heard);
                    return response;
                });
                case OffsetCommitRequest commit when members.containsKey(commit.groupId()) -> {
                    var member = members.get(commit.groupId());
                    yield handler.handle(commit.toBuilder().memberId(member.memberId()).generationIdOrMemberEpoch(member.memberEpoch()).groupInstanceId(null).build(), caller);
                }
                default -> handler.handle(request, caller);
            };
        }
    }
}
