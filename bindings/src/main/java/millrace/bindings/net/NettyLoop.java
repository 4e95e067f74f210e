package millrace.bindings.net;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;

import millrace.ports.Cancellable;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One of Netty's loops, as the port has it. Once the [NettyNet] is closed, what it is given is dropped: a worker that ends
/// after that has nobody left to tell.
final class NettyLoop implements millrace.ports.EventLoop {
    private static final Logger LOG = LoggerFactory.getLogger(NettyLoop.class);

    private final EventLoop loop;

    NettyLoop(EventLoop loop) {
        this.loop = loop;
    }

    EventLoop netty() {
        return loop;
    }

    @Override public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            LOG.debug("A task came after its event loop had ended");
        }
    }

    @Override public Cancellable schedule(long delayMs, Runnable task) {
        try {
            Future<?> scheduled = loop.schedule(task, delayMs, TimeUnit.MILLISECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException ended) {
            LOG.debug("A timer came after its event loop had ended");
            return () -> { };
        }
    }

    @Override public boolean inLoop() {
        return loop.inEventLoop();
    }
}
