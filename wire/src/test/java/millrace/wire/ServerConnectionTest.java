package millrace.wire;

import static millrace.wire.Peer.bytes;
import static millrace.wire.Peer.concat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

import millrace.protocol.ApiKey;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.MetadataResponse;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceResponse;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupResponse;
import millrace.record.MemoryRecords;

import org.junit.jupiter.api.Test;

class ServerConnectionTest {
    private static final long FOREVER_MS = 3_600_000;

    // ---- order ----

    /// A transaction's first batch waits for the coordinator's word; the second, which need not ask any more, must not be appended before it.
    @Test void nothingActsBeforeAnEarlierRequestThatHasToAskFirst() {
        var node = new Node();
        node.asksFirst();
        Peer peer = node.connect().sends(produce(1, "a"), produce(2, "b"), produce(3, "c"));
        assertThat(node.handled).containsExactly("a");
        node.permit();
        assertThat(node.handled).containsExactly("a", "a acts", "b", "c");
        assertThat(peer.answered()).isEmpty();
        for (int i = 0; i < 3; i++) node.acknowledge(i);
        assertThat(peer.answered()).containsExactly(1, 2, 3);
    }

    @Test void pipelinedProduceIsHandledInOrderWhileEarlierOnesWait() {
        var node = new Node();
        Peer peer = node.connect().sends(produce(1, "a"), produce(2, "b"), produce(3, "c"));
        assertThat(node.handled).containsExactly("a", "b", "c");
        assertThat(peer.answered()).isEmpty();
        node.acknowledge(2);
        node.acknowledge(1);
        assertThat(peer.answered()).isEmpty();
        node.acknowledge(0);
        assertThat(peer.answered()).containsExactly(1, 2, 3);
        assertThat(((ProduceResponse) peer.answer(2, ApiKey.PRODUCE, 9)).throttleTimeMs()).isEqualTo(3);
    }

    @Test void answersThatBecomeDueTogetherLeaveWithOneFlush() {
        var node = new Node();
        var quiet = node.connect();
        Peer peer = node.connect().sends(produce(1, "a"), produce(2, "b"), produce(3, "c"));
        int before = flushesTo(node);
        for (Pending<Integer> each : node.produced) each.complete(1);
        node.loop.run();
        assertThat(peer.answered()).containsExactly(1, 2, 3);
        assertThat(flushesTo(node) - before).isEqualTo(1);
        assertThat(quiet.closed).isFalse();
    }

    @Test void whatIsNotPipelinedWaitsForTheAnswersBeforeIt() {
        var node = new Node();
        Peer peer = node.connect().sends(produce(1, "a"), metadata(2), produce(3, "b"));
        assertThat(node.handled).containsExactly("a");
        node.acknowledge(0);
        assertThat(node.handled).containsExactly("a", "metadata test unknown", "b");
        assertThat(peer.answered()).containsExactly(1, 2);
        node.acknowledge(1);
        assertThat(peer.answered()).containsExactly(1, 2, 3);
    }

    @Test void nothingOvertakesAJoinThatWaits() {
        var node = new Node();
        Peer peer = node.connect().asks(1, 5, joinGroup("g")).sends(produce(2, "a")).sends(metadata(3));
        assertThat(node.handled).containsExactly("join g");
        node.complete(0);
        node.acknowledge(0);
        assertThat(node.handled).containsExactly("join g", "a", "metadata test unknown");
        assertThat(peer.answered()).containsExactly(1, 2, 3);
    }

    @Test void aRequestWithoutAnAnswerLetsTheNextOneGo() {
        var node = new Node();
        var unacknowledged = ProduceRequest.builder().transactionalId("quiet").acks((short) 0).timeoutMs(10).build();
        Peer peer = node.connect().sends(bytes(1, 9, unacknowledged), metadata(2));
        assertThat(peer.answered()).containsExactly(2);
        assertThat(node.tally.answered).isEqualTo(2);
    }

    @Test void howeverBytesAreCutAnswersAreTheSame() {
        for (int seed = 0; seed < 60; seed++) {
            var random = new Random(seed);
            var node = new Node(ListenerSettings.DEFAULTS, random, 1 << 20, ConnectionLimits.none(), Features.none());
            Peer peer = node.connect();
            int asked = 0;
            for (int i = 0; i < 15; i++) {
                asked++;
                peer.sends(random.nextInt(3) == 0 ? metadata(asked) : produceOf(asked, random.nextInt(random.nextInt(3) == 0 ? 300_000 : 200)));
                if (random.nextInt(3) == 0) acknowledgeAll(node);
            }
            for (int i = 0; i < asked; i++) acknowledgeAll(node);
            assertThat(peer.answered()).as("seed %d", seed).hasSize(asked).isSorted();
            assertThat(node.memory.usedBytes()).isZero();
        }
    }

    // ---- waiting ----

    @Test void aWaitThatIsNotFulfilledEndsAtItsDeadline() {
        var node = new Node();
        Peer peer = node.connect().sends(produce(1, "a"));
        node.loop.advance(29_999);
        assertThat(peer.answered()).isEmpty();
        node.loop.advance(5);
        assertThat(((ProduceResponse) peer.answer(0, ApiKey.PRODUCE, 9)).throttleTimeMs()).isEqualTo(-1);
        assertThat(node.waiters()).isZero();
        node.acknowledge(0);
        assertThat(peer.answered()).containsExactly(1);
    }

    @Test void whoWaitsIsForgottenWhenItsConnectionGoes() {
        var node = new Node();
        Peer peer = node.connect().sends(produce(1, "a"), produce(2, "b"));
        assertThat(node.waiters()).isEqualTo(2);
        peer.goesAway();
        assertThat(node.waiters()).isZero();
        node.acknowledge(0);
        assertThat(node.tally.closed).isEqualTo(1);
        assertThat(node.tally.answered).isZero();
        assertThat(node.listener.openConnections()).isZero();
    }

    @Test void aPeerThatGoesIsNoticedEvenWithRequestsThatMayNotBeTakenYet() {
        var node = new Node();
        Peer peer = node.connect().asks(1, 5, joinGroup("g")).sends(metadata(2)).sends(metadata(3));
        assertThat(peer.link.peerReads()).isTrue();
        peer.sends(produceOf(4, 40_000));
        assertThat(peer.link.peerReads()).isFalse();
        node.complete(0);
        assertThat(peer.link.peerReads()).isTrue();
        acknowledgeAll(node);
        assertThat(peer.answered()).containsExactly(1, 2, 3, 4);
        assertThat(node.memory.usedBytes()).isZero();
    }

    @Test void aDeadlineThatHasPassedIsAnsweredAtOnce() {
        var node = new Node();
        var late = ProduceRequest.builder().transactionalId("a").acks((short) -1).timeoutMs(-5).build();
        assertThat(node.connect().asks(1, 9, late).answered()).containsExactly(1);
    }

    // ---- waits that give way ----

    @Test void nothingWaitsBehindAWaitThatGivesWay() {
        var node = new Node();
        Peer peer = node.connect().asks(1, 5, syncGroup("g"));
        assertThat(peer.answered()).isEmpty();
        peer.sends(metadata(2));
        assertThat(peer.answered()).containsExactly(1, 2);
        assertThat(((SyncGroupResponse) peer.answer(0, ApiKey.SYNC_GROUP, 5)).protocolName()).isEqualTo("others");
    }

    @Test void whatCameTogetherWithItDoesNotWaitEither() {
        var node = new Node();
        Peer peer = node.connect().sends(bytes(1, 5, syncGroup("g")), metadata(2), bytes(3, 5, syncGroup("h")), metadata(4), bytes(5, 5, syncGroup("i")));
        assertThat(peer.answered()).containsExactly(1, 2, 3, 4);
        assertThat(node.favours.getLast().timesAsked).isZero();
        node.favours.getLast().end();
        assertThat(peer.answered()).containsExactly(1, 2, 3, 4, 5);
        assertThat(((SyncGroupResponse) peer.answer(4, ApiKey.SYNC_GROUP, 5)).protocolName()).isEqualTo("its time");
    }

    @Test void itIsAskedOnceHoweverTheBytesBehindItAreCut() {
        for (int seed = 0; seed < 30; seed++) {
            var node = new Node(ListenerSettings.DEFAULTS, new Random(seed), 1 << 20, ConnectionLimits.none(), Features.none());
            Peer peer = node.connect().asks(1, 5, syncGroup("g"));
            node.favours.getFirst().stubborn = true;
            peer.sends(produce(2, "a"), metadata(3)).sends(metadata(4));
            assertThat(peer.answered()).as("seed %d", seed).isEmpty();
            assertThat(node.favours.getFirst().timesAsked).as("seed %d", seed).isEqualTo(1);
            node.favours.getFirst().end();
            node.acknowledge(0);
            assertThat(peer.answered()).as("seed %d", seed).containsExactly(1, 2, 3, 4);
        }
    }

    @Test void aConnectionThatIsToCloseDoesNotWaitForItEither() {
        var node = new Node();
        Peer peer = node.connect().asks(1, 5, syncGroup("g")).sends(new byte[] {-1, -1, -1, -1});
        assertThat(peer.answered()).containsExactly(1);
        assertThat(peer.closed).isTrue();
    }

    @Test void aWaitThatGivesWayIsToldWhenItsConnectionGoes() {
        var node = new Node();
        Peer peer = node.connect().asks(1, 5, syncGroup("g"));
        peer.goesAway();
        assertThat(node.favours.getFirst().abandoned).isTrue();
        Peer other = node.connect().asks(1, 5, syncGroup("g"));
        node.favours.getLast().end();
        assertThat(other.answered()).containsExactly(1);
        other.goesAway();
        assertThat(node.favours.getLast().abandoned).as("nobody waited any more").isFalse();
    }

    // ---- back pressure ----

    @Test void requestsInFlightAreBounded() {
        var node = new Node(ListenerSettings.DEFAULTS.withMaxInFlightRequests(3));
        Peer peer = node.connect().sends(produce(1, "a"), produce(2, "b"), produce(3, "c"), produce(4, "d"), produce(5, "e"));
        assertThat(node.handled).containsExactly("a", "b", "c");
        node.acknowledge(0);
        assertThat(node.handled).containsExactly("a", "b", "c", "d");
        for (int i = 1; i < 4; i++) node.acknowledge(i);
        node.acknowledge(4);
        assertThat(peer.answered()).containsExactly(1, 2, 3, 4, 5);
        assertThat(node.memory.usedBytes()).isZero();
    }

    @Test void fromWhoDoesNotReadNoMoreRequestsAreTaken() {
        var node = new Node(ListenerSettings.DEFAULTS.withMaxUnsentBytes(10_000));
        Peer other = node.connect();
        Peer slow = node.connect();
        slow.stopsReading();
        for (int i = 1; i <= 2_000; i++) slow.sends(metadata(i));
        assertThat(node.handled.size()).isBetween(50, 1_000);
        other.sends(metadata(1));
        assertThat(other.answered()).containsExactly(1);
        slow.reads();
        assertThat(slow.answered()).hasSize(2_000).isSorted();
        assertThat(node.memory.usedBytes()).isZero();
    }

    @Test void aPeerThatSendsWithoutEndDoesNotKeepTheLoopForItself() {
        var node = new Node();
        Peer greedy = node.connect();
        Peer modest = node.connect();
        var many = new byte[500][];
        for (int i = 0; i < many.length; i++) many[i] = metadata(i);
        greedy.link.write(List.of(ByteBuffer.wrap(concat(many))), null);
        modest.link.write(List.of(ByteBuffer.wrap(bytes(1, 9, ProduceRequest.builder().transactionalId("modest").acks((short) 0).build()))), null);
        greedy.link.flush();
        modest.link.flush();
        node.loop.run();
        assertThat(node.handled.indexOf("modest")).isBetween(1, 100);
        assertThat(greedy.answered()).hasSize(500).isSorted();
    }

    @Test void whenMemoryForRequestsIsGoneTheNextOneWaitsAndComes() {
        var node = new Node(ListenerSettings.DEFAULTS, null, 300_000, ConnectionLimits.none(), Features.none());
        byte[] large = produceOf(1, 200_000);
        Peer first = node.connect().sends(Arrays.copyOf(large, 190_000));
        Peer second = node.connect().sends(Arrays.copyOf(large, 190_000));
        Peer third = node.connect().sends(Arrays.copyOf(large, 190_000));
        long full = node.memory.usedBytes();
        assertThat(full).isLessThan(300_000 + 2 * 230_000);
        third.sends(Arrays.copyOfRange(large, 190_000, large.length));
        assertThat(node.handled).isEmpty();
        Peer small = node.connect().sends(metadata(1));
        assertThat(small.answered()).containsExactly(1);
        first.sends(Arrays.copyOfRange(large, 190_000, large.length));
        second.sends(Arrays.copyOfRange(large, 190_000, large.length));
        assertThat(node.produced).hasSize(3);
        acknowledgeAll(node);
        assertThat(List.of(first.answered(), second.answered(), third.answered())).containsOnly(List.of(1));
        assertThat(node.memory.usedBytes()).isZero();
    }

    @Test void memoryOfAConnectionThatGoesIsGivenToTheNext() {
        var node = new Node(ListenerSettings.DEFAULTS, null, 250_000, ConnectionLimits.none(), Features.none());
        byte[] large = produceOf(1, 200_000);
        Peer first = node.connect().sends(Arrays.copyOf(large, 190_000));
        Peer second = node.connect().sends(Arrays.copyOf(large, 190_000));
        Peer third = node.connect().sends(Arrays.copyOf(large, 190_000));
        third.sends(Arrays.copyOfRange(large, 190_000, large.length));
        assertThat(node.handled).isEmpty();
        second.goesAway();
        first.goesAway();
        assertThat(node.handled).hasSize(1);
        third.goesAway();
        assertThat(node.memory.usedBytes()).isZero();
    }

    // ---- answers with records ----

    @Test void recordsOfAFileAreSentAsTheyAreAndReleased() {
        var node = new Node();
        var file = new FakeFile(new byte[] {9, 8, 7, 6, 5});
        node.fetched = fetched(file.region(1, 3));
        Peer peer = node.connect().asks(1, 12, fetch(0));
        var answer = (FetchResponse) peer.answer(0, ApiKey.FETCH, 12);
        assertThat(((MemoryRecords) answer.responses().get(0).partitions().get(0).records()).bytes()).isEqualTo(ByteBuffer.wrap(new byte[] {8, 7, 6}));
        assertThat(file.holds).isEqualTo(1);
    }

    @Test void anAnswerThatCannotBeWrittenReleasesItsFileAndClosesTheConnection() {
        var node = new Node();
        var file = new FakeFile(new byte[5]);
        var ok = fetched(file.region(0, 5));
        node.fetched = ok.toBuilder().nodeEndpoints(List.of(FetchResponse.NodeEndpoint.builder().host("x".repeat(40_000)).build())).build();
        Peer peer = node.connect().asks(1, 16, fetch(0));
        assertThat(peer.closed).isTrue();
        assertThat(file.holds).isEqualTo(1);
    }

    // ---- failures ----

    @Test void aHandlerThatThrowsIsAnsweredForWhereTheApiCanSaySo() {
        var node = new Node();
        node.failure = new IllegalStateException("broken");
        Peer peer = node.connect().sends(metadata(1));
        assertThat(((MetadataResponse) peer.answer(0, ApiKey.METADATA, 13)).errorCode()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR.code());
        assertThat(node.tally.failed).isEqualTo(1);
        node.failure = null;
        assertThat(peer.sends(metadata(2)).answered()).containsExactly(1, 2);
    }

    @Test void withoutAnErrorAnswerOfItsOwnTheErrorOfTheWholeResponseSaysIt() {
        var node = new Node();
        Peer peer = node.connect().asks(1, 5, joinGroup("g"));
        node.failure = new IllegalStateException("broken");
        node.complete(0);
        assertThat(((JoinGroupResponse) peer.answer(0, ApiKey.JOIN_GROUP, 5)).errorCode()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR.code());
    }

    @Test void whereAVersionCannotSayThatItFailedTheConnectionClosesAndNoOther() {
        var node = new Node();
        Peer other = node.connect();
        node.failure = new IllegalStateException("broken");
        Peer newer = node.connect().asks(1, 12, fetch(0));
        assertThat(((FetchResponse) newer.answer(0, ApiKey.FETCH, 12)).errorCode()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR.code());
        Peer older = node.connect().asks(1, 6, fetch(0));
        assertThat(older.closed).isTrue();
        assertThat(older.answered()).isEmpty();
        node.failure = null;
        assertThat(other.sends(metadata(1)).answered()).containsExactly(1);
    }

    @Test void unknownApisAndVersionsCloseTheConnectionAfterTheAnswersBeforeThem() {
        for (byte[] wrong : List.of(header(9_999, 0), header(ApiKey.HEARTBEAT.id(), 4), header(ApiKey.PRODUCE.id(), 2), header(ApiKey.METADATA.id(), 99),
                header(-1, 0), header(ApiKey.METADATA.id(), -1))) {
            var node = new Node();
            Peer peer = node.connect().sends(produce(1, "a"), wrong, metadata(3));
            assertThat(peer.closed).isFalse();
            node.acknowledge(0);
            assertThat(peer.answered()).containsExactly(1);
            assertThat(peer.closed).isTrue();
            assertThat(node.tally.refused).isEqualTo(1);
            assertThat(node.handled).containsExactly("a");
            assertThat(node.memory.usedBytes()).isZero();
        }
    }

    @Test void aBodyThatCannotBeReadClosesTheConnection() {
        byte[] cut = metadata(1);
        ByteBuffer.wrap(cut).putInt(0, cut.length - 4 - 3);
        var node = new Node();
        Peer peer = node.connect().sends(Arrays.copyOf(cut, cut.length - 3));
        assertThat(peer.closed).isTrue();
        assertThat(node.tally.refused).isEqualTo(1);
        assertThat(node.tally.failed).isZero();
    }

    @Test void whatIsRefusedIsToldInOneLineWithPeerApiVersionAndReason() {
        var node = new Node();
        Peer peer = node.connect().sends(header(ApiKey.METADATA.id(), 99), metadata(2), metadata(3));
        assertThat(node.lines).containsExactly("Closing the connection from " + peer.link.peer().replaceAll(":.*", ":" + peer.link.localPort())
            + " to listener PLAINTEXT, METADATA version 99, correlation id 2: only versions 0 to 13 are served; ApiVersions tells them");
    }

    @Test void aFailureIsToldOnceAndWithoutLineBreaksOfThePeers() {
        var node = new Node();
        node.failure = new IllegalStateException("broken");
        OutgoingMessage request = OutgoingMessage.request(5, "evil\nERROR fake", (short) 13, MetadataRequest.builder().topics(List.of()).build());
        node.connect().sends(((ByteBuffer) request.parts().getFirst()).array());
        assertThat(node.lines).singleElement().asString()
            .contains("METADATA version 13, correlation id 5, client id 'evil?ERROR fake'", "answered with UNKNOWN_SERVER_ERROR", "broken");
    }

    @Test void aFloodOfFailuresDoesNotFloodTheLog() {
        var node = new Node();
        for (int i = 0; i < 1_000; i++) node.connect().sends(new byte[4]);
        assertThat(node.lines).hasSize(20);
        node.loop.advance(200);
        node.connect().sends(new byte[4]);
        assertThat(node.lines).hasSize(21).last().asString().contains("(980 such lines were left out before this one)");
    }

    @Test void framesThatAreTooLargeOrNegativeCloseTheConnection() {
        for (int length : new int[] {-1, 3, 2_000_000}) {
            var node = new Node(ListenerSettings.DEFAULTS.withMaxRequestBytes(1_000_000));
            Peer peer = node.connect().sends(ByteBuffer.allocate(6).putInt(length).array());
            assertThat(peer.closed).isTrue();
            assertThat(node.tally.refused).isEqualTo(1);
        }
    }

    @Test void answersThatWereDueBeforeABadFrameLeaveAtOnce() {
        var node = new Node();
        Peer peer = node.connect().sends(metadata(1), produce(2, "a"), new byte[] {-1, -1, -1, -1});
        assertThat(peer.answered()).containsExactly(1);
        assertThat(peer.closed).isFalse();
        node.acknowledge(0);
        assertThat(peer.answered()).containsExactly(1, 2);
        assertThat(peer.closed).isTrue();
    }

    @Test void theFirstFrameMayBeHeldSmaller() {
        var node = new Node(ListenerSettings.DEFAULTS.withMaxFirstRequestBytes(1_000));
        assertThat(node.connect().sends(produceOf(1, 2_000)).closed).isTrue();
        Peer known = node.connect().sends(metadata(1)).sends(produceOf(2, 2_000));
        assertThat(known.closed).isFalse();
        assertThat(node.produced).hasSize(1);
    }

    // ---- time and number ----

    @Test void idleConnectionsAreClosed() {
        var node = new Node(ListenerSettings.DEFAULTS.withMaxIdleMs(10_000));
        Peer idle = node.connect();
        Peer waiting = node.connect().asks(1, 5, joinGroup("g"));
        Peer busy = node.connect();
        for (int i = 1; i < 8; i++) {
            node.loop.advance(3_000);
            busy.sends(metadata(i));
        }
        assertThat(idle.closed).isTrue();
        assertThat(busy.closed).isFalse();
        assertThat(waiting.closed).isFalse();
        node.complete(0);
        assertThat(waiting.answered()).containsExactly(1);
        node.loop.advance(12_000);
        assertThat(waiting.closed).isTrue();
        assertThat(node.tally.closed).isEqualTo(3);
    }

    @Test void aNegativeIdleTimeMeansNever() {
        var node = new Node(ListenerSettings.DEFAULTS.withMaxIdleMs(-1));
        Peer idle = node.connect();
        node.loop.advance(FOREVER_MS);
        assertThat(idle.closed).isFalse();
        assertThat(node.loop.timers()).isZero();
    }

    @Test void aReaderThatHasStoppedForGoodIsIdle() {
        var node = new Node(ListenerSettings.DEFAULTS.withMaxIdleMs(10_000));
        Peer stuck = node.connect();
        stuck.stopsReading();
        stuck.sends(metadata(1));
        node.loop.advance(12_000);
        assertThat(node.listener.openConnections()).isZero();
    }

    @Test void aFrameThatDripsIsGivenUp() {
        var node = new Node(ListenerSettings.DEFAULTS.withMaxUnfinishedFrameMs(5_000));
        Peer dripping = node.connect();
        byte[] request = produceOf(1, 100);
        for (int i = 0; i < 20 && !dripping.closed; i++) {
            dripping.sends(new byte[] {request[i]});
            node.loop.advance(1_000);
        }
        assertThat(dripping.closed).isTrue();
        assertThat(node.tally.refused).isEqualTo(1);
        assertThat(node.memory.usedBytes()).isZero();
    }

    @Test void framesThatStopInTheMiddleAreGivenUpSoonerWhenOthersWaitForTheirMemory() {
        var settings = ListenerSettings.DEFAULTS.withMaxUnfinishedFrameMs(80_000);
        var node = new Node(settings, null, 64 << 10, ConnectionLimits.none(), Features.none());
        byte[] large = produceOf(1, 50_000);
        byte[] most = Arrays.copyOf(large, large.length - 1_000);
        Peer first = node.connect().sends(most);
        Peer second = node.connect().sends(most);
        node.loop.advance(30_000);
        assertThat(first.closed || second.closed).as("nobody waits, so they have their whole time").isFalse();
        Peer third = node.connect().sends(Arrays.copyOf(large, 25_000)).sends(Arrays.copyOfRange(large, 25_000, large.length));
        assertThat(node.produced).isEmpty();
        node.loop.advance(12_000);
        assertThat(first.closed).isTrue();
        assertThat(node.produced).hasSize(1);
        node.acknowledge(0);
        assertThat(third.answered()).containsExactly(1);
        assertThat(node.lines.getFirst()).contains("others wait for the request memory");
    }

    @Test void aRequestBehindAJoinThatWaitsIsNotTakenForADrippingOne() {
        var node = new Node(ListenerSettings.DEFAULTS.withMaxUnfinishedFrameMs(5_000));
        Peer peer = node.connect().asks(1, 5, joinGroup("g")).sends(metadata(2));
        node.loop.advance(60_000);
        node.complete(0);
        assertThat(peer.answered()).containsExactly(1, 2);
    }

    @Test void tooManyConnectionsAreTurnedAway() {
        var node = new Node(ListenerSettings.DEFAULTS, null, 1 << 20, new ConnectionLimits(10, 2, Map.of("10.0.0.1", 5)), Features.none());
        Peer first = node.connect();
        node.connect();
        assertThat(node.connect().closed).isTrue();
        assertThat(node.tally.refused).isEqualTo(1);
        first.goesAway();
        assertThat(node.connect().closed).isFalse();
        assertThat(node.runtime.limits().open()).isEqualTo(2);

        var full = new Node(ListenerSettings.DEFAULTS.withMaxConnections(1));
        full.connect();
        assertThat(full.connect().closed).isTrue();
        assertThat(full.listener.openConnections()).isEqualTo(1);
    }

    @Test void limitsOfConnectionsMayChangeAndWhoIsThereStays() {
        var node = new Node(ListenerSettings.DEFAULTS);
        Peer first = node.connect();
        node.runtime.limits().change(10, 1, Map.of());
        assertThat(node.connect().closed).as("max.connections.per.ip").isTrue();
        node.runtime.limits().change(1, 10, Map.of());
        assertThat(node.connect().closed).as("max.connections").isTrue();
        node.runtime.limits().change(10, 1, Map.of("127.0.0.1", 3));
        assertThat(node.connect().closed).as("an override").isFalse();
        node.listener.maxConnections(2);
        assertThat(node.connect().closed).as("the listener's own").isTrue();
        assertThat(first.closed).isFalse();
    }

    @Test void closingTheListenerClosesItsConnectionsAfterWhatIsDue() {
        var node = new Node();
        Peer peer = node.connect().sends(metadata(1));
        Condition gone = node.listener.allClosed();
        assertThat(gone.holds()).isFalse();
        node.listener.close();
        node.loop.run();
        assertThat(peer.closed).isTrue();
        assertThat(peer.answered()).containsExactly(1);
        assertThat(gone.holds()).isTrue();
        assertThat(node.connect().closed).isTrue();
    }

    @Test void anIdleNodeHasNoTimersButTheOneForIdleness() {
        var node = new Node();
        node.connect().sends(produce(1, "a"));
        node.acknowledge(0);
        node.loop.advance(40_000);
        assertThat(node.loop.timers()).isEqualTo(1);
    }

    // ---- what is asked ----

    static byte[] produce(int correlationId, String label) {
        return bytes(correlationId, 9, ProduceRequest.builder().transactionalId(label).acks((short) -1).timeoutMs(30_000).build());
    }

    static byte[] produceOf(int correlationId, int recordBytes) {
        var records = new MemoryRecords(ByteBuffer.allocate(recordBytes));
        var partition = ProduceRequest.PartitionProduceData.builder().index(0).records(records).build();
        var topic = ProduceRequest.TopicProduceData.builder().name("t").partitionData(List.of(partition)).build();
        return bytes(correlationId, 9, ProduceRequest.builder().acks((short) -1).timeoutMs((int) FOREVER_MS).topicData(List.of(topic)).build());
    }

    static byte[] metadata(int correlationId) {
        return bytes(correlationId, 13, MetadataRequest.builder().topics(List.of()).build());
    }

    static JoinGroupRequest joinGroup(String groupId) {
        return JoinGroupRequest.builder().groupId(groupId).build();
    }

    static SyncGroupRequest syncGroup(String groupId) {
        return SyncGroupRequest.builder().groupId(groupId).build();
    }

    static FetchRequest fetch(int maxWaitMs) {
        return FetchRequest.builder().maxWaitMs(maxWaitMs).minBytes(1).build();
    }

    private static FetchResponse fetched(millrace.record.Records records) {
        var partition = FetchResponse.PartitionData.builder().partitionIndex(0).records(records).build();
        return FetchResponse.builder().responses(List.of(FetchResponse.FetchableTopicResponse.builder().topic("t").partitions(List.of(partition)).build())).build();
    }

    private static byte[] header(int apiKey, int version) {
        byte[] ordinary = bytes(2, 4, HeartbeatRequest.builder().groupId("g").build());
        ByteBuffer.wrap(ordinary).putShort(4, (short) apiKey).putShort(6, (short) version);
        return ordinary;
    }

    private static void acknowledgeAll(Node node) {
        for (Pending<Integer> each : List.copyOf(node.produced)) each.complete(1);
        node.loop.run();
    }

    private static int flushesTo(Node node) {
        return node.runtime.turns().stream().flatMap(turns -> turns.connections().stream()).mapToInt(each -> ((FakeNet.End) each.link()).flushes).sum();
    }

    static ApiVersionsRequest hello() {
        return ApiVersionsRequest.builder().clientSoftwareName("toy-client").clientSoftwareVersion("1.0").build();
    }
}
