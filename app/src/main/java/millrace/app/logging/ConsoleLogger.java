package millrace.app.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/// Writes events as lines: `2026-11-21T04:00:47.108Z INFO  millrace.wire.FailureLog  the message`.
final class ConsoleLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    /// Unbuffered: an event is formatted whole and handed over in one write.
    private static final OutputStream STANDARD_ERROR = new FileOutputStream(FileDescriptor.err);

    private volatile int threshold;

    ConsoleLogger(String name, int threshold) {
        this.name = name;
        this.threshold = threshold;
    }

    void threshold(int newThreshold) {
        threshold = newThreshold;
    }

    @Override public boolean isTraceEnabled() {
        return Level.TRACE.toInt() >= threshold;
    }

    @Override public boolean isDebugEnabled() {
        return Level.DEBUG.toInt() >= threshold;
    }

    @Override public boolean isInfoEnabled() {
        return Level.INFO.toInt() >= threshold;
    }

    @Override public boolean isWarnEnabled() {
        return Level.WARN.toInt() >= threshold;
    }

    @Override public boolean isErrorEnabled() {
        return Level.ERROR.toInt() >= threshold;
    }

    @Override protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override protected void handleNormalizedLoggingCall(Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
        byte[] line = line(System.currentTimeMillis(), level, name, MessageFormatter.basicArrayFormat(pattern, arguments), thrown).getBytes(StandardCharsets.UTF_8);
        try {
            STANDARD_ERROR.write(line);
        } catch (IOException nobodyListens) {
            // A closed standard error is no reason to stop serving, and there is nowhere left to say so.
        }
    }

    static String line(long timestampMs, Level level, String name, String message, Throwable thrown) {
        StringBuilder line = new StringBuilder(128);
        appendTime(line, timestampMs);
        line.append(' ').append(level.name());
        if (level.name().length() == 4) line.append(' ');
        line.append(' ').append(name).append("  ").append(message).append('\n');
        if (thrown != null) line.append(stackTrace(thrown));
        return line.toString();
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    /// UTC, ISO 8601. By hand, because the JDK's formatters and time zones would cost 30 ms with the first line.
    /// The calendar is Howard Hinnant's `civil_from_days`: years begin in March, eras have 400 years.
    private static void appendTime(StringBuilder line, long timestampMs) {
        long days = Math.floorDiv(timestampMs, 86_400_000L);
        int ms = (int) Math.floorMod(timestampMs, 86_400_000L);
        long shifted = days + 719_468;
        long era = Math.floorDiv(shifted, 146_097L);
        long dayOfEra = shifted - era * 146_097;
        long yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long marchMonth = (5 * dayOfYear + 2) / 153;
        int day = (int) (dayOfYear - (153 * marchMonth + 2) / 5 + 1);
        int month = (int) (marchMonth < 10 ? marchMonth + 3 : marchMonth - 9);
        digits(line, (int) (yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), 1_000).append('-');
        digits(line, month, 10).append('-');
        digits(line, day, 10).append('T');
        digits(line, ms / 3_600_000, 10).append(':');
        digits(line, ms / 60_000 % 60, 10).append(':');
        digits(line, ms / 1_000 % 60, 10).append('.');
        digits(line, ms % 1_000, 100).append('Z');
    }

    private static StringBuilder digits(StringBuilder line, int number, int highest) {
        for (int place = highest; place > 0; place /= 10) line.append((char) ('0' + number / place % 10));
        return line;
    }
}
