package millrace.common;

/// Numbers in the names of files: of a fixed width, so that names sort as numbers do, and of the digits 0 to 9 whatever the locale.
public final class Digits {
    private Digits() {}

    /// @param number not negative
    /// @return `number` with zeros before it, `width` characters, or more where it needs them
    public static String padded(long number, int width) {
        if (number < 0) throw new IllegalArgumentException(number + " is no number of a file");
        String digits = Long.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }
}
