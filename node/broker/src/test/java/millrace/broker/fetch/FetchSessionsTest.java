package millrace.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import millrace.broker.fetch.FetchSessions.Lookup;
import millrace.common.Uuid;
import millrace.ports.Randomness;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchRequest.FetchPartition;
import millrace.protocol.message.FetchRequest.FetchTopic;
import millrace.protocol.message.FetchRequest.ForgottenTopic;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
    private final FetchSessions sessions = new FetchSessions(2, counting());

    @Test void eachIncrementalFetchCarriesTheNextEpoch() {
        FetchSession session = sessions.create(true, 0);
        assertThat(sessions.next(session.id(), 1, true, 10)).isEqualTo(new Lookup.Found(session));
        assertThat(sessions.next(session.id(), 1, true, 20)).isEqualTo(new Lookup.Wrong(ErrorCode.INVALID_FETCH_SESSION_EPOCH));
        assertThat(sessions.next(session.id(), 2, true, 30)).isEqualTo(new Lookup.Found(session));
    }

    @Test void anUnknownOrClosedSessionIsNotFound() {
        FetchSession session = sessions.create(true, 0);
        sessions.close(session.id());
        assertThat(sessions.next(session.id(), 1, true, 0)).isEqualTo(new Lookup.Wrong(ErrorCode.FETCH_SESSION_ID_NOT_FOUND));
    }

    @Test void aSessionDoesNotChangeBetweenNamesAndIds() {
        FetchSession session = sessions.create(true, 0);
        assertThat(sessions.next(session.id(), 1, false, 0)).isEqualTo(new Lookup.Wrong(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR));
    }

    @Test void whenFullANewSessionComesOnlyForOneThatHasBeenIdle() {
        FetchSession first = sessions.create(true, 0);
        sessions.create(true, 100_000);
        assertThat(sessions.create(true, 119_999)).isNull();
        assertThat(sessions.create(true, 120_000)).isNotNull();
        assertThat(sessions.next(first.id(), 1, true, 120_000)).isEqualTo(new Lookup.Wrong(ErrorCode.FETCH_SESSION_ID_NOT_FOUND));
    }

    @Test void aSessionRemembersWhatIsWantedAndForgetsWhatIsForgotten() {
        FetchSession session = sessions.create(false, 0);
        session.remember(request(List.of(topic("a", 0, 5), topic("b", 0, 7)), List.of()));
        session.remember(request(List.of(topic("a", 0, 9)), List.of(new ForgottenTopic("b", Uuid.ZERO, List.of(0)))));
        assertThat(session.wanted()).extracting(wanted -> wanted.key().topic() + "@" + wanted.wanted().fetchOffset()).containsExactly("a@9");
    }

    @Test void aPartitionThatWasServedGoesToTheEndOfTheLine() {
        FetchSession session = sessions.create(false, 0);
        session.remember(request(List.of(topic("a", 0, 0), topic("b", 0, 0), topic("c", 0, 0)), List.of()));
        session.moveToEnd(session.wanted().getFirst());
        assertThat(session.wanted()).extracting(wanted -> wanted.key().topic()).containsExactly("b", "c", "a");
    }

    @Test void onlyWhatTheClientDoesNotKnowIsNews() {
        var wanted = FetchSession.wantedBy(request(List.of(topic("a", 0, 0)), List.of())).getFirst();
        assertThat(wanted.tell(10, 0)).isTrue();
        assertThat(wanted.tell(10, 0)).isFalse();
        assertThat(wanted.tell(11, 0)).isTrue();
        wanted.forgetWhatWasTold();
        assertThat(wanted.tell(11, 0)).isTrue();
    }

    private static FetchRequest request(List<FetchTopic> topics, List<ForgottenTopic> forgotten) {
        return FetchRequest.builder().topics(topics).forgottenTopicsData(forgotten).build();
    }

    private static FetchTopic topic(String name, int partition, long offset) {
        return FetchTopic.builder().topic(name).partitions(List.of(FetchPartition.builder().partition(partition).fetchOffset(offset).build())).build();
    }

    private static Randomness counting() {
        return new Randomness() {
            private int next;

            @Override public long nextLong() {
                return next++;
            }

            @Override public int nextInt(int bound) {
                return next++;
            }
        };
    }
}
