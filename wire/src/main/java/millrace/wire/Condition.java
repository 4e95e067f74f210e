package millrace.wire;

import java.util.List;
import java.util.function.BooleanSupplier;

/// Something that will hold sooner or later, and whoever wants to know is told when to look again.
/// All methods are safe from any thread.
public interface Condition {
    boolean holds();

    /// From now on `watcher` is woken whenever the condition may have come to hold. Spurious wake-ups are allowed, lost ones are not:
    /// whoever watches looks at [#holds] once more after this returns.
    void watch(Watcher watcher);

    void unwatch(Watcher watcher);

    /// Is told to look again. Called from any thread, must be cheap and must not throw.
    @FunctionalInterface
    interface Watcher {
        void wake();
    }

    /// A condition that comes to hold earlier when it is asked to: waiting for it is a favour to the one who waits, and not worth it
    /// when others would have to wait with him. It is told of that on the connection's loop, once at most, and must not throw.
    interface Yielding extends Condition {
        /// What is waited for.
        Condition awaited();

        @Override default boolean holds() {
            return awaited().holds();
        }

        @Override default void watch(Watcher watcher) {
            awaited().watch(watcher);
        }

        @Override default void unwatch(Watcher watcher) {
            awaited().unwatch(watcher);
        }

        /// Something waits behind this on the same connection: hold soon.
        void othersWait();

        /// The connection has gone before it came to hold.
        void nobodyWaits();
    }

    /// A condition that can only have changed when one of the signals is raised.
    static Condition on(List<Signal> signals, BooleanSupplier holds) {
        return new Condition() {
            @Override public boolean holds() {
                return holds.getAsBoolean();
            }

            @Override public void watch(Watcher watcher) {
                for (Signal signal : signals) signal.watch(watcher);
            }

            @Override public void unwatch(Watcher watcher) {
                for (Signal signal : signals) signal.unwatch(watcher);
            }
        };
    }
}
