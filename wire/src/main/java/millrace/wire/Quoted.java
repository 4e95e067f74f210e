package millrace.wire;

/// Words of a peer's, fit for a log: short, and without characters that could pretend to be another line.
final class Quoted {
    private static final int MAX_CHARS = 64;

    private Quoted() {
    }

    static String of(String text) {
        var quoted = new StringBuilder("'");
        for (int i = 0; i < Math.min(text.length(), MAX_CHARS); i++) {
            char c = text.charAt(i);
            quoted.append(c < ' ' || c > '~' || c == '\'' ? '?' : c);
        }
        if (text.length() > MAX_CHARS) quoted.append("...");
        return quoted.append('\'').toString();
    }
}
