package millrace.controller;

import millrace.protocol.ErrorCode;

/// Which names a topic can bear at all, whether or not there is one.
public final class LegalTopicName {
    private static final int MAX_LENGTH = 249;

    private LegalTopicName() {}

    /// @return null when a topic can bear this name
    public static Problem problemWith(String name) {
        if (name.isEmpty()) return invalid("A topic's name cannot be empty.");
        if (name.equals(".") || name.equals("..")) return invalid("A topic cannot be called '" + name + "'.");
        if (name.length() > MAX_LENGTH) return invalid("The topic name has " + name.length() + " characters, at most " + MAX_LENGTH + " are allowed: '" + name.substring(0, 64) + "...'.");
        for (int i = 0; i < name.length(); i++) if (!isAllowed(name.charAt(i)))
            return invalid("The topic name '" + name + "' has a character that is not allowed at position " + i + "; allowed are ASCII letters, digits, '.', '_' and '-'.");
        return null;
    }

    private static Problem invalid(String message) {
        return new Problem(ErrorCode.INVALID_TOPIC_EXCEPTION, message);
    }

    private static boolean isAllowed(char each) {
        return each >= 'a' && each <= 'z' || each >= 'A' && each <= 'Z' || each >= '0' && each <= '9' || each == '.' || each == '_' || each == '-';
    }
}
