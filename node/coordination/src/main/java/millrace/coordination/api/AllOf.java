package millrace.coordination.api;

import java.util.ArrayList;
import java.util.List;

import millrace.wire.Condition;
import millrace.wire.Pending;

/// Holds when every one of several answers is there.
record AllOf<T>(List<Pending<T>> parts) implements Condition {
    AllOf {
        parts = List.copyOf(parts);
    }

    @Override public boolean holds() {
        for (Pending<T> part : parts) {
            if (!part.holds()) return false;
        }
        return true;
    }

    @Override public void watch(Watcher watcher) {
        for (Pending<T> part : parts) part.watch(watcher);
    }

    @Override public void unwatch(Watcher watcher) {
        for (Pending<T> part : parts) part.unwatch(watcher);
    }

    List<T> values() {
        List<T> values = new ArrayList<>(parts.size());
        for (Pending<T> part : parts) values.add(part.get());
        return values;
    }
}
