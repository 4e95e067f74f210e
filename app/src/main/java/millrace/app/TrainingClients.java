package millrace.app;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import millrace.common.Uuid;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.BufferWriter;
import millrace.protocol.ErrorCode;
import millrace.protocol.WireReader;
import millrace.protocol.message.ConsumerGroupHeartbeatRequest;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse;
import millrace.protocol.message.EndTxnRequest;
import millrace.protocol.message.EndTxnResponse;
import millrace.protocol.message.FindCoordinatorRequest;
import millrace.protocol.message.FindCoordinatorResponse;
import millrace.protocol.message.HeartbeatRequest;
import millrace.protocol.message.HeartbeatResponse;
import millrace.protocol.message.InitProducerIdRequest;
import millrace.protocol.message.InitProducerIdResponse;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.OffsetCommitResponse;
import millrace.protocol.message.OffsetFetchRequest;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import millrace.protocol.message.OffsetFetchResponse;
import millrace.protocol.message.RequestHeader;
import millrace.protocol.message.ResponseHeader;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import millrace.protocol.message.SyncGroupResponse;
import millrace.protocol.message.TxnOffsetCommitRequest;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import millrace.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import millrace.protocol.message.TxnOffsetCommitResponse;

/// Has a node's coordinators do what they do all day, for the AOT cache (`make-aot.sh`): members of both protocols, offsets, transactions. What is not in
/// its profiles is interpreted for the first thousand times and compiled twice after that, which is a third of what a quiet node's coordinators cost.
///
/// A process of its own, so that what clients do is not recorded with it. The topic `training` has to be there.
public final class TrainingClients {
    private static final int CLIENTS = 24;
    private static final int OFFSETS = 1_200;
    private static final int HEARTBEATS = 1_200;
    private static final int GENERATIONS = 100;
    private static final int TRANSACTIONS = 120;
    private static final int TRIES = 2_000;
    private static final long RETRY_MS = 5;
    private static final int TIMEOUT_MS = 60_000;
    private static final String TOPIC = "training";
    private static final String TYPE = "consumer";
    private static final String ASSIGNOR = "range";

    private final Link link;
    private final int number;

    private TrainingClients(Link link, int number) {
        this.link = link;
        this.number = number;
    }

    public static void main(String[] arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            clients.add(Thread.ofPlatform().start(() -> train(port, number)));
        }
        for (Thread client : clients) client.join();
    }

    private static void train(int port, int number) {
        try (var link = new Link(port)) {
            var client = new TrainingClients(link, number);
            client.transactions();
            client.offsets();
            client.consumerProtocol();
            client.classicProtocol();
        } catch (IOException | InterruptedException | RuntimeException failed) {
            System.err.println("training client " + number + ": " + failed);
        }
    }

    // ---- offsets ----

    private void offsets() throws IOException, InterruptedException {
        String group = "training-offsets-" + number;
        findCoordinator(group, (byte) 0);
        for (int offset = 0; offset < OFFSETS; offset++) {
            commit(group, offset);
            if (offset % 3 == 0) ask(new OffsetFetchRequest("", List.of(), List.of(new OffsetFetchRequestGroup(group, null, -1,
                    List.of(new OffsetFetchRequestTopics(TOPIC, Uuid.ZERO, List.of(0))))), true), 9, OffsetFetchResponse.class);
        }
    }

    private void commit(String group, long offset) throws IOException, InterruptedException {
        var topic = new OffsetCommitRequestTopic(TOPIC, Uuid.ZERO, List.of(new OffsetCommitRequestPartition(0, offset, -1, "")));
        until(() -> code(ask(new OffsetCommitRequest(group, -1, "", null, -1, List.of(topic)), 9, OffsetCommitResponse.class).topics().getFirst().partitions().getFirst().errorCode()));
    }

    private void findCoordinator(String key, byte type) throws IOException, InterruptedException {
        until(() -> code(ask(FindCoordinatorRequest.builder().keyType(type).coordinatorKeys(List.of(key)).build(), 4, FindCoordinatorResponse.class).coordinators().getFirst().errorCode()));
    }

    // ---- the consumer protocol ----

    private void consumerProtocol() throws IOException {
        String memberId = new Uuid(1, number).toString();
        ConsumerGroupHeartbeatResponse told = beat(memberId, 0, 45_000, List.of(TOPIC), List.of());
        for (int i = 0; i < HEARTBEATS; i++) {
            List<ConsumerGroupHeartbeatRequest.TopicPartitions> owned = told.assignment() == null ? null
                    : told.assignment().topicPartitions().stream().map(each -> new ConsumerGroupHeartbeatRequest.TopicPartitions(each.topicId(), each.partitions())).toList();
            boolean comesAgain = told.errorCode() != ErrorCode.NONE.code() || i % (HEARTBEATS / 4) == number;
            if (comesAgain) beat(memberId, -1, -1, null, null);
            told = comesAgain ? beat(memberId, 0, 45_000, List.of(TOPIC), List.of()) : beat(memberId, told.memberEpoch(), -1, null, owned);
        }
        beat(memberId, -1, -1, null, null);
    }

    private ConsumerGroupHeartbeatResponse beat(String memberId, int epoch, int rebalanceTimeoutMs, List<String> topics, List<ConsumerGroupHeartbeatRequest.TopicPartitions> owned) throws IOException {
        return ask(new ConsumerGroupHeartbeatRequest("training-consumers", memberId, epoch, null, null, rebalanceTimeoutMs, topics, null, null, owned), 1, ConsumerGroupHeartbeatResponse.class);
    }

    // ---- the classic protocol ----

    private void classicProtocol() throws IOException {
        String group = "training-classic-" + number;
        String memberId = "";
        for (int generation = 0; generation < GENERATIONS; generation++) {
            JoinGroupResponse joined = join(group, memberId);
            if (joined.errorCode() == ErrorCode.MEMBER_ID_REQUIRED.code()) joined = join(group, joined.memberId());
            memberId = joined.memberId();
            var mine = new SyncGroupRequestAssignment(memberId, ByteBuffer.allocate(100));
            ask(new SyncGroupRequest(group, joined.generationId(), memberId, null, TYPE, ASSIGNOR, List.of(mine)), 5, SyncGroupResponse.class);
            for (int i = 0; i < HEARTBEATS / GENERATIONS; i++) ask(new HeartbeatRequest(group, joined.generationId(), memberId, null), 4, HeartbeatResponse.class);
        }
    }

    private JoinGroupResponse join(String group, String memberId) throws IOException {
        var protocol = new JoinGroupRequestProtocol(ASSIGNOR, ByteBuffer.allocate(100));
        return ask(new JoinGroupRequest(group, 45_000, 300_000, memberId, null, TYPE, List.of(protocol), null), 9, JoinGroupResponse.class);
    }

    // ---- transactions ----

    private void transactions() throws IOException, InterruptedException {
        String id = "training-" + number;
        findCoordinator(id, (byte) 1);
        findCoordinator(id, (byte) 0);
        var begun = new InitProducerIdResponse[1];
        until(() -> {
            begun[0] = ask(new InitProducerIdRequest(id, TIMEOUT_MS, -1, (short) -1, false, false), 5, InitProducerIdResponse.class);
            return code(begun[0].errorCode());
        });
        var end = new EndTxnResponse[] {new EndTxnResponse(0, ErrorCode.NONE.code(), begun[0].producerId(), begun[0].producerEpoch())};
        for (int i = 0; i < TRANSACTIONS; i++) {
            var topic = new TxnOffsetCommitRequestTopic(TOPIC, Uuid.ZERO, List.of(new TxnOffsetCommitRequestPartition(0, i, -1, "")));
            until(() -> code(ask(new TxnOffsetCommitRequest(id, id, end[0].producerId(), end[0].producerEpoch(), -1, "", null, List.of(topic)), 5, TxnOffsetCommitResponse.class)
                    .topics().getFirst().partitions().getFirst().errorCode()));
            until(() -> {
                var ended = ask(new EndTxnRequest(id, end[0].producerId(), end[0].producerEpoch(), true), 5, EndTxnResponse.class);
                if (ended.errorCode() == ErrorCode.NONE.code()) end[0] = ended;
                return code(ended.errorCode());
            });
        }
    }

    // ---- asking ----

    @FunctionalInterface
    private interface Try {
        ErrorCode now() throws IOException;
    }

    private static ErrorCode code(short error) {
        return ErrorCode.forCode(error);
    }

    /// Coordinators come one after the other, and a transaction may still be on its way out.
    private static void until(Try works) throws IOException, InterruptedException {
        ErrorCode error = works.now();
        for (int tries = 1; error != ErrorCode.NONE && tries < TRIES; tries++) {
            Thread.sleep(RETRY_MS);
            error = works.now();
        }
        if (error != ErrorCode.NONE) throw new IOException("still " + error);
    }

    private <R extends ApiResponse> R ask(ApiRequest request, int version, Class<R> kind) throws IOException {
        return kind.cast(link.ask(request, (short) version));
    }

    /// A request, then its answer.
    private static final class Link implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private int correlationId;

        Link(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        }

        ApiResponse ask(ApiRequest request, short version) throws IOException {
            ApiKey key = request.apiKey();
            var header = new RequestHeader(key.id(), version, ++correlationId, "training");
            short headerVersion = key.requestHeaderVersion(version);
            ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + header.size(headerVersion) + request.size(version)).putInt(0);
            BufferWriter out = BufferWriter.copyingInto(frame);
            header.write(out, headerVersion);
            request.write(out, version);
            frame.putInt(0, frame.position() - Integer.BYTES);
            socket.getOutputStream().write(frame.array(), 0, frame.position());
            WireReader answer = WireReader.of(ByteBuffer.wrap(in.readNBytes(in.readInt())), key + " response", version);
            ResponseHeader.read(answer, key.responseHeaderVersion(version));
            return key.readResponse(answer, version);
        }

        @Override public void close() throws IOException {
            socket.close();
        }
    }
}
