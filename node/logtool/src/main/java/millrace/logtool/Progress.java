package millrace.logtool;

/// One line on standard error that says how much has been read, where a person is watching. Otherwise silent.
final class Progress implements AutoCloseable {
    private static final long EVERY_NS = 200_000_000;
    private static final double MIB = 1 << 20;

    private final Console console;
    private final long begin = System.nanoTime();
    private long last = begin;
    private long bytes;

    Progress(Console console) {
        this.console = console;
    }

    void read(String what, long more) {
        bytes += more;
        if (!console.interactive()) return;
        long now = System.nanoTime();
        if (now - last < EVERY_NS) return;
        last = now;
        double seconds = (now - begin) / 1e9;
        console.err().printf("\r\033[K  %,.0f MiB read, %,.0f MiB/s, %.60s ", bytes / MIB, bytes / MIB / seconds, what);
    }

    /// Makes room for a line that stays.
    void clear() {
        if (console.interactive() && last != begin) console.err().print("\r\033[K");
    }

    @Override public void close() {
        clear();
    }
}
