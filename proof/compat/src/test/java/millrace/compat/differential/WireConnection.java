package millrace.compat.differential;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import millrace.protocol.ApiKey;
import millrace.protocol.ApiRequest;
import millrace.protocol.ApiResponse;
import millrace.protocol.BufferWriter;
import millrace.protocol.ErrorCode;
import millrace.protocol.WireReader;
import millrace.protocol.message.RequestHeader;
import millrace.protocol.message.ResponseHeader;

/// One plain socket to one node: a request at a time, or several before their answers are read.
public final class WireConnection implements AutoCloseable {
    private static final int ANSWER_LIMIT_MS = 10_000;
    private static final int LONGEST_FRAME = 64 << 20;

    /// What came back for a request.
    public sealed interface Outcome {
        record Answered(ApiResponse response) implements Outcome {}
        record Closed() implements Outcome {}
        record Silent() implements Outcome {}
    }

    private record Sent(int correlationId, ApiKey key, short version) {}

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final Deque<Sent> unanswered = new ArrayDeque<>();
    private int correlationId;

    public WireConnection(String host, int port) {
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), ANSWER_LIMIT_MS);
            socket.setSoTimeout(ANSWER_LIMIT_MS);
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to " + host + ":" + port, e);
        }
    }

    public void send(ApiRequest request, short version) {
        ApiKey key = request.apiKey();
        var sent = new Sent(++correlationId, key, version);
        var header = new RequestHeader(key.id(), version, sent.correlationId, "differential");
        short headerVersion = key.requestHeaderVersion(version);
        ByteBuffer frame = ByteBuffer.allocate(4 + header.size(headerVersion) + request.size(version)).putInt(0);
        BufferWriter out = BufferWriter.copyingInto(frame);
        header.write(out, headerVersion);
        request.write(out, version);
        frame.flip().putInt(0, frame.limit() - 4);
        unanswered.add(sent);
        sendRaw(frame);
    }

    /// The request will not be answered (Produce with acks=0).
    void expectNothing() {
        unanswered.removeLast();
    }

    void sendRaw(ByteBuffer bytes) {
        try {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            socket.getOutputStream().write(copy);
        } catch (SocketException closedByPeer) {
            // the next receive says so
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Outcome receive() {
        Sent sent = unanswered.remove();
        return receive(sent.key, sent.version, sent.correlationId);
    }

    /// @param correlationId what the answer must carry
    Outcome receive(ApiKey key, short version, int correlationId) {
        ByteBuffer frame;
        try {
            int size = in.readInt();
            if (size < 4 || size > LONGEST_FRAME) throw new IllegalStateException("an answer of " + size + " bytes");
            frame = ByteBuffer.wrap(in.readNBytes(size));
        } catch (SocketTimeoutException e) {
            return new Outcome.Silent();
        } catch (EOFException | SocketException e) {
            return new Outcome.Closed();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        WireReader reader = WireReader.of(frame, key + " response", version);
        var header = ResponseHeader.read(reader, key.responseHeaderVersion(version));
        if (header.correlationId() != correlationId) throw new IllegalStateException("the answer to " + header.correlationId() + " came instead of " + correlationId);
        boolean fallsBack = key == ApiKey.API_VERSIONS && frame.getShort(4) == ErrorCode.UNSUPPORTED_VERSION.code();
        ApiResponse response = key.readResponse(reader, fallsBack ? 0 : version);
        if (reader.remaining() > 0) throw new IllegalStateException(reader.remaining() + " bytes follow the answer " + response);
        return new Outcome.Answered(response);
    }

    @Override public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
