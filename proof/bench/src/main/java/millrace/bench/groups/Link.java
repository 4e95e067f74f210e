package millrace.bench.groups;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.BufferWriter;
import millrace.protocol.WireReader;
import millrace.protocol.message.RequestHeader;
import millrace.protocol.message.ResponseHeader;

/// One connection of one client: requests, and their answers in the same order. For one thread, best a virtual one.
final class Link implements AutoCloseable {
    private static final int CONNECT_WITHIN_MS = 30_000;
    private static final int LONGEST_ANSWER = 64 << 20;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final String clientId;
    private final Deque<Sent> open = new ArrayDeque<>();
    private int correlationId;

    private record Sent(ApiKey key, short version, int correlationId) {}

    Link(InetSocketAddress broker, String clientId) throws IOException {
        this.clientId = clientId;
        socket.setTcpNoDelay(true);
        socket.connect(broker, CONNECT_WITHIN_MS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /// Sends a request and waits for its answer; those to earlier requests are passed over.
    /// @throws IOException when the broker closes the connection
    <R extends ApiResponse> R ask(ApiRequest request, int version, Class<R> kind) throws IOException {
        send(request, (short) version);
        while (open.size() > 1) receive(in.readInt());
        return kind.cast(receive(in.readInt()));
    }

    /// @return the answer to the oldest request that has none; null when none has come until then
    <R extends ApiResponse> R next(long untilNs, Class<R> kind) throws IOException {
        socket.setSoTimeout((int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime())));
        int first;
        try {
            first = in.read();
        } catch (SocketTimeoutException nothing) {
            return null;
        } finally {
            socket.setSoTimeout(0);
        }
        if (first < 0) throw new EOFException("the broker has closed the connection");
        return kind.cast(receive(first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort()));
    }

    boolean hasOpenRequests() {
        return !open.isEmpty();
    }

    void send(ApiRequest request, short version) throws IOException {
        ApiKey key = request.apiKey();
        var header = new RequestHeader(key.id(), version, ++correlationId, clientId);
        short headerVersion = key.requestHeaderVersion(version);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + header.size(headerVersion) + request.size(version)).putInt(0);
        BufferWriter out = BufferWriter.copyingInto(frame);
        header.write(out, headerVersion);
        request.write(out, version);
        frame.putInt(0, frame.position() - Integer.BYTES);
        socket.getOutputStream().write(frame.array(), 0, frame.position());
        open.add(new Sent(key, version, correlationId));
    }

    private ApiResponse receive(int size) throws IOException {
        Sent to = open.remove();
        ApiKey key = to.key();
        short version = to.version();
        if (size < Integer.BYTES || size > LONGEST_ANSWER) throw new IOException("an answer of " + size + " bytes to " + key);
        WireReader reader = WireReader.of(ByteBuffer.wrap(in.readNBytes(size)), key + " response", version);
        ResponseHeader header = ResponseHeader.read(reader, key.responseHeaderVersion(version));
        if (header.correlationId() != to.correlationId()) throw new IOException("the answer to request " + header.correlationId() + " came to request " + to.correlationId());
        return key.readResponse(reader, version);
    }

    @Override public void close() throws IOException {
        socket.close();
    }
}
