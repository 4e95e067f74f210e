package millrace.sim.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import millrace.ports.EventLoop;
import millrace.ports.FileRecords;
import millrace.ports.Net.ConnectionDriver;
import millrace.ports.Net.DriverFactory;
import millrace.ports.Net.Link;
import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.Incarnation;

/// One connection: two ends, and between them two pipes of bytes that keep their order.
///
///     write ─▶ queued ──flush──▶ kernel (file regions are read only now) ──segments, delays──▶ peer's onBytes
final class Connection {
    private static final long CONNECT_TIME_OUT_NANOS = 10_000_000_000L;
    private static final long LOOK_AGAIN_NANOS = 50_000_000;
    /// Bytes that wait longer than this behind a partition break the connection.
    private static final long LONGEST_CUT_NANOS = 15_000_000_000L;

    private final SimNetwork network;
    private final End client;
    private final End server;
    private boolean broken;

    private Connection(SimNetwork network, Incarnation clientProcess, EventLoop clientLoop, Incarnation serverProcess, EventLoop serverLoop, int port) {
        this.network = network;
        int clientPort = network.ephemeralPort();
        this.client = new End(clientProcess, clientLoop, serverProcess.node().name(), port, clientPort);
        this.server = new End(serverProcess, serverLoop, clientProcess.node().name(), clientPort, port);
        client.other = server;
        server.other = client;
    }

    static void open(SimNetwork network, Incarnation from, EventLoop loop, ConnectionDriver driver, String host, int port) {
        Listener listener = network.listener(host, port);
        String me = from.node().name();
        if (network.isCut(me, host) || network.isCut(host, me)) {
            network.world().at(CONNECT_TIME_OUT_NANOS, () -> loop.execute(() -> driver.onClosed(new IOException("connect to " + host + ":" + port + " timed out"))));
            return;
        }
        if (listener == null) {
            network.world().at(network.delayNanos(), () -> loop.execute(() -> driver.onClosed(new IOException("connect to " + host + ":" + port + " refused"))));
            return;
        }
        EventLoop serverLoop = network.chance().pick(listener.loops());
        var connection = new Connection(network, from, loop, listener.owner(), serverLoop, port);
        network.opened(connection);
        connection.client.driver = driver;
        network.world().at(network.delayNanos(), () -> connection.arrive(listener));
    }

    /// For the client a connection is open while the server has not accepted it yet.
    private void arrive(Listener listener) {
        listener.come(this);
        network.world().at(network.delayNanos(), () -> client.loop.execute(() -> {
            if (client.closed) return;
            client.open = true;
            client.driver.onOpen(client);
            client.deliverHeld();
        }));
    }

    void accept(DriverFactory drivers) {
        server.loop.execute(() -> {
            if (broken || server.closed) return;
            ConnectionDriver driver = drivers.accept(server);
            if (driver == null) {
                breakNow("refused by the listener");
                return;
            }
            server.driver = driver;
            server.open = true;
            driver.onOpen(server);
            server.deliverHeld();
        });
    }

    boolean belongsTo(Incarnation process) {
        return client.process == process || server.process == process;
    }

    /// Both ends hear, each in its own time, that it is over; bytes on the way are lost.
    void breakNow(String why) {
        if (broken) return;
        broken = true;
        network.ended(this);
        var cause = new IOException("connection reset: " + why);
        network.world().at(network.delayNanos(), () -> client.loop.execute(() -> client.end(cause)));
        network.world().at(network.delayNanos(), () -> server.loop.execute(() -> server.end(cause)));
    }

    /// One end, as the code that owns it sees it.
    private final class End implements Link {
        private static final int HIGH_MARK_BYTES = 64 * 1024;
        private static final int LOW_MARK_BYTES = 32 * 1024;

        private record Message(List<Object> parts, Runnable whenDone) {}

        private final Incarnation process;
        private final EventLoop loop;
        private final String peerHost;
        private final int peerPort;
        private final int localPort;
        private final ArrayDeque<Message> queued = new ArrayDeque<>();
        /// Segments that have come while reading was stopped or before the driver was there.
        private final ArrayDeque<byte[]> held = new ArrayDeque<>();
        /// What has been sent into a partition, in order.
        private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
        private End other;
        private ConnectionDriver driver;
        private boolean open;
        private boolean closed;
        private boolean reading = true;
        private boolean closing;
        private boolean orderlyEndHasCome;
        private long lastArrivalNanos;
        private int unacknowledged;
        private boolean full;

        End(Incarnation process, EventLoop loop, String peerHost, int peerPort, int localPort) {
            this.process = process;
            this.loop = loop;
            this.peerHost = peerHost;
            this.peerPort = peerPort;
            this.localPort = localPort;
        }

        @Override public EventLoop loop() {
            return loop;
        }

        @Override public String peer() {
            return peerHost + ":" + peerPort;
        }

        @Override public String peerAddress() {
            return peerHost;
        }

        @Override public int localPort() {
            return localPort;
        }

        @Override public void write(List<Object> parts, Runnable whenDone) {
            if (closed || closing) {
                drop(new Message(parts, whenDone));
                return;
            }
            queued.add(new Message(parts, whenDone));
            for (Object part : parts) unacknowledged += part instanceof FileRecords region ? region.sizeInBytes() : ((ByteBuffer) part).remaining();
            if (unacknowledged > HIGH_MARK_BYTES) full = true;
        }

        @Override public void flush() {
            while (!queued.isEmpty() && !closed) {
                Message message = queued.poll();
                byte[] bytes;
                try {
                    bytes = bytesOf(message);
                } catch (IOException e) {
                    drop(message);
                    breakNow("cannot read what was to be sent: " + e.getMessage());
                    return;
                }
                drop(message);
                send(bytes);
            }
        }

        private static byte[] bytesOf(Message message) throws IOException {
            int total = 0;
            List<ByteBuffer> buffers = new ArrayList<>();
            for (Object part : message.parts()) {
                ByteBuffer bytes = part instanceof FileRecords region ? read(region) : (ByteBuffer) part;
                total += bytes.remaining();
                buffers.add(bytes);
            }
            ByteBuffer joined = ByteBuffer.allocate(total);
            buffers.forEach(joined::put);
            return joined.array();
        }

        private static ByteBuffer read(FileRecords region) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(region.sizeInBytes());
            while (bytes.hasRemaining()) {
                if (region.file().read(bytes, region.position() + bytes.position()) <= 0) throw new IOException("file region ends early");
            }
            return bytes.flip();
        }

        /// The message has left (or never will): its regions are given back and its owner is told.
        private void drop(Message message) {
            for (Object part : message.parts()) {
                if (part instanceof FileRecords region) region.release();
            }
            if (message.whenDone() != null) message.whenDone().run();
        }

        private void send(byte[] bytes) {
            Chance chance = network.chance();
            int resetAfter = network.world().faultPlan().strikes(Fault.CONNECTION_RESET) ? chance.between(0, bytes.length) : -1;
            int at = 0;
            while (at < bytes.length) {
                int length = chance.perMille(700) ? bytes.length - at : chance.between(1, bytes.length - at);
                if (resetAfter >= 0 && at + length > resetAfter) length = resetAfter - at;
                if (length > 0) {
                    byte[] segment = new byte[length];
                    System.arraycopy(bytes, at, segment, 0, length);
                    arriveLater(() -> other.arrived(segment));
                }
                at += length;
                if (at == resetAfter) {
                    arriveLater(() -> breakNow("after " + resetAfter + " of " + bytes.length + " bytes"));
                    return;
                }
            }
        }

        /// In order: nothing overtakes what was sent before on this connection.
        private void arriveLater(Runnable arrival) {
            long now = network.world().nowNanos();
            long at = Math.max(lastArrivalNanos + 1, now + network.delayNanos());
            lastArrivalNanos = at;
            network.world().at(at - now, () -> pass(arrival, now));
        }

        private void pass(Runnable arrival, long sentNanos) {
            if (broken) return;
            boolean isCut = network.isCut(process.node().name(), peerHost);
            boolean before = !waiting.isEmpty();
            if (!isCut && !before) {
                arrival.run();
                return;
            }
            waiting.add(arrival);
            if (!before) network.world().at(LOOK_AGAIN_NANOS, () -> passWaiting(sentNanos));
        }

        private void passWaiting(long sinceNanos) {
            if (broken) return;
            if (!network.isCut(process.node().name(), peerHost)) {
                while (!waiting.isEmpty()) waiting.poll().run();
            } else if (network.world().nowNanos() - sinceNanos > LONGEST_CUT_NANOS) {
                breakNow("no answer for too long");
            } else {
                network.world().at(LOOK_AGAIN_NANOS, () -> passWaiting(sinceNanos));
            }
        }

        private void arrived(byte[] segment) {
            loop.execute(() -> {
                if (closed) return;
                held.add(segment);
                deliverHeld();
            });
        }

        private void deliverHeld() {
            while (open && reading && !closed && !held.isEmpty()) {
                byte[] segment = held.poll();
                other.loop.execute(() -> other.taken(segment.length));
                driver.onBytes(ByteBuffer.wrap(segment));
            }
            if (orderlyEndHasCome && held.isEmpty()) end(null);
        }

        private void taken(int bytes) {
            unacknowledged -= bytes;
            if (full && unacknowledged < LOW_MARK_BYTES) {
                full = false;
                if (open && !closed) driver.onWritable();
            }
        }

        @Override public boolean isWritable() {
            return !full;
        }

        @Override public void setReading(boolean on) {
            reading = on;
            if (on) loop.execute(this::deliverHeld);
        }

        @Override public void close(boolean afterFlush) {
            if (closed || closing) return;
            closing = true;
            if (afterFlush) flush();
            while (!queued.isEmpty()) drop(queued.poll());
            arriveLater(() -> other.loop.execute(() -> {
                other.orderlyEndHasCome = true;
                other.deliverHeld();
            }));
            loop.execute(() -> end(null));
        }

        private void end(Throwable cause) {
            if (closed) return;
            closed = true;
            while (!queued.isEmpty()) drop(queued.poll());
            if (other.closed) network.ended(Connection.this);
            if (driver != null) driver.onClosed(cause);
        }

        @Override public String toString() {
            return process + " to " + peer();
        }
    }
}
