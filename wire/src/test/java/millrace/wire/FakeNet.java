package millrace.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

import millrace.ports.EventLoop;
import millrace.ports.FileRecords;
import millrace.ports.Net;

/// Connections inside one [FakeLoop]. Bytes arrive in pieces that a seed chooses, and stay with the sender while the receiver
/// does not read, as they do with a socket whose buffers are full.
final class FakeNet implements Net {
    static final int HIGH_MARK = 64 << 10;
    private static final int LOW_MARK = 16 << 10;

    private final FakeLoop loop;
    private final Random pieces;
    private final TreeMap<Integer, DriverFactory> listening = new TreeMap<>();
    private int nextPort = 40_000;

    /// @param pieces null for whole messages
    FakeNet(FakeLoop loop, Random pieces) {
        this.loop = loop;
        this.pieces = pieces;
    }

    @Override public Listening listen(String host, int port) {
        int bound = port == 0 ? nextPort++ : port;
        return new Listening() {
            @Override public String host() {
                return host;
            }

            @Override public int port() {
                return bound;
            }

            @Override public void accept(DriverFactory drivers) {
                listening.put(bound, drivers);
            }

            @Override public void close() {
                listening.remove(bound);
            }
        };
    }

    @Override public void connect(String host, int port, EventLoop on, ConnectionDriver driver) {
        int from = nextPort++;
        loop.execute(() -> {
            DriverFactory factory = listening.get(port);
            if (factory == null) {
                driver.onClosed(new IOException("connection refused"));
                return;
            }
            var server = new End(port, from);
            var client = new End(from, port);
            server.other = client;
            client.other = server;
            client.driver = driver;
            server.driver = factory.accept(server);
            if (server.driver == null) {
                driver.onClosed(new IOException("turned away"));
                return;
            }
            server.driver.onOpen(server);
            driver.onOpen(client);
        });
    }

    @Override public List<? extends EventLoop> loops() {
        return List.of(loop);
    }

    final class End implements Link {
        private record Sent(ByteBuffer bytes, Runnable whenDone) {}

        private final int localPort;
        private final int remotePort;
        private final Deque<Sent> queued = new ArrayDeque<>();
        private ConnectionDriver driver;
        private End other;
        private boolean reading = true;
        private boolean full;
        private boolean closeAfterFlush;
        private boolean pumping;
        boolean closed;
        int flushes;

        private End(int localPort, int remotePort) {
            this.localPort = localPort;
            this.remotePort = remotePort;
        }

        @Override public EventLoop loop() {
            return loop;
        }

        @Override public String peer() {
            return peerAddress() + ":" + remotePort;
        }

        @Override public String peerAddress() {
            return "127.0.0.1";
        }

        @Override public int localPort() {
            return localPort;
        }

        @Override public void write(List<Object> parts, Runnable whenDone) {
            ByteBuffer all = ByteBuffer.allocate(parts.stream().mapToInt(FakeNet::sizeOf).sum());
            for (Object part : parts) append(all, part);
            if (closed) {
                if (whenDone != null) whenDone.run();
            } else {
                queued.add(new Sent(all.flip(), whenDone));
            }
        }

        private static void append(ByteBuffer all, Object part) {
            switch (part) {
                case ByteBuffer bytes -> all.put(bytes);
                case FileRecords region -> {
                    var file = (FakeFile) region.file();
                    all.put(file.content, (int) region.position(), region.sizeInBytes());
                    region.release();
                }
                default -> throw new IllegalArgumentException(part.toString());
            }
        }

        @Override public void flush() {
            flushes++;
            pumpSoon();
        }

        @Override public boolean isWritable() {
            if (queuedBytes() > HIGH_MARK) full = true;
            return !full;
        }

        @Override public void setReading(boolean wanted) {
            reading = wanted;
            if (wanted) other.pumpSoon();
        }

        @Override public void close(boolean afterFlush) {
            if (closed) return;
            if (afterFlush && !queued.isEmpty()) {
                closeAfterFlush = true;
                pumpSoon();
            } else {
                gone(null);
                loop.execute(() -> other.gone(null));
            }
        }

        boolean peerReads() {
            return other.reading;
        }

        /// What a reset does.
        void reset() {
            gone(new IOException("Connection reset"));
            loop.execute(() -> other.gone(new IOException("Connection reset")));
        }

        private long queuedBytes() {
            return queued.stream().mapToLong(sent -> sent.bytes().remaining()).sum();
        }

        private void pumpSoon() {
            if (pumping || closed) return;
            pumping = true;
            loop.execute(this::pump);
        }

        private void pump() {
            pumping = false;
            if (closed || !other.reading || other.closed) return;
            Sent first = queued.peek();
            if (first == null) {
                if (closeAfterFlush) close(false);
                return;
            }
            deliver(first);
            if (full && queuedBytes() < LOW_MARK) {
                full = false;
                driver.onWritable();
            }
            pumpSoon();
        }

        private void deliver(Sent first) {
            int left = first.bytes().remaining();
            int amount = pieces == null || left == 0 ? left : 1 + pieces.nextInt(pieces.nextInt(4) == 0 ? 8 : left);
            amount = Math.min(amount, left);
            ByteBuffer piece = ByteBuffer.allocateDirect(amount + 3).position(3);
            piece.put(first.bytes().slice(first.bytes().position(), amount)).position(3);
            first.bytes().position(first.bytes().position() + amount);
            boolean done = !first.bytes().hasRemaining();
            if (done) queued.remove();
            other.driver.onBytes(piece);
            if (done && first.whenDone() != null) first.whenDone().run();
        }

        private void gone(Throwable cause) {
            if (closed) return;
            closed = true;
            for (Sent dropped = queued.poll(); dropped != null; dropped = queued.poll()) if (dropped.whenDone() != null) dropped.whenDone().run();
            driver.onClosed(cause);
        }
    }

    private static int sizeOf(Object part) {
        return part instanceof ByteBuffer bytes ? bytes.remaining() : ((FileRecords) part).sizeInBytes();
    }
}
