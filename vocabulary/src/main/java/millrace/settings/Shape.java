package millrace.settings;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;

/// Forms that more than a range or a choice is needed for.
enum Shape {
    VOTERS("id@host:port, separated by commas"),
    HOST_PORTS("host:port, separated by commas"),
    THROTTLED_REPLICAS("* or partition:broker, separated by commas"),
    OFFSET_RESET("latest, earliest or by_duration: and an ISO-8601 duration such as by_duration:PT1H");

    private final String form;

    Shape(String form) {
        this.form = form;
    }

    /// @return the form as part of a sentence
    String form() {
        return form;
    }

    boolean fits(Object value) {
        if (this == OFFSET_RESET) return isOffsetReset((String) value);
        if (this == THROTTLED_REPLICAS && value.equals(List.of("*"))) return true;
        for (Object part : (List<?>) value) if (!fitsPart((String) part)) return false;
        return true;
    }

    private boolean fitsPart(String part) {
        return switch (this) {
            case VOTERS -> VoterAddress.parse(part) != null;
            case HOST_PORTS -> part.indexOf('@') < 0 && HostPort.parse(part) != null;      // a voter is a likely mix-up
            default -> isPartitionAndBroker(part);
        };
    }

    private static boolean isPartitionAndBroker(String text) {
        int colon = text.indexOf(':');
        return colon > 0 && isDigits(text.substring(0, colon)) && isDigits(text.substring(colon + 1));
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isOffsetReset(String text) {
        if (text.equals("latest") || text.equals("earliest")) return true;
        if (!text.startsWith("by_duration:")) return false;
        try {
            return !Duration.parse(text.substring("by_duration:".length())).isNegative();
        } catch (DateTimeParseException notADuration) {
            return false;
        }
    }
}
