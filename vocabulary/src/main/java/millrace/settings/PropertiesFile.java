package millrace.settings;

import java.util.ArrayList;
import java.util.List;

/// Reads Java's properties syntax (comments with `#` or `!`, `key=value`, `key: value` or `key value`, a backslash at the
/// end of a line goes on with the next one, `\t \n \r \f \\` and `\` + `uXXXX`), and remembers lines, which
/// [java.util.Properties] does not. Source: its class documentation.
public final class PropertiesFile {
    /// @param line of the key, counted from 1
    public record Property(String key, String value, int line) {}

    /// @param line counted from 1
    public record Malformed(int line, String message) {}

    private final String text;
    private final List<Property> properties = new ArrayList<>();
    private final List<Malformed> malformed = new ArrayList<>();
    private int at;
    private int line = 1;

    private PropertiesFile(String text) {
        this.text = text;
    }

    /// @param text the file's content, each byte one character (ISO-8859-1), as Java and Kafka read it
    public static PropertiesFile parse(String text) {
        PropertiesFile file = new PropertiesFile(text);
        while (file.at < text.length()) file.logicalLine();
        return file;
    }

    /// @return in the file's order; a key may appear twice
    public List<Property> properties() {
        return List.copyOf(properties);
    }

    public List<Malformed> malformed() {
        return List.copyOf(malformed);
    }

    private void logicalLine() {
        skipBlanks();
        if (at >= text.length()) return;
        char first = text.charAt(at);
        if (first == '#' || first == '!') skipNaturalLine();
        else if (isLineEnd(first)) endLine();
        else property();
    }

    private void property() {
        int startLine = line;
        StringBuilder key = new StringBuilder(), value = new StringBuilder();
        boolean inKey = true;
        while (at < text.length() && !isLineEnd(text.charAt(at))) {
            char c = text.charAt(at);
            if (c == '\\') {
                escape(inKey ? key : value);
            } else if (inKey && (c == '=' || c == ':' || isBlank(c))) {
                inKey = false;
                skipSeparator();
            } else {
                (inKey ? key : value).append(c);
                at++;
            }
        }
        endLine();
        properties.add(new Property(key.toString(), value.toString(), startLine));
    }

    private void skipSeparator() {
        skipBlanks();
        if (at < text.length() && (text.charAt(at) == '=' || text.charAt(at) == ':')) at++;
        skipBlanks();
    }

    private void escape(StringBuilder into) {
        at++;
        if (at >= text.length()) return;
        char c = text.charAt(at);
        if (isLineEnd(c)) {
            endLine();
            skipBlanks();
            return;
        }
        at++;
        switch (c) {
            case 't' -> into.append('\t');
            case 'n' -> into.append('\n');
            case 'r' -> into.append('\r');
            case 'f' -> into.append('\f');
            case 'u' -> unicode(into);
            default -> into.append(c);
        }
    }

    private void unicode(StringBuilder into) {
        try {
            into.append((char) Integer.parseInt(text, at, Math.min(at + 4, text.length()), 16));
            at += 4;
        } catch (NumberFormatException | IndexOutOfBoundsException notFourDigits) {
            malformed.add(new Malformed(line, "\\u must be followed by four hexadecimal digits (a backslash itself is written \\\\)"));
        }
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) at++;
    }

    private void skipNaturalLine() {
        while (at < text.length() && !isLineEnd(text.charAt(at))) at++;
        endLine();
    }

    /// Steps over one line end: `\n`, `\r` or `\r\n`.
    private void endLine() {
        if (at >= text.length()) return;
        if (text.charAt(at) == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n') at++;
        at++;
        line++;
    }

    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r';
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\f';
    }
}
