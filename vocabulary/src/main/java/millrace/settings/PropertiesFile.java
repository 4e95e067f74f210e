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
        String joined = joinedLines();
        int keyEnd = 0;
        while (keyEnd < joined.length() && !endsKey(joined.charAt(keyEnd))) keyEnd += joined.charAt(keyEnd) == '\\' ? 2 : 1;
        keyEnd = Math.min(keyEnd, joined.length());
        int valueStart = blanksEnd(joined, keyEnd);
        if (valueStart < joined.length() && (joined.charAt(valueStart) == '=' || joined.charAt(valueStart) == ':'))
            valueStart = blanksEnd(joined, valueStart + 1);
        String key = decoded(joined.substring(0, keyEnd), startLine), value = decoded(joined.substring(valueStart), startLine);
        if (!key.isEmpty()) properties.add(new Property(key, value, startLine));
        else if (!value.isEmpty()) malformed.add(new Malformed(startLine, "'" + value + "' has no key: write key=value"));
    }

    /// @return the natural lines that a backslash at the end ties together, other escapes still in place
    private String joinedLines() {
        StringBuilder joined = new StringBuilder();
        while (at < text.length() && !isLineEnd(text.charAt(at))) {
            char c = text.charAt(at++);
            boolean tied = c == '\\' && at < text.length() && isLineEnd(text.charAt(at));
            if (tied) {
                endLine();
                skipBlanks();
                if (joined.isEmpty()) return "";                   // nothing yet: the next line may still be a comment
            } else {
                joined.append(c);
                if (c == '\\' && at < text.length()) joined.append(text.charAt(at++));
            }
        }
        endLine();
        return joined.toString();
    }

    private static boolean endsKey(char c) {
        return c == '=' || c == ':' || isBlank(c);
    }

    private static int blanksEnd(String joined, int from) {
        int end = from;
        while (end < joined.length() && isBlank(joined.charAt(end))) end++;
        return end;
    }

    private String decoded(String escaped, int startLine) {
        if (escaped.indexOf('\\') < 0) return escaped;
        StringBuilder decoded = new StringBuilder();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c != '\\') {
                decoded.append(c);
            } else if (++i < escaped.length()) {
                char escapee = escaped.charAt(i);
                if (escapee == 'u') i += unicode(escaped, i + 1, decoded, startLine);
                else decoded.append(plain(escapee));
            }
        }
        return decoded.toString();
    }

    private static char plain(char escapee) {
        return switch (escapee) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'f' -> '\f';
            default -> escapee;
        };
    }

    /// @return how many characters the digits took
    private int unicode(String escaped, int from, StringBuilder decoded, int startLine) {
        int code = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < escaped.length() ? Character.digit(escaped.charAt(i), 16) : -1;
            if (digit < 0) {
                malformed.add(new Malformed(startLine, "\\u must be followed by four hexadecimal digits (a backslash itself is written \\\\)"));
                return 0;
            }
            code = code * 16 + digit;
        }
        decoded.append((char) code);
        return 4;
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
