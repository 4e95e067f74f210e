package millrace.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import millrace.ports.Net;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.WireReader;
import millrace.protocol.message.ResponseHeader;

/// A client that says what a test tells it to, right or wrong.
final class Peer implements Net.ConnectionDriver {
    private final FakeLoop loop;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    FakeNet.End link;
    boolean closed;

    Peer(FakeNet net, FakeLoop loop, int port) {
        this.loop = loop;
        net.connect("127.0.0.1", port, loop, this);
        loop.run();
    }

    Peer asks(int correlationId, int version, ApiRequest request) {
        return sends(bytes(correlationId, version, request));
    }

    /// Several requests in one piece.
    Peer sends(byte[]... messages) {
        loop.inTurn(() -> {
            if (closed) return;
            ByteBuffer all = ByteBuffer.wrap(concat(messages));
            link.write(List.of(all), null);
            link.flush();
        });
        return this;
    }

    void stopsReading() {
        loop.inTurn(() -> link.setReading(false));
    }

    void reads() {
        loop.inTurn(() -> link.setReading(true));
    }

    void goesAway() {
        loop.inTurn(() -> link.reset());
    }

    /// The correlation ids of the answers that have come so far.
    List<Integer> answered() {
        return frames().stream().map(frame -> frame.getInt(0)).toList();
    }

    ApiResponse answer(int index, ApiKey key, int version) {
        ByteBuffer frame = frames().get(index);
        short headerVersion = key.responseHeaderVersion((short) version);
        var in = WireReader.of(frame, "ResponseHeader", headerVersion);
        ResponseHeader.read(in, headerVersion);
        return key.readResponse(in, (short) version);
    }

    List<ByteBuffer> frames() {
        var frames = new ArrayList<ByteBuffer>();
        ByteBuffer all = ByteBuffer.wrap(received.toByteArray());
        while (all.remaining() >= 4 && all.remaining() - 4 >= all.getInt(all.position())) {
            int length = all.getInt();
            frames.add(all.slice(all.position(), length));
            all.position(all.position() + length);
        }
        return frames;
    }

    static byte[] bytes(int correlationId, int version, ApiRequest request) {
        OutgoingMessage message = OutgoingMessage.request(correlationId, "test", (short) version, request);
        ByteBuffer all = ByteBuffer.allocate((int) message.sizeInBytes());
        for (Object part : message.parts()) all.put((ByteBuffer) part);
        return all.array();
    }

    static byte[] concat(byte[]... messages) {
        var all = new ByteArrayOutputStream();
        for (byte[] each : messages) all.writeBytes(each);
        return all.toByteArray();
    }

    @Override public void onOpen(Net.Link opened) {
        link = (FakeNet.End) opened;
    }

    @Override public void onBytes(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        received.writeBytes(copy);
    }

    @Override public void onWritable() {
        // a test sends what it likes
    }

    @Override public void onClosed(Throwable cause) {
        closed = true;
    }
}
