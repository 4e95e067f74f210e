package millrace.bindings.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;

import millrace.ports.EventLoop;
import millrace.ports.FileRecords;
import millrace.ports.Net;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection: Netty's end of a [Net.ConnectionDriver].
///
/// Small parts of messages are gathered in one buffer (`tail`) until the flush, so that many small answers are one write and
/// one system call; large buffers and large file regions go by themselves.
///
/// A close after flush lingers: our side of the connection ends first, and what the peer still sends is read and dropped for a
/// moment. Closing at once would answer those bytes with a reset, which can destroy answers that the peer has not read yet.
final class NettyLink extends ChannelInboundHandlerAdapter implements Net.Link {
    /// From this size on a region goes by sendfile; below, reading it into the answer's buffer is cheaper than its own system call.
    static final int SENDFILE_BYTES = 64 << 10;
    /// From this size on a buffer is not gathered.
    private static final int GATHERED_BYTES = 16 << 10;
    private static final int FIRST_TAIL_BYTES = 1 << 10;
    private static final int MAX_TAIL_BYTES = 256 << 10;
    private static final long FLUSH_BEFORE_CLOSE_MS = 10_000;
    private static final long LINGER_MS = 500;

    /// A connection that ended before it was looked at has no addresses any more.
    private static final String GONE = "gone";

    private static final Logger LOG = LoggerFactory.getLogger(NettyLink.class);

    private final EventLoop loop;
    private final Net.DriverFactory drivers;
    private Net.ConnectionDriver driver;
    private ChannelHandlerContext context;
    private InetSocketAddress remote;
    private InetSocketAddress local;
    private ByteBuf tail;
    private final List<Runnable> tailDone = new ArrayList<>();
    private boolean closing;
    private Future<?> closeTimer;
    private Throwable cause;

    NettyLink(EventLoop loop, Net.DriverFactory drivers) {
        this.loop = loop;
        this.drivers = drivers;
    }

    // ---- what Netty tells ----

    @Override public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        remote = (InetSocketAddress) ctx.channel().remoteAddress();
        local = (InetSocketAddress) ctx.channel().localAddress();
        driver = drivers.accept(this);
        if (driver == null) ctx.close();
        else driver.onOpen(this);
    }

    @Override public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        try {
            if (driver != null && !closing) driver.onBytes(bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes()));
        } finally {
            bytes.release();
        }
    }

    @Override public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (driver != null && ctx.channel().isWritable()) driver.onWritable();
    }

    @Override public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        if (cause == null) cause = failure;
        if (!(failure instanceof IOException)) LOG.error("The connection from {} is closed because of a failure on this side", peer(), failure);
        closing = true;
        ctx.close();
    }

    @Override public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        if (closeTimer != null) closeTimer.cancel(false);
        dropTail();
        Net.ConnectionDriver told = driver;
        driver = null;
        if (told != null) told.onClosed(cause);
    }

    // ---- what the driver asks ----

    @Override public EventLoop loop() {
        return loop;
    }

    @Override public String peer() {
        return remote == null ? GONE : peerAddress() + ":" + remote.getPort();
    }

    @Override public String peerAddress() {
        return remote == null ? GONE : remote.getAddress().getHostAddress();
    }

    @Override public int localPort() {
        return local == null ? 0 : local.getPort();
    }

    @Override public void write(List<Object> parts, Runnable whenDone) {
        ChannelFuture last = null;
        for (int i = 0; i < parts.size(); i++) {
            try {
                last = write(parts.get(i));
            } catch (IOException | RuntimeException unreadable) {
                fail(unreadable);
                releaseFrom(parts, i + 1);
                if (whenDone != null) whenDone.run();
                return;
            }
        }
        if (whenDone == null) return;
        if (last == null) tailDone.add(whenDone);
        else last.addListener(_ -> whenDone.run());
    }

    @Override public void flush() {
        writeTail();
        context.flush();
    }

    @Override public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override public void setReading(boolean reading) {
        if (!closing) context.channel().config().setAutoRead(reading);
    }

    @Override public void close(boolean afterFlush) {
        if (!afterFlush) {
            closing = true;
            context.close();
        } else if (!closing) {
            closing = true;
            closeWithin(FLUSH_BEFORE_CLOSE_MS);
            writeTail();
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> endOurSide());
        }
    }

    // ---- writing ----

    /// @return what tells that the part has been sent; null while it is in `tail`
    private ChannelFuture write(Object part) throws IOException {
        return switch (part) {
            case ByteBuffer bytes when bytes.remaining() < GATHERED_BYTES -> {
                room(bytes.remaining()).writeBytes(bytes);
                yield null;
            }
            case ByteBuffer bytes -> {
                writeTail();
                yield context.write(Unpooled.wrappedBuffer(bytes));
            }
            case FileRecords region when region.sizeInBytes() < SENDFILE_BYTES -> {
                gather(region);
                yield null;
            }
            case FileRecords region -> {
                writeTail();
                yield context.write(FileRegions.of(region));
            }
            default -> throw new IllegalArgumentException("a link cannot send a " + part.getClass().getName());
        };
    }

    private void gather(FileRecords region) throws IOException {
        try {
            int length = region.sizeInBytes();
            ByteBuf target = room(length);
            ByteBuffer place = target.internalNioBuffer(target.writerIndex(), length);
            FileRegions.readFully(region.file(), place, region.position());
            target.writerIndex(target.writerIndex() + length);
        } finally {
            region.release();
        }
    }

    private ByteBuf room(int bytes) {
        if (tail != null && tail.readableBytes() + bytes > MAX_TAIL_BYTES) writeTail();
        if (tail == null) tail = context.alloc().directBuffer(Math.max(FIRST_TAIL_BYTES, bytes));
        return tail.ensureWritable(bytes);
    }

    private void writeTail() {
        if (tail == null) return;
        ByteBuf full = tail;
        tail = null;
        if (tailDone.isEmpty()) {
            context.write(full, context.voidPromise());
            return;
        }
        List<Runnable> done = List.copyOf(tailDone);
        tailDone.clear();
        ChannelPromise promise = context.newPromise();
        promise.addListener(_ -> done.forEach(Runnable::run));
        context.write(full, promise);
    }

    private void dropTail() {
        if (tail != null) tail.release();
        tail = null;
        List<Runnable> done = List.copyOf(tailDone);
        tailDone.clear();
        done.forEach(Runnable::run);
    }

    /// Half an answer cannot be taken back, so the connection ends.
    private void fail(Exception unreadable) {
        LOG.error("An answer to {} could not be sent whole, the connection is closed", peer(), unreadable);
        cause = unreadable;
        closing = true;
        context.close();
    }

    private static void releaseFrom(List<Object> parts, int first) {
        for (Object part : parts.subList(first, parts.size())) if (part instanceof FileRecords region) region.release();
    }

    // ---- closing ----

    private void endOurSide() {
        if (!context.channel().isActive()) return;
        context.channel().config().setAutoRead(true);
        ((DuplexChannel) context.channel()).shutdownOutput();
        closeWithin(LINGER_MS);
    }

    private void closeWithin(long ms) {
        if (closeTimer != null) closeTimer.cancel(false);
        closeTimer = context.channel().eventLoop().schedule(() -> context.close(), ms, TimeUnit.MILLISECONDS);
    }
}
