package millrace.settings;

import java.util.ArrayList;
import java.util.List;

/// The type of a setting's value, and how its text is read. Source of the ids: `DescribeConfigs` (KIP-569).
public enum SettingType {
    BOOLEAN(1, "true or false"),
    STRING(2, "a text"),
    INT(3, "a whole number (32 bits)"),
    SHORT(4, "a whole number (16 bits)"),
    LONG(5, "a whole number (64 bits)"),
    DOUBLE(6, "a number"),
    LIST(7, "a list separated by commas"),
    CLASS(8, "a class name"),
    PASSWORD(9, "a password");

    private final byte id;
    private final String description;

    SettingType(int id, String description) {
        this.id = (byte) id;
        this.description = description;
    }

    /// @return the number that `DescribeConfigs` carries
    public byte id() {
        return id;
    }

    /// @return what a value looks like, for error texts
    public String description() {
        return description;
    }

    /// @return a Boolean, String, Integer, Short, Long, Double, list of Strings or [Password]
    /// @throws IllegalArgumentException when the text is not of this type
    Object read(String text) {
        String trimmed = text.trim();
        return switch (this) {
            case BOOLEAN -> readBoolean(trimmed);
            case STRING, CLASS -> trimmed;
            case INT -> Integer.valueOf(trimmed);
            case SHORT -> Short.valueOf(trimmed);
            case LONG -> Long.valueOf(trimmed);
            case DOUBLE -> Double.valueOf(trimmed);
            case LIST -> readList(trimmed);
            case PASSWORD -> new Password(trimmed);
        };
    }

    private static Boolean readBoolean(String text) {
        if (text.equalsIgnoreCase("true")) return Boolean.TRUE;
        if (text.equalsIgnoreCase("false")) return Boolean.FALSE;
        throw new IllegalArgumentException("neither true nor false");
    }

    private static List<String> readList(String text) {
        if (text.isEmpty()) return List.of();
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', from)) {
            parts.add(text.substring(from, comma).trim());
            from = comma + 1;
        }
        parts.add(text.substring(from).trim());
        return List.copyOf(parts);
    }

    /// @return the text that reads back as `value`, as Kafka shows it; null for none. A password shows as `[hidden]`.
    public static String write(Object value) {
        if (value == null) return null;
        return value instanceof List<?> parts ? String.join(",", parts.stream().map(Object::toString).toList()) : value.toString();
    }
}
