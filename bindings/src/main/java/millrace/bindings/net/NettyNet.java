package millrace.bindings.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;

import millrace.ports.EventLoop;
import millrace.ports.Net;

/// [Net] on Netty. Make one for each process; [#close] ends its loops.
public final class NettyNet implements Net, AutoCloseable {
    static {
        NettyProperties.setUnlessGiven();
    }

    /// A megabyte from the pool must fit in a chunk; small, because the JDK zeroes a chunk when it gives it, which makes all of it resident.
    private static final int PAGE_BYTES = 8 << 10;
    private static final int CHUNK_ORDER = 9;
    private static final int FIRST_READ_BYTES = 2 << 10;
    private static final int LEAST_READ_BYTES = 512;
    /// Before the other connections of the loop are looked at: four large produce requests, say.
    private static final int READS_IN_A_ROW = 4;
    private static final long QUIET_MS = 0;
    private static final long CLOSE_WITHIN_MS = 3_000;

    private final NetSettings settings;
    private final EventLoopGroup group;
    private final List<NettyLoop> loops = new ArrayList<>();
    private final ByteBufAllocator allocator;
    private final boolean nativeTransport;

    /// Loads the library's classes and native code on a thread of its own, for a process that has something else to do until it needs them.
    public static void loadAhead() {
        Thread.ofPlatform().daemon().name("load-net").start(NettyNet::load);
    }

    /// A channel brings its pipeline, and that reads the annotations of its handlers.
    private static void load() {
        if (Epoll.isAvailable()) new EpollServerSocketChannel().unsafe().closeForcibly();
    }

    /// Takes the native transport where there is one.
    public NettyNet(NetSettings settings) {
        this(settings, Epoll.isAvailable());
    }

    NettyNet(NetSettings settings, boolean nativeTransport) {
        this.settings = settings;
        this.nativeTransport = nativeTransport;
        IoHandlerFactory transport = nativeTransport ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(settings.loops(), new DefaultThreadFactory("millrace-loop", true), transport);
        for (EventExecutor each : group) loops.add(new NettyLoop((io.netty.channel.EventLoop) each));
        this.allocator = new PooledByteBufAllocator(true, 0, settings.loops(), PAGE_BYTES, CHUNK_ORDER, 0, 0, true);
    }

    /// @return which transport is used, for the log at start
    public String transport() {
        return nativeTransport ? "epoll" : "nio";
    }

    @Override public List<? extends EventLoop> loops() {
        return loops;
    }

    @Override public Listening listen(String host, int port) throws IOException {
        var drivers = new DriversToCome();
        var bootstrap = new ServerBootstrap()
            .group(group)
            .channel(serverChannel())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.SO_BACKLOG, settings.backlog())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(settings.lowMarkBytes(), settings.highMarkBytes()))
            .childHandler(initializer(drivers));
        // of the listening socket, because the window is agreed on before a connection is accepted
        if (settings.receiveBufferBytes() > 0) bootstrap.option(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes());
        if (settings.sendBufferBytes() > 0) bootstrap.childOption(ChannelOption.SO_SNDBUF, settings.sendBufferBytes());
        ChannelFuture bound = bootstrap.bind(addressOf(host, port)).awaitUninterruptibly();
        if (!bound.isSuccess()) throw new IOException("cannot listen on " + host + ":" + port + ": " + bound.cause().getMessage()
            + "; choose another port, or stop what uses this one", bound.cause());
        return new Bound(host, bound.channel(), drivers);
    }

    /// Only a name has to be looked up, which may block, so it is done on a thread of its own.
    @Override public void connect(String host, int port, EventLoop loop, ConnectionDriver driver) {
        var own = (NettyLoop) loop;
        InetAddress literal = literal(host);
        if (literal != null) {
            connect(new InetSocketAddress(literal, port), own, driver);
            return;
        }
        Thread.ofVirtual().name("look up " + host).start(() -> {
            try {
                connect(new InetSocketAddress(InetAddress.getByName(host), port), own, driver);
            } catch (UnknownHostException unknown) {
                own.execute(() -> driver.onClosed(new IOException("cannot connect to " + host + ":" + port + ": no such host", unknown)));
            }
        });
    }

    /// Closes every connection and ends the loops, within a bound.
    @Override public void close() {
        group.shutdownGracefully(QUIET_MS, CLOSE_WITHIN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(2 * CLOSE_WITHIN_MS);
    }

    private void connect(InetSocketAddress address, NettyLoop loop, ConnectionDriver driver) {
        var bootstrap = new Bootstrap()
            .group(loop.netty())
            .channel(nativeTransport ? EpollSocketChannel.class : NioSocketChannel.class)
            .disableResolver()
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, settings.connectTimeoutMs())
            .option(ChannelOption.ALLOCATOR, allocator)
            .option(ChannelOption.RECVBUF_ALLOCATOR, reads())
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(settings.lowMarkBytes(), settings.highMarkBytes()))
            .handler(initializer(_ -> driver));
        if (settings.receiveBufferBytes() > 0) bootstrap.option(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes());
        if (settings.sendBufferBytes() > 0) bootstrap.option(ChannelOption.SO_SNDBUF, settings.sendBufferBytes());
        bootstrap.connect(address).addListener(connected -> {
            if (connected.isSuccess()) return;
            String text = "cannot connect to " + address.getAddress().getHostAddress() + ":" + address.getPort() + ": " + connected.cause().getMessage();
            driver.onClosed(new IOException(text, connected.cause()));
        });
    }

    private ChannelInitializer<Channel> initializer(DriverFactory drivers) {
        return new ChannelInitializer<>() {
            @Override protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new NettyLink(loopOf(channel), drivers));
            }
        };
    }

    private NettyLoop loopOf(Channel channel) {
        for (NettyLoop each : loops) if (each.netty() == channel.eventLoop()) return each;
        throw new IllegalStateException("a connection on a loop that is not ours");
    }

    private Class<? extends ServerChannel> serverChannel() {
        return nativeTransport ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /// Begins small, since most connections are idle, and grows with what comes.
    private RecvByteBufAllocator reads() {
        return new AdaptiveRecvByteBufAllocator(LEAST_READ_BYTES, FIRST_READ_BYTES, settings.maxReadBytes()).maxMessagesPerRead(READS_IN_A_ROW);
    }

    private static InetSocketAddress addressOf(String host, int port) throws IOException {
        if (host.isEmpty()) return new InetSocketAddress(port);
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException unknown) {
            throw new IOException("cannot listen on " + host + ":" + port + ": no such host", unknown);
        }
    }

    private static InetAddress literal(String host) {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException name) {
            return null;
        }
    }

    /// Stands in the pipeline before it is known who will drive the connections; none is accepted until then.
    private static final class DriversToCome implements DriverFactory {
        private volatile DriverFactory drivers;

        @Override public ConnectionDriver accept(Link link) {
            return drivers.accept(link);
        }
    }

    private record Bound(String host, Channel channel, DriversToCome toCome) implements Listening {
        @Override public int port() {
            return ((InetSocketAddress) channel.localAddress()).getPort();
        }

        @Override public void accept(DriverFactory drivers) {
            toCome.drivers = drivers;
            channel.config().setAutoRead(true);
        }

        @Override public void close() {
            ChannelFuture closed = channel.close();
            if (!channel.eventLoop().inEventLoop()) closed.awaitUninterruptibly(CLOSE_WITHIN_MS);
        }
    }
}
