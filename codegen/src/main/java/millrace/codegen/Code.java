package millrace.codegen;

/// Java text with indentation that follows the braces.
final class Code {
    private static final String STEP = "    ";

    private final StringBuilder text = new StringBuilder();
    private int depth;

    /// One line; `%s` and friends as in `String.format` when there are arguments.
    Code line(String format, Object... arguments) {
        String line = arguments.length == 0 ? format : String.format(format, arguments);
        if (line.startsWith("}")) depth--;
        if (!line.isEmpty()) text.append(STEP.repeat(depth)).append(line);
        text.append('\n');
        if (line.endsWith("{")) depth++;
        return this;
    }

    Code blank() {
        return line("");
    }

    @Override public String toString() {
        return text.toString();
    }
}
