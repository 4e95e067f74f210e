package millrace.settings;

import java.util.ArrayList;
import java.util.List;

/// Which values of the right type are allowed.
public sealed interface Bounds {
    /// Every value.
    record Any() implements Bounds {}

    /// A number from `min` to `max`, both included; null is no limit.
    record Range(Double min, Double max) implements Bounds {}

    /// A number from `min` to `max`, or the one value that means "choose for me".
    record RangeOr(long alternative, long min, long max) implements Bounds {}

    /// One of these texts.
    record OneOf(List<String> allowed, boolean ignoringCase) implements Bounds {}

    /// A text of at least one character.
    record NotEmpty() implements Bounds {}

    /// Parts that are not empty and not repeated, each one of `allowed` (any when that is empty).
    record Parts(List<String> allowed, boolean mayBeEmpty) implements Bounds {}

    /// Parts of a form of their own.
    record Shaped(Shape shape) implements Bounds {}

    enum Shape {
        VOTERS("id@host:port, separated by commas"),
        HOST_PORTS("host:port, separated by commas"),
        THROTTLED_REPLICAS("* or partition:broker, separated by commas"),
        OFFSET_RESET("latest, earliest or by_duration: and an ISO-8601 duration such as by_duration:PT1H");

        private final String form;

        Shape(String form) {
            this.form = form;
        }
    }

    Bounds ANY = new Any();

    /// Reads the bounds field of the tables: nothing, `[1,100]` (either side may be missing), `-1|[1,9]`, `{a|b}`, `~{a|b}`
    /// (ignoring case), `nonempty`, `list` (`list0` may be empty, `list{a|b}` has these parts only), or a shape's name.
    static Bounds parse(String field) {
        if (field.isEmpty()) return ANY;
        return switch (field.charAt(0)) {
            case '[' -> {
                int comma = field.indexOf(',');
                yield new Range(limit(field.substring(1, comma)), limit(field.substring(comma + 1, field.length() - 1)));
            }
            case '{' -> new OneOf(choices(field), false);
            case '~' -> new OneOf(choices(field), true);
            case '-' -> new RangeOr(Long.parseLong(field.substring(0, field.indexOf('|'))),
                    Long.parseLong(field.substring(field.indexOf('[') + 1, field.indexOf(','))),
                    Long.parseLong(field.substring(field.indexOf(',') + 1, field.length() - 1)));
            default -> switch (field) {
                case "nonempty" -> new NotEmpty();
                case "voters" -> new Shaped(Shape.VOTERS);
                case "hostports" -> new Shaped(Shape.HOST_PORTS);
                case "throttled" -> new Shaped(Shape.THROTTLED_REPLICAS);
                case "offsetreset" -> new Shaped(Shape.OFFSET_RESET);
                default -> new Parts(field.indexOf('{') < 0 ? List.of() : choices(field), field.startsWith("list0"));
            };
        };
    }

    private static Double limit(String text) {
        return text.isEmpty() ? null : Double.valueOf(text);
    }

    private static List<String> choices(String field) {
        List<String> choices = new ArrayList<>();
        int from = field.indexOf('{') + 1;
        for (int bar = field.indexOf('|', from); bar >= 0; bar = field.indexOf('|', from)) {
            choices.add(field.substring(from, bar));
            from = bar + 1;
        }
        choices.add(field.substring(from, field.length() - 1));
        return List.copyOf(choices);
    }

    /// @return whether a value of the setting's type lies within
    default boolean allow(Object value) {
        return switch (this) {
            case Any() -> true;
            case Range(Double min, Double max) -> {
                double number = ((Number) value).doubleValue();
                yield (min == null || number >= min) && (max == null || number <= max);
            }
            case RangeOr(long alternative, long min, long max) -> {
                long number = ((Number) value).longValue();
                yield number == alternative || number >= min && number <= max;
            }
            case OneOf(List<String> allowed, boolean ignoringCase) -> contains(allowed, (String) value, ignoringCase);
            case NotEmpty() -> !((String) value).isEmpty();
            case Parts(List<String> allowed, boolean mayBeEmpty) -> {
                List<?> parts = (List<?>) value;
                yield (mayBeEmpty || !parts.isEmpty()) && !parts.contains("")
                        && parts.stream().distinct().count() == parts.size() && (allowed.isEmpty() || allowed.containsAll(parts));
            }
            case Shaped(Shape shape) -> shaped(shape, value);
        };
    }

    private static boolean contains(List<String> allowed, String value, boolean ignoringCase) {
        for (String choice : allowed) if (ignoringCase ? choice.equalsIgnoreCase(value) : choice.equals(value)) return true;
        return false;
    }

    private static boolean shaped(Shape shape, Object value) {
        return switch (shape) {
            case VOTERS -> ((List<?>) value).stream().allMatch(part -> VoterAddress.parse((String) part) != null);
            case HOST_PORTS -> ((List<?>) value).stream().allMatch(part -> HostPort.parse((String) part) != null);
            case THROTTLED_REPLICAS -> value.equals(List.of("*")) || value.equals(List.of("none"))
                    || ((List<?>) value).stream().allMatch(part -> isPartitionAndBroker((String) part));
            case OFFSET_RESET -> isOffsetReset((String) value);
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
            return !java.time.Duration.parse(text.substring("by_duration:".length())).isNegative();
        } catch (java.time.format.DateTimeParseException notADuration) {
            return false;
        }
    }

    /// @return the allowed values as part of a sentence, such as `from 1 to 9`; empty for [Any]
    default String describe() {
        return switch (this) {
            case Any() -> "";
            case Range(Double min, Double max) -> min == null ? "at most " + number(max)
                    : max == null ? "at least " + number(min) : "from " + number(min) + " to " + number(max);
            case RangeOr(long alternative, long min, long max) -> "from " + min + " to " + max + ", or " + alternative;
            case OneOf(List<String> allowed, boolean ignoringCase) ->
                    "one of " + String.join(", ", allowed) + (ignoringCase ? " (in any case of letters)" : "");
            case NotEmpty() -> "not empty";
            case Parts(List<String> allowed, boolean mayBeEmpty) -> (mayBeEmpty ? "" : "at least one part, ")
                    + "parts neither empty nor repeated" + (allowed.isEmpty() ? "" : ", each one of " + String.join(", ", allowed));
            case Shaped(Shape shape) -> shape.form;
        };
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
