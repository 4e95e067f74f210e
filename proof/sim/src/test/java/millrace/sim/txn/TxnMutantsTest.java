package millrace.sim.txn;

import static millrace.sim.PlantedHandlers.only;
import static millrace.sim.PlantedHandlers.over;
import static millrace.sim.PlantedHandlers.overOneConnection;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.AddOffsetsToTxnRequest;
import millrace.protocol.message.AddPartitionsToTxnRequest;
import millrace.protocol.message.EndTxnRequest;
import millrace.protocol.message.EndTxnResponse;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.FetchResponse.FetchableTopicResponse;
import millrace.protocol.message.InitProducerIdRequest;
import millrace.protocol.message.InitProducerIdResponse;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.TxnOffsetCommitRequest;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import millrace.protocol.message.TxnOffsetCommitResponse;
import millrace.protocol.message.TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition;
import millrace.protocol.message.TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic;
import millrace.record.MemoryRecords;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.sim.FaultPlan;
import millrace.sim.SimulationFailed;
import millrace.sim.Violation;
import millrace.sim.World;
import millrace.sim.log.Answers;
import millrace.wire.Answer;
import millrace.wire.ApiHandler;
import millrace.wire.Caller;
import millrace.wire.Handlers;
import org.junit.jupiter.api.Test;

/// Planted bugs: for each law a node that breaks it now and then. What lies deeper (verification, guards, markers, epochs) is planted in
/// `TransactionExplorationTest` of the cores.
class TxnMutantsTest {
    private static final int MOST_SEEDS = 40;
    /// One seed alone may have long transactions, and few.
    private static final long SEEDS_OF_ENOUGH = 4;

    private static TreeSet<String> lawsBrokenBy(String law, Supplier<Handlers.Step> mutant) {
        return lawsBrokenBy(Set.of(law), mutant);
    }

    /// @return the laws that were found broken, until one of `laws` was among them
    private static TreeSet<String> lawsBrokenBy(Set<String> laws, Supplier<Handlers.Step> mutant) {
        var broken = new TreeSet<String>();
        for (long seed = 1; seed <= MOST_SEEDS && Collections.disjoint(broken, laws); seed++) {
            World world = World.of(seed);
            Handlers.Step planted = mutant.get();
            try {
                new TxnWorkload(world, peaceful(world), handlers -> handlers.around(planted)).run().violations().stream().map(Violation::law).forEach(broken::add);
            } catch (SimulationFailed failed) {
                if (!failed.getMessage().startsWith("T8")) throw failed;
                broken.add("T8");
            }
        }
        return broken;
    }

    private static FaultPlan peaceful(World world) {
        FaultPlan plan = FaultPlan.none();
        world.faults(plan);
        return plan;
    }

    @Test void withoutABugThereIsEnoughToBeFound() {
        long committed = 0;
        long aborted = 0;
        for (long seed = 1; seed <= SEEDS_OF_ENOUGH; seed++) {
            World world = World.of(seed);
            TxnWorkload workload = new TxnWorkload(world, peaceful(world), UnaryOperator.identity()).run();
            workload.check();
            committed += workload.history().count(TxnHistory.Wish.COMMITTED);
            aborted += workload.history().count(TxnHistory.Wish.ABORTED);
        }
        assertThat(committed).isGreaterThan(10 * SEEDS_OF_ENOUGH);
        assertThat(aborted).isGreaterThan(5 * SEEDS_OF_ENOUGH);
    }

    @Test void showingWhatIsStillOpenBreaksT4() {
        assertThat(lawsBrokenBy("T4", () -> only(ApiKey.FETCH, TxnMutantsTest::showsWhatIsOpen))).contains("T4");
    }

    @Test void readingWhatIsStillOpenBreaksT10() {
        assertThat(lawsBrokenBy("T10", () -> only(ApiKey.FETCH, TxnMutantsTest::showsWhatIsOpen))).contains("T10");
    }

    @Test void forgettingWhatWasAbortedBreaksT1() {
        assertThat(lawsBrokenBy("T1", () -> only(ApiKey.FETCH, TxnMutantsTest::forgetsWhatWasAborted))).contains("T1");
    }

    @Test void offsetsThatCountAtOnceBreakT2() {
        assertThat(lawsBrokenBy("T2", CommitsOffsetsAtOnce::new)).contains("T2");
    }

    @Test void offsetsThatCountAtOnceBreakT9() {
        assertThat(lawsBrokenBy("T9", CommitsOffsetsAtOnce::new)).contains("T9");
    }

    /// Scenario 46: the last stable offset is one batch too high.
    @Test void showingOneBatchTooManyBreaksT4() {
        assertThat(lawsBrokenBy("T4", () -> only(ApiKey.FETCH, TxnMutantsTest::showsOneBatchTooMany))).contains("T4");
    }

    /// Scenario 43: it is said that an offset belongs to the transaction before it is written, and so it may come behind the marker.
    @Test void answeringBeforeTheGroupCoordinatorHasTheOffsetIsFound() {
        var laws = Set.of("T2", "T3", "T8", "T9");
        assertThat(lawsBrokenBy(laws, AnswersOffsetsEarly::new)).containsAnyElementsOf(laws);
    }

    @Test void promisingACommitThatDoesNotComeBreaksT3() {
        assertThat(lawsBrokenBy("T3", () -> only(ApiKey.END_TXN, TxnMutantsTest::promisesOnly))).contains("T3");
    }

    @Test void notEndingATransactionBreaksT5() {
        assertThat(lawsBrokenBy("T5", () -> only(ApiKey.END_TXN, TxnMutantsTest::promisesOnly))).contains("T5");
    }

    /// Scenario 38: what was left behind on an old connection ends the transaction that is under way now, and its producer is told otherwise. Left to
    /// chance that is too seldom to be found soon, so a copy of every end comes late here; taken for what it is, it breaks nothing.
    @Test void takingEveryConnectionForTheNewestBreaksT1() {
        assertThat(lawsBrokenBy("T1", () -> {
            var late = new EndsComeLateToo();
            return (key, handler) -> late.around(key, (request, caller) -> handler.handle(request, overOneConnection(caller)));
        })).contains("T1");
    }

    @Test void endsThatComeLateOverAnOldConnectionBreakNothing() {
        int came = 0;
        for (long seed = 1; seed <= MOST_SEEDS && came == 0; seed++) {
            World world = World.of(seed);
            var late = new EndsComeLateToo();
            new TxnWorkload(world, peaceful(world), handlers -> handlers.around(late)).run().check();
            came = late.came;
        }
        assertThat(came).isPositive();
    }

    @Test void givingEverybodyTheSameEpochBreaksT6() {
        assertThat(lawsBrokenBy("T6", SameEpochForAll::new)).contains("T6");
    }

    @Test void fencingByProducerIdInsteadOfTransactionalIdBreaksT7() {
        assertThat(lawsBrokenBy("T7", EachProducerForItself::new)).contains("T7");
    }

    @Test void transactionsThatNeverTimeOutBreakT8() {
        assertThat(lawsBrokenBy("T8", () -> only(ApiKey.INIT_PRODUCER_ID, TxnMutantsTest::neverTimesOut))).contains("T8");
    }

    // ---- the bugs ----

    private static Caller inVersion(int version, Caller caller) {
        return new Caller((short) version, caller.clientId(), caller.clientAddress(), caller.principal(), caller.listenerName(), caller.connectionId(), caller.loop(), caller.softwareName(),
                caller.softwareVersion(), caller.receivedMs());
    }

    private static Answer<ApiResponse> showsWhatIsOpen(ApiRequest request, Caller caller, ApiHandler<ApiRequest, ApiResponse> handler) {
        return handler.handle(((FetchRequest) request).toBuilder().isolationLevel((byte) 0).build(), caller);
    }

    private static Answer<ApiResponse> showsOneBatchTooMany(ApiRequest request, Caller caller, ApiHandler<ApiRequest, ApiResponse> handler) {
        var asked = (FetchRequest) request;
        if (asked.isolationLevel() == 0) return handler.handle(request, caller);
        return Answers.changed(handler.handle(asked.toBuilder().isolationLevel((byte) 0).build(), caller), response -> {
            var fetched = (FetchResponse) response;
            return fetched.toBuilder().responses(fetched.responses().stream().map(topic -> new FetchableTopicResponse(topic.topic(), topic.topicId(),
                    topic.partitions().stream().map(TxnMutantsTest::oneBatchTooMany).toList())).toList()).build();
        });
    }

    private static FetchResponse.PartitionData oneBatchTooMany(FetchResponse.PartitionData found) {
        if (!(found.records() instanceof MemoryRecords memory)) return found;
        int bytes = 0;
        for (RecordBatch batch : RecordBatches.of(memory.bytes())) {
            bytes += batch.sizeInBytes();
            if (batch.nextOffset() > found.lastStableOffset()) break;
        }
        return found.toBuilder().abortedTransactions(List.of()).records(new MemoryRecords(memory.bytes().slice(0, bytes))).build();
    }

    private static Answer<ApiResponse> forgetsWhatWasAborted(ApiRequest request, Caller caller, ApiHandler<ApiRequest, ApiResponse> handler) {
        return Answers.changed(handler.handle(request, caller), response -> {
            var fetched = (FetchResponse) response;
            return fetched.toBuilder().responses(fetched.responses().stream().map(topic -> new FetchableTopicResponse(topic.topic(), topic.topicId(),
                    topic.partitions().stream().map(each -> each.toBuilder().abortedTransactions(List.of()).build()).toList())).toList()).build();
        });
    }

    private static Answer<ApiResponse> promisesOnly(ApiRequest request, Caller caller, ApiHandler<ApiRequest, ApiResponse> handler) {
        var end = (EndTxnRequest) request;
        boolean lies = end.committed() && caller.apiVersion() < 5 && caller.receivedMs() % 3 == 0;
        return lies ? Answer.now(EndTxnResponse.builder().build()) : handler.handle(request, caller);
    }

    private static Answer<ApiResponse> neverTimesOut(ApiRequest request, Caller caller, ApiHandler<ApiRequest, ApiResponse> handler) {
        return handler.handle(((InitProducerIdRequest) request).toBuilder().transactionTimeoutMs(600_000).build(), caller);
    }

    private static TxnOffsetCommitResponse allIsWell(TxnOffsetCommitRequest asked) {
        return TxnOffsetCommitResponse.builder().topics(asked.topics().stream().map(topic -> new TxnOffsetCommitResponseTopic(topic.name(), topic.topicId(),
                topic.partitions().stream().map(each -> new TxnOffsetCommitResponsePartition(each.partitionIndex(), ErrorCode.NONE.code())).toList())).toList()).build();
    }

    private static final class CommitsOffsetsAtOnce implements Handlers.Step {
        private static final int OFFSET_COMMIT_VERSION = 8;

        private ApiHandler<ApiRequest, ApiResponse> offsetCommit;

        @Override public ApiHandler<ApiRequest, ApiResponse> around(ApiKey key, ApiHandler<ApiRequest, ApiResponse> handler) {
            if (key == ApiKey.OFFSET_COMMIT) offsetCommit = handler;
            if (key != ApiKey.TXN_OFFSET_COMMIT) return handler;
            return (request, caller) -> {
                var asked = (TxnOffsetCommitRequest) request;
                var plain = OffsetCommitRequest.builder().groupId(asked.groupId()).memberId("").generationIdOrMemberEpoch(-1).topics(asked.topics().stream().map(CommitsOffsetsAtOnce::plain).toList()).build();
                return Answers.changed(offsetCommit.handle(plain, inVersion(OFFSET_COMMIT_VERSION, caller)), _ -> allIsWell(asked));
            };
        }

        private static OffsetCommitRequestTopic plain(TxnOffsetCommitRequestTopic topic) {
            return OffsetCommitRequestTopic.builder().name(topic.name()).partitions(topic.partitions().stream().map(each -> OffsetCommitRequestPartition.builder().partitionIndex(each.partitionIndex())
                    .committedOffset(each.committedOffset()).committedLeaderEpoch(-1).committedMetadata("").build()).toList()).build();
        }
    }

    private static final class AnswersOffsetsEarly implements Handlers.Step {
        private final List<Runnable> later = new ArrayList<>();

        @Override public ApiHandler<ApiRequest, ApiResponse> around(ApiKey key, ApiHandler<ApiRequest, ApiResponse> handler) {
            return switch (key) {
                case TXN_OFFSET_COMMIT -> (request, caller) -> {
                    later.add(() -> handler.handle(request, caller));
                    return Answer.now(allIsWell((TxnOffsetCommitRequest) request));
                };
                case INIT_PRODUCER_ID, ADD_PARTITIONS_TO_TXN, PRODUCE -> (request, caller) -> {
                    later.forEach(Runnable::run);
                    later.clear();
                    return handler.handle(request, caller);
                };
                default -> handler;
            };
        }
    }

    /// No bug, but what the network may do. A producer has sent the end of a transaction twice, the first time over a connection older than all others;
    /// that copy is read when the next transaction of the same epoch has a record.
    private static final class EndsComeLateToo implements Handlers.Step {
        private static final int FIRST_VERSION_WITH_OWN_EPOCHS = 5;

        private final Map<Long, Runnable> copies = new HashMap<>();
        private int came;

        @Override public ApiHandler<ApiRequest, ApiResponse> around(ApiKey key, ApiHandler<ApiRequest, ApiResponse> handler) {
            return switch (key) {
                case END_TXN -> (request, caller) -> {
                    if (caller.apiVersion() < FIRST_VERSION_WITH_OWN_EPOCHS) copies.put(((EndTxnRequest) request).producerId(), () -> handler.handle(request, over("oldest-0", caller)));
                    return handler.handle(request, caller);
                };
                case PRODUCE -> (request, caller) -> Answers.changed(handler.handle(request, caller), response -> {
                    Runnable copy = copies.remove(EachProducerForItself.producerId((ProduceRequest) request));
                    if (copy != null) {
                        came++;
                        copy.run();
                    }
                    return response;
                });
                default -> handler;
            };
        }
    }

    private static final class SameEpochForAll implements Handlers.Step {
        private final Map<String, ApiResponse> first = new HashMap<>();

        @Override public ApiHandler<ApiRequest, ApiResponse> around(ApiKey key, ApiHandler<ApiRequest, ApiResponse> handler) {
            if (key != ApiKey.INIT_PRODUCER_ID) return handler;
            return (request, caller) -> {
                String transactionalId = ((InitProducerIdRequest) request).transactionalId();
                ApiResponse known = first.get(transactionalId);
                return known != null ? Answer.now(known) : Answers.changed(handler.handle(request, caller), response -> {
                    if (((InitProducerIdResponse) response).errorCode() == ErrorCode.NONE.code()) first.put(transactionalId, response);
                    return response;
                });
            };
        }
    }

    /// Every producer has a transactional id of its own, whatever it calls itself, so that nobody takes over from anybody.
    private static final class EachProducerForItself implements Handlers.Step {
        private final Map<Long, String> ids = new HashMap<>();
        private int begun;

        @Override public ApiHandler<ApiRequest, ApiResponse> around(ApiKey key, ApiHandler<ApiRequest, ApiResponse> handler) {
            return (request, caller) -> switch (request) {
                case InitProducerIdRequest init     -> initialize(init, caller, handler);
                case AddPartitionsToTxnRequest add  -> handler.handle(add.toBuilder().v3AndBelowTransactionalId(own(add.v3AndBelowProducerId())).build(), caller);
                case AddOffsetsToTxnRequest add     -> handler.handle(add.toBuilder().transactionalId(own(add.producerId())).build(), caller);
                case TxnOffsetCommitRequest offsets -> handler.handle(offsets.toBuilder().transactionalId(own(offsets.producerId())).build(), caller);
                case EndTxnRequest end              -> handler.handle(end.toBuilder().transactionalId(own(end.producerId())).build(), caller);
                case ProduceRequest produce         -> handler.handle(produce.toBuilder().transactionalId(own(producerId(produce))).build(), caller);
                default                             -> handler.handle(request, caller);
            };
        }

        private Answer<ApiResponse> initialize(InitProducerIdRequest init, Caller caller, ApiHandler<ApiRequest, ApiResponse> handler) {
            String own = ids.containsKey(init.producerId()) ? own(init.producerId()) : init.transactionalId() + "/" + begun++;
            return Answers.changed(handler.handle(init.toBuilder().transactionalId(own).build(), caller), response -> {
                ids.put(((InitProducerIdResponse) response).producerId(), own);
                return response;
            });
        }

        private String own(long producerId) {
            return ids.getOrDefault(producerId, "nobody");
        }

        private static long producerId(ProduceRequest produce) {
            var records = (MemoryRecords) produce.topicData().getFirst().partitionData().getFirst().records();
            return RecordBatches.of(records.bytes()).iterator().next().producerId();
        }
    }
}
