package millrace.metrics;

import java.util.List;

/// What the beans of one kind have in common: `kafka.log:type=Log,name=Size` with the labels `topic` and `partition`.
///
/// @param name null where Kafka's bean has a type only
/// @param labels the keys of the labels, in Kafka's order
public record FamilyName(String domain, String type, String name, List<String> labels) {
    public static FamilyName of(String domain, String type, String name, String... labels) {
        return new FamilyName(domain, type, name, List.of(labels));
    }

    /// @param values of the labels, as they are
    /// @return the bean's name as Kafka writes it; a value that has what means something in such a name is quoted
    public String bean(List<String> values) {
        var text = new StringBuilder(domain).append(":type=").append(type);
        if (name != null) text.append(",name=").append(name);
        for (int i = 0; i < labels.size(); i++) text.append(',').append(labels.get(i)).append('=').append(quoted(values.get(i)));
        return text.toString();
    }

    private static String quoted(String value) {
        if (!value.isEmpty() && value.chars().allMatch(FamilyName::isPlain)) return value;
        var text = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            if (letter == '\n') text.append("\\n");
            else if ("\"*?\\".indexOf(letter) >= 0) text.append('\\').append(letter);
            else text.append(letter);
        }
        return text.append('"').toString();
    }

    private static boolean isPlain(int letter) {
        return letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z' || letter >= '0' && letter <= '9' || ".-_% \t".indexOf(letter) >= 0;
    }
}
