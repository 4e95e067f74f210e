package millrace.compat.differential;

import java.util.function.Consumer;

/// A named sequence of questions. It starts on a node that other scripts have used, so it brings its own topics and groups.
record Script(String name, Consumer<Session> steps) {
    @Override public String toString() {
        return name;
    }
}
