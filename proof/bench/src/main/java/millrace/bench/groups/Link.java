package millrace.bench.groups;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.BufferWriter;
import millrace.protocol.WireReader;
import millrace.protocol.message.RequestHeader;
import millrace.protocol.message.ResponseHeader;

/// One connection of one client: a request, then its answer. For one thread, best a virtual one.
final class Link implements AutoCloseable {
    private static final int CONNECT_WITHIN_MS = 30_000;
    private static final int LONGEST_ANSWER = 64 << 20;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final String clientId;
    private int correlationId;

    Link(InetSocketAddress broker, String clientId) throws IOException {
        this.clientId = clientId;
        socket.setTcpNoDelay(true);
        socket.connect(broker, CONNECT_WITHIN_MS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /// @throws IOException when the broker closes the connection
    <R extends ApiResponse> R ask(ApiRequest request, int version, Class<R> kind) throws IOException {
        send(request, (short) version);
        return kind.cast(receive(request.apiKey(), (short) version));
    }

    private void send(ApiRequest request, short version) throws IOException {
        ApiKey key = request.apiKey();
        var header = new RequestHeader(key.id(), version, ++correlationId, clientId);
        short headerVersion = key.requestHeaderVersion(version);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + header.size(headerVersion) + request.size(version)).putInt(0);
        BufferWriter out = BufferWriter.copyingInto(frame);
        header.write(out, headerVersion);
        request.write(out, version);
        frame.putInt(0, frame.position() - Integer.BYTES);
        socket.getOutputStream().write(frame.array(), 0, frame.position());
    }

    private ApiResponse receive(ApiKey key, short version) throws IOException {
        int size = in.readInt();
        if (size < Integer.BYTES || size > LONGEST_ANSWER) throw new IOException("an answer of " + size + " bytes to " + key);
        WireReader reader = WireReader.of(ByteBuffer.wrap(in.readNBytes(size)), key + " response", version);
        ResponseHeader header = ResponseHeader.read(reader, key.responseHeaderVersion(version));
        if (header.correlationId() != correlationId) throw new IOException("the answer to request " + header.correlationId() + " came to request " + correlationId);
        return key.readResponse(reader, version);
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
