package millrace.settings;

import java.util.ArrayList;
import java.util.List;

/// Which values of the right type are allowed.
///
/// Every start of a node comes through here, so kinds are told apart by methods: the first pattern switch of a process costs
/// 5 ms for its linkage (measured).
public sealed interface Bounds {
    /// @param value of the setting's type
    /// @return whether it lies within
    boolean allow(Object value);

    /// @return the allowed values as part of a sentence, such as `from 1 to 9`; empty for [Any]
    String describe();

    /// Every value.
    record Any() implements Bounds {
        @Override public boolean allow(Object value) {
            return true;
        }

        @Override public String describe() {
            return "";
        }
    }

    /// A number from `min` to `max`, both included; null is no limit.
    record Range(Double min, Double max) implements Bounds {
        @Override public boolean allow(Object value) {
            double number = ((Number) value).doubleValue();
            return (min == null || number >= min) && (max == null || number <= max);
        }

        @Override public String describe() {
            return min == null ? "at most " + number(max) : max == null ? "at least " + number(min)
                    : "from " + number(min) + " to " + number(max);
        }

        private static String number(double value) {
            return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        }
    }

    /// A number from `min` to `max`, or the one value that means "choose for me".
    record RangeOr(long alternative, long min, long max) implements Bounds {
        @Override public boolean allow(Object value) {
            long number = ((Number) value).longValue();
            return number == alternative || number >= min && number <= max;
        }

        @Override public String describe() {
            return "from " + min + " to " + max + ", or " + alternative;
        }
    }

    /// One of these texts.
    record OneOf(List<String> allowed, boolean ignoringCase) implements Bounds {
        @Override public boolean allow(Object value) {
            String text = (String) value;
            for (String choice : allowed) if (ignoringCase ? choice.equalsIgnoreCase(text) : choice.equals(text)) return true;
            return false;
        }

        @Override public String describe() {
            return "one of " + String.join(", ", allowed) + (ignoringCase ? " (in any case of letters)" : "");
        }
    }

    /// A text of at least one character.
    record NotEmpty() implements Bounds {
        @Override public boolean allow(Object value) {
            return !((String) value).isEmpty();
        }

        @Override public String describe() {
            return "not empty";
        }
    }

    /// Parts that are not empty and not repeated, each one of `allowed` (any when that is empty).
    record Parts(List<String> allowed, boolean mayBeEmpty) implements Bounds {
        @Override public boolean allow(Object value) {
            List<?> parts = (List<?>) value;
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).equals("") || parts.indexOf(parts.get(i)) != i) return false;
                if (!allowed.isEmpty() && !allowed.contains(parts.get(i))) return false;
            }
            return mayBeEmpty || !parts.isEmpty();
        }

        @Override public String describe() {
            return (mayBeEmpty ? "" : "at least one part, ") + "parts neither empty nor repeated"
                    + (allowed.isEmpty() ? "" : ", each one of " + String.join(", ", allowed));
        }
    }

    /// A form of its own, by its name in [Shape].
    record Shaped(String name) implements Bounds {
        @Override public boolean allow(Object value) {
            return Shape.valueOf(name).fits(value);
        }

        @Override public String describe() {
            return Shape.valueOf(name).form();
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
                case "voters" -> new Shaped("VOTERS");
                case "hostports" -> new Shaped("HOST_PORTS");
                case "throttled" -> new Shaped("THROTTLED_REPLICAS");
                case "offsetreset" -> new Shaped("OFFSET_RESET");
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
}
