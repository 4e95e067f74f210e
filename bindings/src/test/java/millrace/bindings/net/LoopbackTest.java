package millrace.bindings.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.netty.channel.epoll.Epoll;

import millrace.bindings.disk.NioDisk;
import millrace.bindings.time.SystemClock;
import millrace.ports.Disk;
import millrace.ports.DiskFile;
import millrace.ports.FileRecords;
import millrace.ports.Net;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.BufferWriter;
import millrace.protocol.WireReader;
import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.ApiVersionsResponse;
import millrace.protocol.message.FetchRequest;
import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.MetadataResponse;
import millrace.protocol.message.ProduceRequest;
import millrace.protocol.message.ProduceResponse;
import millrace.protocol.message.RequestHeader;
import millrace.protocol.message.ResponseHeader;
import millrace.record.MemoryRecords;
import millrace.wire.Answer;
import millrace.wire.Caller;
import millrace.wire.ChannelSettings;
import millrace.wire.ClientChannel;
import millrace.wire.ConnectionLimits;
import millrace.wire.Handlers;
import millrace.wire.ListenerSettings;
import millrace.wire.Meter;
import millrace.wire.Pending;
import millrace.wire.Reply;
import millrace.wire.RequestMemory;
import millrace.wire.ServerListener;
import millrace.wire.WireRuntime;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

/// A toy node over real sockets, asked by a plain blocking client.
class LoopbackTest {
    private static final int FILE_BYTES = 24 << 20;
    private static final int WAIT_MS = 10_000;

    @TempDir private Path directory;
    private final byte[] content = new byte[FILE_BYTES];
    private final RequestMemory memory = new RequestMemory(64 << 20);
    private final SystemClock clock = new SystemClock();
    private final LinkedBlockingQueue<Pending<Integer>> produced = new LinkedBlockingQueue<>();
    private final AtomicReference<byte[]> lastRecords = new AtomicReference<>();
    private final List<Integer> regionSizes = new ArrayList<>();
    private DiskFile file;
    private NettyNet net;
    private WireRuntime runtime;
    private ServerListener listener;
    private Net.Listening listening;

    @BeforeEach void writeTheFile() throws IOException {
        new Random(1).nextBytes(content);
        file = new NioDisk().open(directory.resolve("segment"), Disk.OpenMode.CREATE_READ_WRITE);
        file.write(ByteBuffer.wrap(content), 0);
    }

    @AfterEach void stop() throws IOException {
        if (listener != null) listener.close();
        if (net != null) net.close();
        file.close();
        assertThat(file.retain()).as("a hold on the file is left").isFalse();
        assertThat(memory.usedBytes()).isZero();
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void pipelinedRequestsAreAnsweredInOrderHoweverTheyAreSent(String transport) throws IOException {
        start(transport);
        try (var client = new Client()) {
            client.sendSlowly(request(1, 9, produce(3_000_000)));
            client.send(request(2, 9, produce(100)), request(3, 9, produce(700_000)), request(4, 13, metadata()));
            Pending<Integer> first = take();
            Pending<Integer> second = take();
            Pending<Integer> third = take();
            third.complete(3);
            second.complete(2);
            first.complete(1);
            for (int i = 1; i <= 4; i++) assertThat(client.receive().getInt(0)).isEqualTo(i);
            assertThat(lastRecords.get()).isEqualTo(pattern(700_000));
        }
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void whoComesBeforeTheListenerServesWaitsAndIsServed(String transport) throws Exception {
        Handlers handlers = listen(transport);
        try (var client = new Client()) {
            client.send(request(1, 13, metadata()));
            try (var later = new Client()) {
                assertThat(listener.openConnections()).isZero();
                listener.serve(handlers);
                later.send(request(2, 13, metadata()));
                assertThat(later.receive().getInt(0)).isEqualTo(2);
            }
            assertThat(client.receive().getInt(0)).isEqualTo(1);
        }
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void whoWaitsIsTurnedAwayWhenTheAddressIsGivenBackAndItCanBeTakenAgainAtOnce(String transport) throws Exception {
        Handlers handlers = listen(transport);
        int port = listening.port();
        try (var waiting = new Client()) {
            listener.turnAway();
            assertThatThrownBy(waiting::receive).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(Client::new).isInstanceOf(IOException.class);
        listening = listener.listen("127.0.0.1", port);
        listener.serve(handlers);
        try (var later = new Client()) {
            later.send(request(2, 13, metadata()));
            assertThat(later.receive().getInt(0)).isEqualTo(2);
        }
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void recordsComeFromTheFileWhetherSmallOrLarge(String transport) throws IOException {
        start(transport);
        try (var client = new Client()) {
            for (int size : new int[] {1, 1_000, NettyLink.SENDFILE_BYTES - 1, NettyLink.SENDFILE_BYTES, 1 << 20, 15 << 20}) {
                regionSizes.addAll(List.of(size, 5, size / 3, 0));
                client.send(request(size, 12, fetch()));
                FetchResponse answer = response(client.receive(), ApiKey.FETCH, 12);
                int position = 0;
                for (FetchResponse.PartitionData partition : answer.responses().getFirst().partitions()) {
                    ByteBuffer records = ((MemoryRecords) partition.records()).bytes();
                    assertThat(records).isEqualTo(ByteBuffer.wrap(content, position, records.remaining()));
                    position += records.remaining();
                }
                assertThat(position).isEqualTo(size + 5 + size / 3);
                regionSizes.clear();
            }
        }
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void aSlowReaderGetsEverythingAndHoldsUpNobody(String transport) throws IOException {
        start(transport);
        regionSizes.add(FILE_BYTES);
        try (var slow = new Client(); var other = new Client()) {
            for (int i = 0; i < 6; i++) slow.send(request(i, 12, fetch()));
            for (int i = 0; i < 50; i++) {
                other.send(request(i, 13, metadata()));
                assertThat(other.receive().getInt(0)).isEqualTo(i);
            }
            for (int i = 0; i < 6; i++) {
                ByteBuffer frame = slow.receive();
                assertThat(frame.getInt(0)).isEqualTo(i);
                assertThat(frame.slice(frame.remaining() - 1_000 - 3, 1_000)).isEqualTo(ByteBuffer.wrap(content, FILE_BYTES - 1_000, 1_000));
            }
        }
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void aReaderThatGoesAwayLetsGoOfTheFile(String transport) throws Exception {
        start(transport);
        regionSizes.add(FILE_BYTES);
        for (int i = 0; i < 20; i++) {
            try (var client = new Client()) {
                client.send(request(1, 12, fetch()), request(2, 12, fetch()), request(3, 12, fetch()));
                if (i % 2 == 0) assertThat(client.in.readInt()).isPositive();
                client.socket.setSoLinger(true, 0);
            }
        }
        awaitNoConnections();
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void anAnswerThatTheFileIsTooShortForEndsTheConnection(String transport) throws Exception {
        start(transport);
        for (int size : new int[] {NettyLink.SENDFILE_BYTES - 1, 1 << 20}) {
            regionSizes.addAll(List.of(FILE_BYTES - 1_000, size, 7));
            try (var client = new Client()) {
                client.send(request(1, 12, fetch()));
                assertThatThrownBy(client::receive).isInstanceOf(IOException.class);
            }
            regionSizes.clear();
        }
        awaitNoConnections();
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void whatIsRefusedStillGetsTheAnswersBeforeIt(String transport) throws IOException {
        start(transport);
        try (var client = new Client()) {
            byte[] wrong = request(2, 13, metadata());
            ByteBuffer.wrap(wrong).putShort(6, (short) 99);
            client.send(request(1, 13, metadata()), wrong, new byte[300_000]);
            assertThat(client.receive().getInt(0)).isEqualTo(1);
            assertThat(client.in.read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void whoDoesNotCloseItsSideIsNotWaitedForLong(String transport) throws Exception {
        start(transport);
        try (var client = new Client()) {
            client.send(new byte[] {-1, -1, -1, -1});
            assertThat(client.in.read()).isEqualTo(-1);
            long began = clock.monotonicMs();
            awaitNoConnections();
            assertThat(clock.monotonicMs() - began).isLessThan(5_000);
        }
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void aChannelTalksToAListener(String transport) throws Exception {
        start(transport);
        regionSizes.add(5 << 20);
        ClientChannel channel = ClientChannel.open(net, net.loops().getLast(), "localhost", listening.port(), ChannelSettings.of("test"), runtime);
        var hello = ApiVersionsRequest.builder().clientSoftwareName("millrace").clientSoftwareVersion("1").build();
        ApiVersionsResponse versions = await(channel.ask(hello, (short) 5, WAIT_MS));
        assertThat(versions.apiKeys()).hasSize(4);
        FetchResponse fetched = await(channel.ask(fetch(), (short) 12, WAIT_MS));
        assertThat(((MemoryRecords) fetched.responses().getFirst().partitions().getFirst().records()).bytes()).isEqualTo(ByteBuffer.wrap(content, 0, 5 << 20));
        channel.close();
        awaitNoConnections();
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void noWakeUpFromAnotherThreadIsLost(String transport) throws Exception {
        start(transport);
        var completer = Thread.ofPlatform().daemon(true).start(() -> {
            try {
                while (true) {
                    var batch = new ArrayList<>(List.of(produced.take()));
                    produced.drainTo(batch);
                    batch.reversed().forEach(each -> each.complete(1));
                }
            } catch (InterruptedException done) {
                // the test is over
            }
        });
        var clients = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < 6; i++) clients.add(CompletableFuture.runAsync(this::produceInBursts, task -> Thread.ofVirtual().start(task)));
        for (CompletableFuture<Void> each : clients) each.get(2 * WAIT_MS, TimeUnit.MILLISECONDS);
        completer.interrupt();
    }

    private void produceInBursts() {
        byte[] request = request(7, 9, produce(50, Integer.MAX_VALUE));
        try (var client = new Client()) {
            for (int round = 0; round < 300; round++) {
                int burst = 1 + round % 20;
                for (int i = 0; i < burst; i++) client.send(request);
                for (int i = 0; i < burst; i++) assertThat(client.receive().getInt(0)).isEqualTo(7);
            }
        } catch (IOException failed) {
            throw new AssertionError("an answer did not come", failed);
        }
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void aClientThatLeavesWhileItsRequestsWaitIsNoticed(String transport) throws Exception {
        start(transport);
        try (var client = new Client()) {
            client.send(request(1, 9, produce(10)), request(2, 13, metadata()), request(3, 13, metadata()));
            take();
        }
        awaitNoConnections();
    }

    @Test void hundredsOfConnectionsAtOnceAreAllAnswered() throws IOException {
        start("epoll");
        var clients = new ArrayList<Client>();
        for (int i = 0; i < 300; i++) clients.add(new Client());
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < clients.size(); i++) clients.get(i).send(request(i, 13, metadata()));
            for (int i = 0; i < clients.size(); i++) assertThat(clients.get(i).receive().getInt(0)).isEqualTo(i);
        }
        for (Client each : clients) each.close();
    }

    @ParameterizedTest @ValueSource(strings = {"epoll", "nio"})
    void whateverOthersSendAnHonestClientIsAnswered(String transport) throws Exception {
        start(transport);
        regionSizes.add(3 << 20);
        byte[][] requests = {request(1, 13, metadata()), request(2, 12, fetch()), request(3, 9, produce(50_000, 100)), request(4, 9, produce(2_000_000, 100))};
        try (var honest = new Client()) {
            for (int seed = 0; seed < 300; seed++) {
                var random = new Random(seed);
                try (var hostile = new Client()) {
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        byte[] message = requests[random.nextInt(requests.length)].clone();
                        if (random.nextBoolean()) message[random.nextInt(random.nextBoolean() ? 12 : message.length)] = (byte) random.nextInt();
                        hostile.send(java.util.Arrays.copyOf(message, random.nextInt(3) == 0 ? random.nextInt(message.length) : message.length));
                    }
                    if (random.nextBoolean()) hostile.socket.setSoLinger(true, 0);
                } catch (IOException resetByTheNode) {
                    // which is its right
                }
                honest.send(requests[0]);
                assertThat(honest.receive().getInt(0)).isEqualTo(1);
            }
        }
        awaitNoConnections();
    }

    @Test void anAddressThatIsTakenIsNamed() throws IOException {
        start("epoll");
        assertThatThrownBy(() -> net.listen("127.0.0.1", listening.port()))
            .isInstanceOf(IOException.class).hasMessageContaining("127.0.0.1:" + listening.port());
        assertThatThrownBy(() -> net.listen("no.such.host.invalid", 0)).isInstanceOf(IOException.class).hasMessageContaining("no.such.host.invalid");
    }

    @Test void aConnectionThatCannotBeMadeIsClosedWithTheReason() throws Exception {
        start("epoll");
        int free;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = taken.getLocalPort();
        }
        for (String host : List.of("127.0.0.1", "localhost", "no.such.host.invalid")) {
            ClientChannel channel = ClientChannel.open(net, net.loops().getFirst(), host, free, ChannelSettings.of("test"), runtime);
            var reply = channel.<MetadataResponse>ask(metadata(), (short) 13, WAIT_MS);
            assertThat(awaitReply(reply)).isInstanceOf(Reply.NotSent.class).asString().contains("cannot connect to");
        }
    }

    @Test void closingTheNetClosesEveryConnection() throws IOException {
        start("epoll");
        try (var client = new Client()) {
            client.send(request(1, 13, metadata()));
            client.receive();
            net.close();
            assertThat(client.in.read()).isEqualTo(-1);
            assertThat(listener.openConnections()).isZero();
        }
    }

    // ---- the toy node ----

    private void start(String transport) throws IOException {
        Handlers handlers = listen(transport);
        listener.serve(handlers);
    }

    private Handlers listen(String transport) throws IOException {
        net = new NettyNet(NetSettings.defaults().withLoops(2), transport.equals("epoll") && Epoll.isAvailable());
        runtime = new WireRuntime(clock, memory, ConnectionLimits.none(), Meter.NONE);
        Handlers handlers = Handlers.builder()
            .servePipelined(ApiKey.PRODUCE, this::handleProduce)
            .serve(ApiKey.METADATA, (MetadataRequest _, Caller _) -> Answer.now(MetadataResponse.builder().build()))
            .serve(ApiKey.FETCH, this::handleFetch)
            .build();
        listener = new ServerListener(net, "PLAINTEXT", ListenerSettings.DEFAULTS, runtime);
        listening = listener.listen("127.0.0.1", 0);
        return handlers;
    }

    private Answer<ProduceResponse> handleProduce(ProduceRequest request, Caller caller) {
        var records = (MemoryRecords) request.topicData().getFirst().partitionData().getFirst().records();
        byte[] copy = new byte[records.sizeInBytes()];
        records.bytes().duplicate().get(copy);
        lastRecords.set(copy);
        var pending = new Pending<Integer>();
        produced.add(pending);
        return Answer.when(pending, clock.monotonicMs() + request.timeoutMs(), () -> ProduceResponse.builder().build());
    }

    private Answer<FetchResponse> handleFetch(FetchRequest request, Caller caller) {
        var partitions = new ArrayList<FetchResponse.PartitionData>();
        int position = 0;
        for (int size : regionSizes) {
            if (!file.retain()) throw new IllegalStateException("closed");
            partitions.add(FetchResponse.PartitionData.builder().records(new FileRecords(file, position, size)).build());
            position += size;
        }
        var topic = FetchResponse.FetchableTopicResponse.builder().topic("t").partitions(partitions).build();
        return Answer.now(FetchResponse.builder().responses(List.of(topic)).build());
    }

    private Pending<Integer> take() {
        try {
            Pending<Integer> next = produced.poll(WAIT_MS, TimeUnit.MILLISECONDS);
            assertThat(next).as("a produce request was not handled").isNotNull();
            return next;
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private void awaitNoConnections() throws InterruptedException {
        var none = new CountDownLatch(1);
        var gone = listener.allClosed();
        gone.watch(() -> {
            if (listener.openConnections() == 0) none.countDown();
        });
        if (listener.openConnections() == 0) none.countDown();
        assertThat(none.await(WAIT_MS, TimeUnit.MILLISECONDS)).isTrue();
    }

    private static <R extends millrace.protocol.ApiResponse> R await(Pending<Reply<R>> pending) throws Exception {
        return ((Reply.Answered<R>) awaitReply(pending)).response();
    }

    private static <R extends millrace.protocol.ApiResponse> Reply<R> awaitReply(Pending<Reply<R>> pending) throws Exception {
        var done = new CompletableFuture<Reply<R>>();
        pending.whenDone(done::complete);
        return done.get(WAIT_MS, TimeUnit.MILLISECONDS);
    }

    // ---- what is asked ----

    private static ProduceRequest produce(int recordBytes) {
        return produce(recordBytes, WAIT_MS);
    }

    private static ProduceRequest produce(int recordBytes, int timeoutMs) {
        var partition = ProduceRequest.PartitionProduceData.builder().records(new MemoryRecords(ByteBuffer.wrap(pattern(recordBytes)))).build();
        var topic = ProduceRequest.TopicProduceData.builder().name("t").partitionData(List.of(partition)).build();
        return ProduceRequest.builder().acks((short) -1).timeoutMs(timeoutMs).topicData(List.of(topic)).build();
    }

    private static MetadataRequest metadata() {
        return MetadataRequest.builder().topics(List.of()).build();
    }

    private static FetchRequest fetch() {
        return FetchRequest.builder().maxWaitMs(0).minBytes(1).build();
    }

    private static byte[] pattern(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static byte[] request(int correlationId, int version, ApiRequest request) {
        short headerVersion = request.apiKey().requestHeaderVersion((short) version);
        var header = RequestHeader.builder().requestApiKey(request.apiKey().id()).requestApiVersion((short) version).correlationId(correlationId).clientId("plain").build();
        int size = header.size(headerVersion) + request.size((short) version);
        ByteBuffer all = ByteBuffer.allocate(4 + size).putInt(size);
        var out = BufferWriter.copyingInto(all);
        header.write(out, headerVersion);
        request.write(out, (short) version);
        return all.array();
    }

    @SuppressWarnings("unchecked")
    private static <R extends millrace.protocol.ApiResponse> R response(ByteBuffer frame, ApiKey key, int version) {
        short headerVersion = key.responseHeaderVersion((short) version);
        var in = WireReader.of(frame, "ResponseHeader", headerVersion);
        ResponseHeader.read(in, headerVersion);
        return (R) key.readResponse(in, (short) version);
    }

    private final class Client implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;

        Client() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), listening.port());
            socket.setSoTimeout(WAIT_MS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
        }

        void send(byte[]... messages) throws IOException {
            for (byte[] each : messages) socket.getOutputStream().write(each);
        }

        /// In many pieces of odd sizes.
        void sendSlowly(byte[] message) throws IOException {
            int piece = 1;
            for (int from = 0; from < message.length; piece = piece * 5 % 300_007 + 1) {
                int size = Math.min(piece, message.length - from);
                socket.getOutputStream().write(message, from, size);
                from += size;
            }
        }

        ByteBuffer receive() throws IOException {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return ByteBuffer.wrap(frame);
        }

        @Override public void close() throws IOException {
            socket.close();
        }
    }
}
