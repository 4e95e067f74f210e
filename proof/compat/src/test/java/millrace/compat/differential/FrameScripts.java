package millrace.compat.differential;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.BufferWriter;
import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.DescribeClusterRequest;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import millrace.protocol.message.RequestHeader;

/// Bytes that are not what a client library would write.
final class FrameScripts {
    private static final int CORRELATION_ID = 4_711;

    private FrameScripts() {}

    static List<Script> all() {
        return List.of(new Script("Frames", FrameScripts::frames), new Script("Requests in a row", FrameScripts::pipelined));
    }

    private static ByteBuffer frame(int key, int version, int headerVersion, byte... body) {
        byte[] client = "raw".getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(4 + 10 + client.length + (headerVersion >= 2 ? 1 : 0) + body.length).putInt(0)
                .putShort((short) key).putShort((short) version).putInt(CORRELATION_ID).putShort((short) client.length).put(client);
        if (headerVersion >= 2) frame.put((byte) 0);
        return frame.put(body).flip().putInt(0, frame.limit() - 4);
    }

    private static ByteBuffer frame(ApiRequest request, int version) {
        short headerVersion = request.apiKey().requestHeaderVersion((short) version);
        var header = new RequestHeader(request.apiKey().id(), (short) version, CORRELATION_ID, "raw");
        ByteBuffer frame = ByteBuffer.allocate(4 + header.size(headerVersion) + request.size((short) version)).putInt(0);
        header.write(BufferWriter.copyingInto(frame), headerVersion);
        request.write(BufferWriter.copyingInto(frame), (short) version);
        return frame.flip().putInt(0, frame.limit() - 4);
    }

    private static ByteBuffer cut(ByteBuffer frame, int bytes) {
        return frame.limit(frame.limit() - bytes).putInt(0, frame.limit() - 4);
    }

    private static ByteBuffer longer(ByteBuffer frame, int bytes) {
        return ByteBuffer.allocate(frame.limit() + bytes).put(frame.duplicate()).clear().putInt(0, frame.limit() + bytes - 4);
    }

    private static void frames(Session session) {
        session.topic("frames", 1);
        raw(session, "a negative size", ByteBuffer.allocate(4).putInt(-5).flip(), ApiKey.METADATA, 9);
        raw(session, "a size of zero", ByteBuffer.allocate(4).putInt(0).flip(), ApiKey.METADATA, 9);
        raw(session, "a size of three", ByteBuffer.allocate(7).putInt(3).put(new byte[3]).flip(), ApiKey.METADATA, 9);
        raw(session, "a frame over the limit", ByteBuffer.allocate(4).putInt(104_857_601).flip(), ApiKey.METADATA, 9);
        raw(session, "a frame far over the limit", ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).flip(), ApiKey.METADATA, 9);
        raw(session, "another protocol", ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)), ApiKey.METADATA, 9);
        raw(session, "an unknown api", frame(999, 0, 1), ApiKey.METADATA, 9);
        raw(session, "a negative api", frame(-1, 0, 1), ApiKey.METADATA, 9);
        raw(session, "an api of the ZooKeeper days", frame(4, 0, 1), ApiKey.METADATA, 9);
        raw(session, "a controller's api", frame(ApiKey.VOTE.id(), 0, 2), ApiKey.VOTE, 0);
        raw(session, "a version too new", frame(ApiKey.METADATA.id(), 99, 2), ApiKey.METADATA, 9);
        raw(session, "a version too old", frame(ApiKey.FETCH.id(), 0, 1), ApiKey.FETCH, 4);
        raw(session, "a negative version", frame(ApiKey.METADATA.id(), -1, 1), ApiKey.METADATA, 9);
        raw(session, "Produce before its lowest version", frame(ApiKey.PRODUCE.id(), 0, 1), ApiKey.PRODUCE, 3);
        raw(session, "ApiVersions too new", frame(ApiVersionsRequest.builder().build(), 3).putShort(6, (short) 77), ApiKey.API_VERSIONS, 77);
        raw(session, "ApiVersions negative", frame(ApiKey.API_VERSIONS.id(), -1, 1), ApiKey.API_VERSIONS, 0);
        raw(session, "ApiVersions v3 without its body", frame(ApiKey.API_VERSIONS.id(), 3, 2), ApiKey.API_VERSIONS, 3);
        raw(session, "a header cut off", ByteBuffer.allocate(10).putInt(6).putShort((short) 3).putShort((short) 9).putShort((short) 0).flip(), ApiKey.METADATA, 9);
        raw(session, "a client id longer than the frame", frame(ApiKey.METADATA.id(), 0, 1).putShort(12, (short) 3_000), ApiKey.METADATA, 0);
        raw(session, "a null client id", nullClientId(), ApiKey.METADATA, 1);
        ApiRequest metadata = MetadataRequest.builder().topics(List.of(MetadataRequestTopic.builder().name("frames").build())).build();
        raw(session, "Metadata without ApiVersions before", frame(metadata, 9), ApiKey.METADATA, 9);
        raw(session, "a body cut by one", cut(frame(metadata, 9), 1), ApiKey.METADATA, 9);
        raw(session, "a body cut by five", cut(frame(metadata, 9), 5), ApiKey.METADATA, 9);
        raw(session, "a body too long", longer(frame(metadata, 9), 3), ApiKey.METADATA, 9);
        raw(session, "a body too long, fixed", longer(frame(metadata, 4), 3), ApiKey.METADATA, 4);
        raw(session, "an array that cannot be", frame(ApiKey.METADATA.id(), 1, 1, (byte) 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff), ApiKey.METADATA, 1);
        raw(session, "a negative array", frame(ApiKey.METADATA.id(), 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xfe), ApiKey.METADATA, 0);
        raw(session, "a string that cannot be", frame(ApiKey.METADATA.id(), 0, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0x7f, (byte) 0xff), ApiKey.METADATA, 0);
        raw(session, "a null where none may be", frame(ApiKey.METADATA.id(), 0, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0xff, (byte) 0xff), ApiKey.METADATA, 0);
        raw(session, "unknown tagged fields", frame(ApiKey.LIST_GROUPS.id(), 3, 2, (byte) 2, (byte) 100, (byte) 1, (byte) 7, (byte) 101, (byte) 0), ApiKey.LIST_GROUPS, 3);
        raw(session, "a tagged field that is cut off", frame(ApiKey.LIST_GROUPS.id(), 3, 2, (byte) 1, (byte) 100, (byte) 50, (byte) 7), ApiKey.LIST_GROUPS, 3);
        raw(session, "an unstable version", frame(ApiKey.INIT_PRODUCER_ID.id(), 6, 2, new byte[20]), ApiKey.INIT_PRODUCER_ID, 5);
    }

    private static void raw(Session session, String step, ByteBuffer frame, ApiKey key, int version) {
        session.raw(step, frame, key, version, CORRELATION_ID);
    }

    private static ByteBuffer nullClientId() {
        return ByteBuffer.allocate(18).putInt(14).putShort(ApiKey.METADATA.id()).putShort((short) 1).putInt(CORRELATION_ID).putShort((short) -1).putInt(0).flip();
    }

    /// Answers come in the order of their questions, also when an earlier one has to wait.
    private static void pipelined(Session session) {
        session.topic("row", 1);
        session.send("row", FetchScripts.fetch("row", 0, 0).minBytes(1).maxWaitMs(150).build(), 12);
        session.send("row", MetadataRequest.builder().topics(List.of()).build(), 9);
        session.send("row", DescribeClusterRequest.builder().build(), 1);
        session.receive("row", "the first waits");
        session.receive("row", "the second after it");
        session.receive("row", "the third at last");
    }
}
