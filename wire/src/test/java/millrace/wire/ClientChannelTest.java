package millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import millrace.ports.Net;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiResponse;
import millrace.protocol.ErrorCode;
import millrace.protocol.message.ApiVersionsResponse;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.MetadataResponse;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceResponse;
import millrace.record.MemoryRecords;

import org.junit.jupiter.api.Test;

class ClientChannelTest {
    private static final long TIMEOUT_MS = 5_000;

    @Test void requestsSentBeforeTheConnectionIsThereAreAnsweredInOrder() {
        for (int seed = 0; seed < 30; seed++) {
            var node = new Node(ListenerSettings.DEFAULTS, new Random(seed), 1 << 20, ConnectionLimits.none(), Features.none());
            ClientChannel channel = channel(node, node.port);
            var replies = new ArrayList<Pending<Reply<MetadataResponse>>>();
            for (int i = 0; i < 20; i++) replies.add(channel.ask(MetadataRequest.builder().topics(List.of()).build(), (short) 13, TIMEOUT_MS));
            assertThat(replies).noneMatch(Pending::holds);
            node.loop.run();
            assertThat(replies).allSatisfy(reply -> assertThat(answer(reply).clusterId()).isEqualTo("c"));
            assertThat(node.waiters()).isZero();
            assertThat(node.memory.usedBytes()).isZero();
        }
    }

    @Test void anAnswerThatWasKeptOwnsItsRecords() {
        var node = new Node();
        var file = new FakeFile(new byte[] {1, 2, 3, 4});
        var partition = FetchResponse.PartitionData.builder().records(file.region(1, 2)).build();
        node.fetched = FetchResponse.builder().responses(List.of(FetchResponse.FetchableTopicResponse.builder().partitions(List.of(partition)).build())).build();
        Pending<Reply<FetchResponse>> reply = channel(node, node.port).ask(ServerConnectionTest.fetch(0), (short) 12, TIMEOUT_MS);
        node.loop.run();
        var records = (MemoryRecords) answer(reply).responses().getFirst().partitions().getFirst().records();
        assertThat(records.bytes()).isEqualTo(ByteBuffer.wrap(new byte[] {2, 3}));
        assertThat(file.holds).isEqualTo(1);
    }

    @Test void aRequestThatIsNotAnsweredInTimeTakesTheChannelWithIt() {
        var node = new Node();
        ClientChannel channel = channel(node, node.port);
        Pending<Reply<ProduceResponse>> first = channel.ask(produce(), (short) 9, TIMEOUT_MS);
        Pending<Reply<ProduceResponse>> second = channel.ask(produce(), (short) 9, 10 * TIMEOUT_MS);
        node.loop.advance(TIMEOUT_MS - 1);
        assertThat(first.holds()).isFalse();
        node.loop.advance(10);
        assertThat(first.get()).isInstanceOf(Reply.Unknown.class);
        assertThat(second.get()).isInstanceOf(Reply.Unknown.class);
        assertThat(channel.closedBecause()).contains("PRODUCE version 9 was not answered in time");
        assertThat(node.listener.openConnections()).isZero();
        assertThat(node.waiters()).isZero();
    }

    @Test void withoutAPeerNothingIsSent() {
        var node = new Node();
        ClientChannel channel = channel(node, 1);
        Pending<Reply<ProduceResponse>> early = channel.ask(produce(), (short) 9, TIMEOUT_MS);
        node.loop.run();
        assertThat(early.get()).isInstanceOf(Reply.NotSent.class).asString().contains("connection refused");
        assertThat(channel.settled().holds()).isTrue();
        assertThat(channel.isOpen()).isFalse();
        Pending<Reply<ProduceResponse>> late = channel.ask(produce(), (short) 9, TIMEOUT_MS);
        node.loop.run();
        assertThat(late.get()).isInstanceOf(Reply.NotSent.class);
    }

    @Test void whenThePeerGoesWhatWasSentIsUnknown() {
        var node = new Node();
        ClientChannel channel = channel(node, node.port);
        Pending<Reply<ProduceResponse>> reply = channel.ask(produce(), (short) 9, TIMEOUT_MS);
        node.loop.run();
        assertThat(channel.isOpen()).isTrue();
        node.listener.close();
        node.loop.run();
        assertThat(reply.get()).isEqualTo(new Reply.Unknown<>("the peer closed it"));
    }

    @Test void requestsInFlightAreBounded() {
        var node = new Node();
        ClientChannel channel = ClientChannel.open(node.net, node.loop, "127.0.0.1", node.port, new ChannelSettings("test", 1 << 20, 2, 1 << 20), node.runtime);
        var replies = new ArrayList<Pending<Reply<ProduceResponse>>>();
        for (int i = 0; i < 3; i++) replies.add(channel.ask(produce(), (short) 9, TIMEOUT_MS));
        node.loop.run();
        assertThat(replies.get(2).get()).isInstanceOf(Reply.NotSent.class);
        node.acknowledge(0);
        node.acknowledge(1);
        assertThat(replies).allMatch(Pending::holds);
    }

    @Test void aRequestThatItsVersionCannotCarryIsNotSent() {
        var node = new Node();
        ClientChannel channel = channel(node, node.port);
        Pending<Reply<MetadataResponse>> reply = channel.ask(MetadataRequest.builder().topics(null).build(), (short) 99, TIMEOUT_MS);
        node.loop.run();
        assertThat(reply.get()).isInstanceOf(Reply.NotSent.class);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test void apiVersionsInAVersionThatThePeerDoesNotKnowIsUnderstood() {
        var node = new Node();
        Net.DriverFactory older = link -> new Older(link);
        int port = listen(node, older);
        Pending<Reply<ApiVersionsResponse>> reply = channel(node, port).ask(ServerConnectionTest.hello(), (short) 5, TIMEOUT_MS);
        node.loop.run();
        assertThat(answer(reply).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
    }

    @Test void whatIsNoAnswerClosesTheChannel() {
        byte[][] wrong = {{0, 0, 0, 4, 0, 0, 0, 9}, {-1, 0, 0, 0}, {0, 0, 0, 2, 0, 0}, {0, 0, 0, 6, 0, 0, 0, 0, 0, 1}};
        for (byte[] bytes : wrong) {
            var node = new Node();
            int port = listen(node, link -> new Babbler(link, bytes));
            ClientChannel channel = channel(node, port);
            Pending<Reply<MetadataResponse>> reply = channel.ask(MetadataRequest.builder().topics(List.of()).build(), (short) 13, TIMEOUT_MS);
            node.loop.run();
            assertThat(reply.get()).isInstanceOf(Reply.Unknown.class);
            assertThat(channel.isOpen()).isFalse();
            assertThat(node.memory.usedBytes()).isZero();
        }
    }

    @Test void aPendingIsNotReadBeforeItIsThere() {
        var node = new Node();
        Pending<Reply<MetadataResponse>> reply = channel(node, node.port).ask(MetadataRequest.builder().build(), (short) 13, TIMEOUT_MS);
        assertThatThrownBy(reply::get).isInstanceOf(IllegalStateException.class);
    }

    private static <R extends ApiResponse> R answer(Pending<Reply<R>> reply) {
        assertThat(reply.get()).isInstanceOf(Reply.Answered.class);
        return ((Reply.Answered<R>) reply.get()).response();
    }

    private static ClientChannel channel(Node node, int port) {
        return ClientChannel.open(node.net, node.loop, "127.0.0.1", port, ChannelSettings.of("test"), node.runtime);
    }

    private static ProduceRequest produce() {
        return ProduceRequest.builder().transactionalId("x").acks((short) -1).timeoutMs(60_000).build();
    }

    private static int listen(Node node, Net.DriverFactory drivers) {
        Net.Listening listening = node.net.listen("127.0.0.1", 0);
        listening.accept(drivers);
        return listening.port();
    }

    /// Answers whatever comes with the same bytes.
    private static class Babbler implements Net.ConnectionDriver {
        private final Net.Link link;
        private final byte[] answer;

        Babbler(Net.Link link, byte[] answer) {
            this.link = link;
            this.answer = answer;
        }

        @Override public void onOpen(Net.Link opened) {
            // says nothing before it is asked
        }

        @Override public void onBytes(ByteBuffer bytes) {
            link.write(List.of(ByteBuffer.wrap(answer.clone())), null);
            link.flush();
        }

        @Override public void onWritable() {
            // its answers are short
        }

        @Override public void onClosed(Throwable cause) {
            // nothing to let go of
        }
    }

    /// A broker that knows no ApiVersions above version 0.
    private static final class Older extends Babbler {
        Older(Net.Link link) {
            super(link, answer());
        }

        private static byte[] answer() {
            var refusal = ApiVersionsResponse.builder().errorCode(ErrorCode.UNSUPPORTED_VERSION.code()).build();
            return ((ByteBuffer) OutgoingMessage.response(0, ApiKey.API_VERSIONS, (short) 0, refusal).parts().getFirst()).array();
        }
    }
}
