package millrace.protocol;

/// A message holds something that the chosen version cannot carry. This is a mistake of ours, found before a byte is sent.
public final class UnsupportedField extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String messageName;
    private final int version;
    private final String field;

    private UnsupportedField(String messageName, int version, String field, String problem) {
        this(messageName + " version " + version + ", field " + field + ": " + problem, messageName, field, version);
    }

    private UnsupportedField(String text, String messageName, String field, int version) {
        super(text);
        this.messageName = messageName;
        this.version = version;
        this.field = field;
    }

    /// The field is not part of the version, is not ignorable, and holds something else than its default.
    public static UnsupportedField absent(String messageName, int version, String field) {
        return new UnsupportedField(messageName, version, field, "this version has no such field; leave it at its default or choose another version");
    }

    public static UnsupportedField mayNotBeNull(String messageName, int version, String field) {
        return new UnsupportedField(messageName, version, field, "null cannot be written in this version");
    }

    /// No version carries such a string. The writer does not know which field it writes; the text's beginning tells.
    static UnsupportedField tooLong(String value, int bytes) {
        return new UnsupportedField("A string of " + bytes + " bytes is longer than " + WireReader.MAX_STRING_BYTES + " and cannot be written: \"" + value.substring(0, 40) + "...\"",
            "(any)", "(a string)", -1);
    }

    public static void checkVersion(String messageName, int version, int lowest, int highest) {
        if (version < lowest || version > highest)
            throw new UnsupportedField(messageName, version, "(all)", "only versions " + lowest + " to " + highest + " can be written");
    }

    public String messageName() {
        return messageName;
    }

    public int version() {
        return version;
    }

    public String field() {
        return field;
    }
}
