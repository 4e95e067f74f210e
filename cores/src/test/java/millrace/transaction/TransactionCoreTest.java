package millrace.transaction;

import static millrace.protocol.ErrorCode.CONCURRENT_TRANSACTIONS;
import static millrace.protocol.ErrorCode.INVALID_PRODUCER_ID_MAPPING;
import static millrace.protocol.ErrorCode.INVALID_REQUEST;
import static millrace.protocol.ErrorCode.INVALID_TRANSACTION_TIMEOUT;
import static millrace.protocol.ErrorCode.INVALID_TXN_STATE;
import static millrace.protocol.ErrorCode.NONE;
import static millrace.protocol.ErrorCode.PRODUCER_FENCED;
import static millrace.protocol.ErrorCode.TRANSACTION_ABORTABLE;
import static millrace.transaction.Coordinator.A0;
import static millrace.transaction.Coordinator.B1;
import static millrace.transaction.Coordinator.ID;
import static millrace.transaction.Coordinator.TIMEOUT_MS;
import static millrace.transaction.TransactionState.COMPLETE_ABORT;
import static millrace.transaction.TransactionState.COMPLETE_COMMIT;
import static millrace.transaction.TransactionState.EMPTY;
import static millrace.transaction.TransactionState.ONGOING;
import static millrace.transaction.TransactionState.PREPARE_ABORT;
import static millrace.transaction.TransactionState.PREPARE_COMMIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import millrace.common.TopicPartition;
import millrace.transaction.TransactionAnswer.Ended;
import millrace.transaction.TransactionAnswer.Initialized;
import millrace.transaction.TransactionAnswer.MarkersDue;
import millrace.transaction.TransactionAnswer.ProducerIdWanted;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TransactionCoreTest {
    private static final int OLD = 0;
    private static final int NEW = 2;
    private static final int LAST_EPOCH = Short.MAX_VALUE - 1;

    private final Coordinator coordinator = new Coordinator(2);

    @Nested class WhoOwnsATransactionalId {
        @Test void aNewOneBeginsWithEpochZeroOfANewProducerId() {
            assertThat(coordinator.init()).isEqualTo(new Initialized(NONE, 1_000, (short) 0));
            assertThat(coordinator.state()).isEqualTo(EMPTY);
        }

        @Test void theNextOwnerGetsTheNextEpochAndTheOneBeforeIsFenced() {
            Initialized first = coordinator.init();
            assertThat(coordinator.init()).isEqualTo(new Initialized(NONE, 1_000, (short) 1));
            assertThat(coordinator.add(first, OLD, A0)).isEqualTo(PRODUCER_FENCED);
            assertThat(coordinator.commit(first, OLD).error()).isEqualTo(PRODUCER_FENCED);
        }

        @Test void anEmptyIdAndATimeoutOutOfBoundsAreRefused() {
            assertThat(coordinator.init("", -1, -1).error()).isEqualTo(INVALID_REQUEST);
            assertThat(coordinator.init(ID, -1, -1, 900_001).error()).isEqualTo(INVALID_TRANSACTION_TIMEOUT);
            assertThat(coordinator.init(ID, -1, -1, 0).error()).isEqualTo(INVALID_TRANSACTION_TIMEOUT);
            assertThat(coordinator.records()).isZero();
        }

        @Test void whoFindsATransactionUnderWayHasItAbortedAndComesAgain() {
            Initialized first = coordinator.init();
            coordinator.add(first, OLD, A0);
            assertThat(coordinator.init().error()).isEqualTo(CONCURRENT_TRANSACTIONS);
            assertThat(coordinator.state()).isEqualTo(PREPARE_ABORT);
            assertThat(coordinator.init().error()).as("the markers are on their way").isEqualTo(CONCURRENT_TRANSACTIONS);
            coordinator.markersWritten();
            assertThat(coordinator.init()).as("the epoch of the abort is nobody's").isEqualTo(new Initialized(NONE, 1_000, (short) 2));
        }

        @Test void whoRecoversNamesWhatItHadAndGetsTheNextEpochOnceHoweverOftenItAsks() {
            Initialized first = coordinator.init();
            assertThat(coordinator.init(ID, first.producerId(), 0)).isEqualTo(new Initialized(NONE, 1_000, (short) 1));
            assertThat(coordinator.init(ID, first.producerId(), 0)).isEqualTo(new Initialized(NONE, 1_000, (short) 1));
            coordinator.init();
            assertThat(coordinator.init(ID, first.producerId(), 0).error()).as("another one came between").isEqualTo(PRODUCER_FENCED);
        }

        @Test void whoRecoversWithAProducerIdThatIsNotItsIsFenced() {
            coordinator.init();
            assertThat(coordinator.init(ID, 77, 0).error()).isEqualTo(PRODUCER_FENCED);
        }

        @Test void theLastEpochIsFollowedByAnotherProducerId() {
            coordinator.atEpoch(LAST_EPOCH);
            Initialized next = coordinator.init();
            assertThat(next).isEqualTo(new Initialized(NONE, 1_001, (short) 0));
            assertThat(coordinator.init(ID, 1_000, LAST_EPOCH).error()).as("the one before").isEqualTo(PRODUCER_FENCED);
        }

        @Test void whoRecoversFromTheLastEpochGetsTheSameNewProducerIdAgain() {
            Initialized last = coordinator.atEpoch(LAST_EPOCH);
            Initialized next = coordinator.init(ID, last.producerId(), LAST_EPOCH);
            assertThat(coordinator.init(ID, last.producerId(), LAST_EPOCH)).isEqualTo(next).isEqualTo(new Initialized(NONE, 1_001, (short) 0));
        }

        @Test void aTransactionOfTheLastEpochThatIsFencedNeverMakesANegativeEpoch() {
            Initialized last = coordinator.atEpoch(LAST_EPOCH);
            coordinator.add(last, NEW, A0);
            assertThat(coordinator.init().error()).isEqualTo(CONCURRENT_TRANSACTIONS);
            assertThat(coordinator.core.transactions().get(ID).producerEpoch()).isEqualTo(Short.MAX_VALUE);
            coordinator.markersWritten();
            assertThat(coordinator.core.transactions().get(ID)).extracting(Transaction::producerId, Transaction::producerEpoch).containsExactly(1_001L, (short) 0);
            assertThat(coordinator.abort(last, NEW)).as("its own abort, late, is that abort").isEqualTo(new Ended(NONE, 1_001, (short) 0));
        }
    }

    @Nested class WhatATransactionReaches {
        private final Initialized producer = coordinator.init();

        @Test void partitionsAddUpAndAddingThemAgainWritesNothing() {
            assertThat(coordinator.add(producer, OLD, A0)).isEqualTo(NONE);
            assertThat(coordinator.add(producer, OLD, B1)).isEqualTo(NONE);
            int records = coordinator.records();
            assertThat(coordinator.add(producer, OLD, A0, B1)).isEqualTo(NONE);
            assertThat(coordinator.records()).isEqualTo(records);
            assertThat(coordinator.described().partitions()).containsExactly(A0, B1);
        }

        @Test void whatIsNotInItIsNotVerified() {
            assertThat(coordinator.verify(producer, A0)).containsExactly(TRANSACTION_ABORTABLE);
            coordinator.add(producer, OLD, A0);
            assertThat(coordinator.verify(producer, A0, B1)).containsExactly(NONE, TRANSACTION_ABORTABLE);
        }

        @Test void nothingIsAddedOrVerifiedWhileTheLastOneIsCompleted() {
            coordinator.add(producer, OLD, A0);
            coordinator.commit(producer, OLD);
            assertThat(coordinator.add(producer, OLD, A0)).isEqualTo(CONCURRENT_TRANSACTIONS);
            assertThat(coordinator.verify(producer, A0)).containsExactly(CONCURRENT_TRANSACTIONS);
            coordinator.markersWritten();
            assertThat(coordinator.add(producer, OLD, B1)).isEqualTo(NONE);
            assertThat(coordinator.described().partitions()).containsExactly(B1);
        }

        @Test void theEpochIsLookedAtBeforeTheState() {
            coordinator.add(producer, OLD, A0);
            coordinator.commit(producer, OLD);
            assertThat(coordinator.add(producer.producerId(), 5, OLD, A0)).isEqualTo(PRODUCER_FENCED);
            assertThat(coordinator.add(77, 0, OLD, A0)).isEqualTo(INVALID_PRODUCER_ID_MAPPING);
        }
    }

    @Nested class HowATransactionOfAnOldClientEnds {
        private final Initialized producer = coordinator.init();

        @Test void theOutcomeIsWrittenThenMarkersAreDueThenItIsComplete() {
            coordinator.add(producer, OLD, A0, B1);
            assertThat(coordinator.commit(producer, OLD)).isEqualTo(new Ended(NONE, -1, (short) -1));
            assertThat(coordinator.announced).containsExactly(new MarkersDue(ID, 1_000, (short) 0, true, List.of(A0, B1), (short) 0, coordinator.decidedMs()));
            assertThat(coordinator.state()).isEqualTo(PREPARE_COMMIT);
            coordinator.markersWritten();
            assertThat(coordinator.state()).isEqualTo(COMPLETE_COMMIT);
        }

        @Test void theSameEndAgainIsFineAndTheOtherOneIsNot() {
            coordinator.add(producer, OLD, A0);
            coordinator.abort(producer, OLD);
            assertThat(coordinator.abort(producer, OLD).error()).isEqualTo(CONCURRENT_TRANSACTIONS);
            assertThat(coordinator.commit(producer, OLD).error()).isEqualTo(INVALID_TXN_STATE);
            coordinator.markersWritten();
            assertThat(coordinator.abort(producer, OLD).error()).isEqualTo(NONE);
            assertThat(coordinator.commit(producer, OLD).error()).isEqualTo(INVALID_TXN_STATE);
        }

        @Test void nothingIsEndedThatHasNotBegun() {
            assertThat(coordinator.commit(producer, OLD).error()).isEqualTo(INVALID_TXN_STATE);
            assertThat(coordinator.abort(producer, OLD).error()).isEqualTo(INVALID_TXN_STATE);
            assertThat(coordinator.end(1, 0, true, OLD).error()).isEqualTo(INVALID_PRODUCER_ID_MAPPING);
        }
    }

    @Nested class HowATransactionOfANewClientEnds {
        private final Initialized producer = coordinator.init();

        @Test void theEndMovesTheEpochAndTellsIt() {
            coordinator.add(producer, NEW, A0);
            assertThat(coordinator.commit(producer, NEW)).isEqualTo(new Ended(NONE, 1_000, (short) 1));
            assertThat(coordinator.announced).containsExactly(new MarkersDue(ID, 1_000, (short) 1, true, List.of(A0), (short) 2, coordinator.decidedMs()));
            coordinator.markersWritten();
            assertThat(coordinator.add(1_000, 1, NEW, A0)).isEqualTo(NONE);
        }

        @Test void theSameEndAgainIsToldFromTheNextOneByItsEpoch() {
            coordinator.add(producer, NEW, A0);
            coordinator.commit(producer, NEW);
            assertThat(coordinator.commit(producer, NEW).error()).isEqualTo(CONCURRENT_TRANSACTIONS);
            assertThat(coordinator.abort(producer, NEW).error()).isEqualTo(INVALID_TXN_STATE);
            coordinator.markersWritten();
            assertThat(coordinator.commit(producer, NEW)).isEqualTo(new Ended(NONE, 1_000, (short) 1));
            assertThat(coordinator.abort(producer, NEW).error()).isEqualTo(INVALID_TXN_STATE);
            assertThat(coordinator.end(1_000, 1, true, NEW).error()).as("the next one has nothing to commit").isEqualTo(INVALID_TXN_STATE);
        }

        @Test void theEndOfTheNextOneIsToldToComeAgainWhileTheMarkersAreOnTheirWay() {
            coordinator.add(producer, NEW, A0);
            coordinator.commit(producer, NEW);
            assertThat(coordinator.end(1_000, 1, false, NEW).error()).isEqualTo(CONCURRENT_TRANSACTIONS);
            assertThat(coordinator.end(1_000, 1, true, NEW).error()).isEqualTo(CONCURRENT_TRANSACTIONS);
            assertThat(coordinator.end(1_000, 2, false, NEW).error()).as("an epoch that nobody was given").isEqualTo(PRODUCER_FENCED);
            coordinator.markersWritten();
            assertThat(coordinator.end(1_000, 1, false, NEW)).isEqualTo(new Ended(NONE, 1_000, (short) 2));
        }

        @Test void theNewProducerIdHasToWaitForTheMarkersToo() {
            Initialized last = coordinator.atEpoch(LAST_EPOCH);
            coordinator.add(last, NEW, A0);
            coordinator.commit(last, NEW);
            assertThat(coordinator.add(1_001, 0, NEW, A0)).isEqualTo(CONCURRENT_TRANSACTIONS);
            assertThat(coordinator.init(ID, 1_001, 0).error()).isEqualTo(CONCURRENT_TRANSACTIONS);
            assertThat(coordinator.add(1_002, 0, NEW, A0)).isEqualTo(INVALID_PRODUCER_ID_MAPPING);
            coordinator.markersWritten();
            assertThat(coordinator.add(1_001, 0, NEW, A0)).isEqualTo(NONE);
        }

        @Test void soIsThatOfTheNewProducerId() {
            Initialized last = coordinator.atEpoch(LAST_EPOCH);
            coordinator.add(last, NEW, A0);
            coordinator.commit(last, NEW);
            assertThat(coordinator.end(1_001, 0, false, NEW).error()).isEqualTo(CONCURRENT_TRANSACTIONS);
            assertThat(coordinator.end(1_000, Short.MAX_VALUE, false, NEW).error()).as("the epoch of the markers is nobody's").isEqualTo(PRODUCER_FENCED);
            coordinator.markersWritten();
            assertThat(coordinator.end(1_001, 0, false, NEW)).isEqualTo(new Ended(NONE, 1_001, (short) 1));
        }

        @Test void aLateEndDoesNotTouchTheNextTransaction() {
            coordinator.add(producer, NEW, A0);
            coordinator.commit(producer, NEW);
            coordinator.markersWritten();
            coordinator.add(1_000, 1, NEW, B1);
            assertThat(coordinator.commit(producer, NEW).error()).isEqualTo(PRODUCER_FENCED);
            assertThat(coordinator.state()).isEqualTo(ONGOING);
        }

        @Test void anAbortOfNothingMovesTheEpochAtOnce() {
            assertThat(coordinator.abort(producer, NEW)).isEqualTo(new Ended(NONE, 1_000, (short) 1));
            assertThat(coordinator.state()).isEqualTo(COMPLETE_ABORT);
            assertThat(coordinator.announced).isEmpty();
            assertThat(coordinator.abort(producer, NEW)).as("again").isEqualTo(new Ended(NONE, 1_000, (short) 1));
            assertThat(coordinator.end(1_000, 1, false, NEW)).as("the next one").isEqualTo(new Ended(NONE, 1_000, (short) 2));
        }

        @Test void theLastEpochIsFollowedByAnotherProducerIdWhichARepetitionGetsToo() {
            Initialized last = coordinator.atEpoch(LAST_EPOCH);
            coordinator.add(last, NEW, A0);
            assertThat(coordinator.commit(last, NEW)).isEqualTo(new Ended(NONE, 1_001, (short) 0));
            assertThat(coordinator.announced).containsExactly(new MarkersDue(ID, 1_000, Short.MAX_VALUE, true, List.of(A0), (short) 2, coordinator.decidedMs()));
            coordinator.markersWritten();
            assertThat(coordinator.commit(last, NEW)).isEqualTo(new Ended(NONE, 1_001, (short) 0));
            assertThat(coordinator.add(1_001, 0, NEW, A0)).isEqualTo(NONE);
        }
    }

    @Nested class WhatTimeBrings {
        private final Initialized producer = coordinator.init();

        @Test void aTransactionThatLastsTooLongIsAbortedAndItsProducerFenced() {
            coordinator.add(producer, OLD, A0);
            coordinator.passMs(TIMEOUT_MS - 1);
            coordinator.add(producer, OLD, B1);
            assertThat(coordinator.state()).isEqualTo(ONGOING);
            coordinator.passMs(1);
            assertThat(coordinator.announced).containsExactly(new MarkersDue(ID, 1_000, (short) 1, false, List.of(A0, B1), (short) 2, coordinator.decidedMs()));
            assertThat(coordinator.add(producer, OLD, A0)).isEqualTo(PRODUCER_FENCED);
        }

        @Test void onAnOldClusterTheAbortFencesJustAsWell() {
            Coordinator old = new Coordinator(0);
            Initialized owner = old.init();
            old.add(owner, OLD, A0);
            old.passMs(TIMEOUT_MS);
            assertThat(old.announced).containsExactly(new MarkersDue(ID, 1_000, (short) 1, false, List.of(A0), (short) 0, old.decidedMs()));
            assertThat(old.lastValueVersion()).isZero();
        }

        @Test void withoutAnEpochLeftTheAbortWaitsForAProducerId() {
            Initialized last = coordinator.atEpoch(LAST_EPOCH);
            coordinator.add(last, NEW, A0);
            coordinator.passMs(TIMEOUT_MS);
            assertThat(coordinator.announced).containsExactly(new ProducerIdWanted(ID, 1_000, (short) LAST_EPOCH));
            coordinator.passMs(1_000);
            assertThat(coordinator.announced).as("asked for again").hasSize(2);
            coordinator.wantedIdCame();
            assertThat(coordinator.state()).isEqualTo(PREPARE_ABORT);
        }

        @Test void whatIsDueAtOnceIsWrittenInPartsThatTheLogTakes() {
            int count = 60;
            for (int i = 0; i < count; i++) {
                String id = "i".repeat(20_000) + i;
                Initialized each = coordinator.init(id, -1, -1);
                coordinator.addTo(id, each.producerId(), 0, OLD, new TopicPartition("t".repeat(200), i));
            }
            coordinator.passMs(TIMEOUT_MS);
            assertThat(coordinator.announced).hasSize(count);
            assertThat(coordinator.largestDecision).isLessThan(300_000);
            while (!coordinator.announced.isEmpty()) coordinator.markersWritten();
            coordinator.passMs(TransactionSettings.DEFAULTS.expirationMs() + TransactionSettings.DEFAULTS.expirationCheckIntervalMs());
            assertThat(coordinator.core.transactions()).isEmpty();
            assertThat(coordinator.largestDecision).isLessThan(300_000);
        }

        @Test void aWallClockThatJumpsAbortsNothing() {
            coordinator.add(producer, OLD, A0);
            coordinator.timestampMs += 30L * 24 * 3_600_000;
            coordinator.passMs(TIMEOUT_MS - 1);
            assertThat(coordinator.state()).isEqualTo(ONGOING);
        }

        @Test void afterAReloadTheRestOfTheTimeOutCounts() {
            coordinator.add(producer, OLD, A0);
            coordinator.passMs(TIMEOUT_MS - 100);
            coordinator.reload();
            coordinator.passMs(99);
            assertThat(coordinator.state()).isEqualTo(ONGOING);
            coordinator.passMs(1);
            assertThat(coordinator.state()).isEqualTo(PREPARE_ABORT);
        }

        @Test void aTransactionalIdThatIsNotUsedIsForgottenUnlessATransactionIsOpen() {
            coordinator.passMs(TransactionSettings.DEFAULTS.expirationMs() - 1);
            assertThat(coordinator.core.transactions()).containsKey(ID);
            coordinator.passMs(TransactionSettings.DEFAULTS.expirationCheckIntervalMs());
            assertThat(coordinator.core.transactions()).isEmpty();
            assertThat(coordinator.lastIsTombstone()).isTrue();
            assertThat(coordinator.add(producer, OLD, A0)).isEqualTo(INVALID_PRODUCER_ID_MAPPING);
        }
    }

    @Nested class WhatTheNextCoordinatorFinds {
        private final Initialized producer = coordinator.init();

        @Test void aDecidedOutcomeAndItsMarkersAreDueAgain() {
            coordinator.add(producer, NEW, A0);
            coordinator.commit(producer, NEW);
            coordinator.reload();
            assertThat(coordinator.announced).containsExactly(new MarkersDue(ID, 1_000, (short) 1, true, List.of(A0), (short) 2, coordinator.decidedMs()));
            assertThat(coordinator.abort(producer, NEW).error()).isEqualTo(INVALID_TXN_STATE);
            coordinator.markersWritten();
            assertThat(coordinator.state()).isEqualTo(COMPLETE_COMMIT);
        }

        @Test void theReplacementOfAProducerIdIsNotForgottenOnTheWay() {
            Initialized last = coordinator.atEpoch(LAST_EPOCH);
            coordinator.add(last, NEW, A0);
            coordinator.commit(last, NEW);
            coordinator.reload();
            coordinator.markersWritten();
            assertThat(coordinator.commit(last, NEW)).isEqualTo(new Ended(NONE, 1_001, (short) 0));
        }

        @Test void everythingButTheEpochBeforeTheLastIsReadBackAsItWas() {
            coordinator.add(producer, NEW, A0, B1);
            Transaction before = coordinator.described();
            coordinator.reload();
            assertThat(coordinator.described()).isEqualTo(before);
        }

        @Test void markersThatHaveBeenWrittenTwiceCompleteOnce() {
            coordinator.add(producer, OLD, A0);
            coordinator.commit(producer, OLD);
            MarkersDue due = (MarkersDue) coordinator.announced.getLast();
            coordinator.markersWritten();
            coordinator.add(producer, OLD, B1);
            coordinator.announced.add(due);
            coordinator.markersWritten();
            assertThat(coordinator.state()).isEqualTo(ONGOING);
        }
    }

    @Nested class WhatTheClockSays {
        @Test void markersOfOneDecisionDoNotCompleteTheNextThoughTheOldClientsEpochIsTheSame() {
            Initialized producer = coordinator.init();
            coordinator.add(producer, OLD, A0);
            coordinator.commit(producer, OLD);
            MarkersDue first = (MarkersDue) coordinator.announced.getLast();
            coordinator.markersWritten();
            coordinator.add(producer, OLD, B1);
            coordinator.commit(producer, OLD);
            coordinator.announced.add(first);
            coordinator.markersWritten();
            assertThat(coordinator.state()).as("its own markers are not written").isEqualTo(PREPARE_COMMIT);
            coordinator.markersWritten();
            assertThat(coordinator.state()).isEqualTo(COMPLETE_COMMIT);
        }

        @Test void everyStepIsLaterThanTheOneBeforeAlsoWhenTheClockGoesBack() {
            Initialized producer = coordinator.init();
            long last = coordinator.decidedMs();
            assertThat(last).isEqualTo(coordinator.timestampMs);
            for (int i = 0; i < 3; i++) {
                coordinator.timestampMs -= 1_000;
                coordinator.add(producer, OLD, A0);
                assertThat(coordinator.decidedMs()).isGreaterThan(last);
                coordinator.abort(producer, OLD);
                coordinator.reload();
                coordinator.markersWritten();
                assertThat(coordinator.decidedMs()).isGreaterThan(last + 2);
                last = coordinator.decidedMs();
            }
        }
    }

    @Nested class WhatAnAdministratorSees {
        @Test void filtersLetThroughWhatTheyName() {
            Initialized producer = coordinator.init();
            coordinator.init("payments", -1, -1);
            coordinator.add(producer, OLD, A0);
            coordinator.passMs(5_000);
            assertThat(coordinator.listed(List.of(), List.of(), -1, null)).containsExactly(ID, "payments");
            assertThat(coordinator.listed(List.of(ONGOING), List.of(), -1, null)).containsExactly(ID);
            assertThat(coordinator.listed(List.of(), List.of(1_001L), -1, null)).containsExactly("payments");
            assertThat(coordinator.listed(List.of(ONGOING), List.of(), 4_999, null)).containsExactly(ID);
            assertThat(coordinator.listed(List.of(ONGOING), List.of(), 5_000, null)).isEmpty();
            assertThat(coordinator.listed(List.of(), List.of(), -1, "pay.*")).containsExactly("payments");
            assertThat(coordinator.listed(List.of(), List.of(), -1, "pay")).as("the whole of it has to match").isEmpty();
            assertThat(coordinator.listed(List.of(), List.of(), -1, "(")).containsExactly("INVALID_REGULAR_EXPRESSION");
        }

        @Test void aPatternThatNobodyCanMeanIsNoPattern() {
            coordinator.init();
            assertThat(coordinator.listed(List.of(), List.of(), -1, "(".repeat(16_000) + ")".repeat(16_000))).isIn(List.of("INVALID_REGULAR_EXPRESSION"), List.of());
            assertThat(coordinator.listed(List.of(), List.of(), -1, "o".repeat(32_768))).containsExactly("INVALID_REGULAR_EXPRESSION");
        }
    }
}
