package millrace.protocol;

/// A message holds something that the chosen version cannot carry. This is a mistake of ours, found before a byte is sent.
public final class UnsupportedField extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String messageName;
    private final int version;
    private final String field;

    private UnsupportedField(String messageName, int version, String field, String problem) {
        super(messageName + " version " + version + ", field " + field + ": " + problem);
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

    static UnsupportedField tooLong(String messageName, int bytes) {
        return new UnsupportedField(messageName, -1, "(a string)", bytes + " bytes are more than a string may have (" + WireReader.MAX_STRING_BYTES + ")");
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
