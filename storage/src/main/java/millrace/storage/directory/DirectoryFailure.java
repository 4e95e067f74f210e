package millrace.storage.directory;

import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import millrace.storage.log.LogDirFailure;

/// The one failure that takes a log directory offline, for good.
///
/// Invariant: the first one counts, it is told once to the directory's listener, and to every other listener before or after.
final class DirectoryFailure {
    private final Consumer<LogDirFailure> first;
    private final AtomicReference<LogDirFailure> failure = new AtomicReference<>();
    private final CopyOnWriteArrayList<Consumer<LogDirFailure>> listeners = new CopyOnWriteArrayList<>();

    /// @param first told before all others
    DirectoryFailure(Consumer<LogDirFailure> first) {
        this.first = first;
    }

    Optional<LogDirFailure> get() {
        return Optional.ofNullable(failure.get());
    }

    boolean hasHappened() {
        return failure.get() != null;
    }

    void throwIt() {
        if (failure.get() != null) throw failure.get();
    }

    /// @return the failure that ended it, which may be an earlier one
    LogDirFailure met(LogDirFailure met) {
        if (failure.compareAndSet(null, met)) {
            first.accept(met);
            for (var each : listeners) each.accept(met);
        }
        return failure.get();
    }

    /// In a race with the failure perhaps twice.
    void listen(Consumer<LogDirFailure> listener) {
        listeners.add(listener);
        if (failure.get() != null) listener.accept(failure.get());
    }
}
