package millrace.logtool;

import java.io.PrintStream;
import java.nio.file.Path;

/// What cannot be shown, told on standard error and counted for the exit status.
final class Troubles {
    private final PrintStream out;
    private final PrintStream err;
    private int count;

    /// @param out flushed first, so that the two streams tell one story
    Troubles(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    void add(Path file, long position, String what) {
        add(file + ", position " + position + ": " + what);
    }

    void add(String what) {
        count++;
        out.flush();
        err.println("millrace: " + what);
    }

    boolean none() {
        return count == 0;
    }
}
