package millrace.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LoggingTest {
    @Test void aLineHasTimeLevelLoggerAndMessage() {
        assertThat(ConsoleLogger.line(1_795_235_547_108L, Level.INFO, "millrace.wire.X", "hello", null)).isEqualTo("2026-11-21T04:32:27.108Z INFO  millrace.wire.X  hello\n");
        assertThat(ConsoleLogger.line(0, Level.ERROR, "a", "b", null)).isEqualTo("1970-01-01T00:00:00.000Z ERROR a  b\n");
        assertThat(ConsoleLogger.line(-1, Level.WARN, "a", "b", null)).startsWith("1969-12-31T23:59:59.999Z");
    }

    @Test void theCalendarAgreesWithJavas() {
        for (long timestampMs = -60_000_000_000_000L; timestampMs < 200_000_000_000_000L; timestampMs += 8_640_012_345_678L)
            assertThat(ConsoleLogger.line(timestampMs, Level.INFO, "a", "b", null).substring(0, 10)).isEqualTo(java.time.Instant.ofEpochMilli(timestampMs).toString().substring(0, 10));
    }

    @Test void anExceptionFollowsItsLine() {
        assertThat(ConsoleLogger.line(0, Level.ERROR, "a", "b", new IllegalStateException("broken"))).contains("b\njava.lang.IllegalStateException: broken\n\tat ");
    }

    @Test void levelsGoByTheLongestPrefixAndMayChange() {
        Levels levels = new Levels();
        levels.set("warn,millrace.wire=debug");
        ConsoleLogger wire = levels.logger("millrace.wire.FailureLog"), other = levels.logger("millrace.wired");
        assertThat(wire.isDebugEnabled()).isTrue();
        assertThat(other.isInfoEnabled()).isFalse();
        levels.set("millrace.wire", null);
        assertThat(wire.isDebugEnabled()).isFalse();
        levels.set("", "OFF");
        assertThat(other.isErrorEnabled()).isFalse();
        assertThat(levels.of("millrace.wire.FailureLog")).isEqualTo("OFF");
        assertThat(levels.loggers()).containsExactly("millrace.wire.FailureLog", "millrace.wired");
    }

    @Test void aMisspeltLevelIsToldAndTheOthersCount() {
        try {
            assertThat(Logging.choose("info", Map.of("MILLRACE_LOG", "warn,millrace.wire=debgu"))).singleElement().asString()
                    .contains("MILLRACE_LOG", "'millrace.wire=debgu'", "debug", "left out");
            assertThat(Levels.SHARED.of("millrace.wire.FailureLog")).isEqualTo("WARN");
            assertThat(Logging.choose("error", Map.of("MILLRACE_LOG", "verbose"))).singleElement().asString().contains("'verbose'");
            assertThat(Levels.SHARED.of("millrace")).as("what counts without it").isEqualTo("ERROR");
            assertThat(Logging.choose("info", Map.of("MILLRACE_LOG", "info,millrace.wire=debug"))).isEmpty();
            assertThat(Logging.choose("info", Map.of())).isEmpty();
        } finally {
            Levels.SHARED.set("millrace.wire", null);
        }
    }
}
