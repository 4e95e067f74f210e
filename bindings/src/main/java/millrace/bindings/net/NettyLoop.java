package millrace.bindings.net;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;

import millrace.ports.Cancellable;

/// One of Netty's loops, as the port has it.
final class NettyLoop implements millrace.ports.EventLoop {
    private final EventLoop loop;

    NettyLoop(EventLoop loop) {
        this.loop = loop;
    }

    EventLoop netty() {
        return loop;
    }

    @Override public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override public Cancellable schedule(long delayMs, Runnable task) {
        Future<?> scheduled = loop.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override public boolean inLoop() {
        return loop.inEventLoop();
    }
}
