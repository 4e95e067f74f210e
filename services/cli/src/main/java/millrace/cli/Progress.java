package millrace.cli;

/// One line on standard error that counts, where a person is watching. Otherwise silent.
final class Progress implements AutoCloseable {
    private static final long EVERY_NS = 200_000_000;

    private final Terminal terminal;
    private final boolean shown;
    private final String what;
    private final long begin = System.nanoTime();
    private long last = begin;

    Progress(Terminal terminal, boolean wanted, String what) {
        this.terminal = terminal;
        this.shown = wanted && terminal.interactive();
        this.what = what;
    }

    void at(long count) {
        if (!shown) return;
        long now = System.nanoTime();
        if (now - last < EVERY_NS) return;
        last = now;
        terminal.err().printf("\r  %,d %s, %,d a second ", count, what, count * 1_000_000_000L / (now - begin));
    }

    @Override public void close() {
        if (last != begin) terminal.err().print("\r\033[K");
    }
}
