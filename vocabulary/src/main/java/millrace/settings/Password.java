package millrace.settings;

/// A secret. It does not print itself; whoever needs it asks for [#value].
public record Password(String value) {
    public static final String HIDDEN = "[hidden]";

    @Override public String toString() {
        return HIDDEN;
    }
}
