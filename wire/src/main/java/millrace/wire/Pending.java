package millrace.wire;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// A value that somebody else will give once. Reading it before it is there is a mistake, and waiting for it is a [Condition].
public final class Pending<T> implements Condition {
    private record Value<T>(T value) {}

    private final AtomicReference<Value<T>> value = new AtomicReference<>();
    private final Signal signal = new Signal();

    public Pending() {
    }

    public static <T> Pending<T> of(T value) {
        var pending = new Pending<T>();
        pending.complete(value);
        return pending;
    }

    /// @return false when a value was there already; then it stays
    public boolean complete(T given) {
        boolean first = value.compareAndSet(null, new Value<>(given));
        if (first) signal.raise();
        return first;
    }

    public T get() {
        Value<T> given = value.get();
        if (given == null) throw new IllegalStateException("no value yet: a Pending is read only once its condition holds");
        return given.value();
    }

    /// Runs `consumer` with the value: right away on this thread when it is there, else on the thread that completes it. Once.
    public void whenDone(Consumer<? super T> consumer) {
        var once = new Watcher() {
            private final AtomicReference<Consumer<? super T>> left = new AtomicReference<>(consumer);

            @Override public void wake() {
                Consumer<? super T> mine = holds() ? left.getAndSet(null) : null;
                if (mine != null) mine.accept(get());
            }
        };
        watch(once);
        once.wake();
        if (once.left.get() == null) unwatch(once);
    }

    @Override public boolean holds() {
        return value.get() != null;
    }

    @Override public void watch(Watcher watcher) {
        signal.watch(watcher);
    }

    @Override public void unwatch(Watcher watcher) {
        signal.unwatch(watcher);
    }
}
