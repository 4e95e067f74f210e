package millrace.protocol;

/// Bytes that are not what their schema says. Costs little (no stack trace), because hostile peers decide how often it happens.
public final class MalformedMessage extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String messageName;
    private final int version;
    private final String field;
    private final int position;

    /// @param position of the first byte that could not be read, counted from the start of the message
    /// @param problem what is wrong, as the end of a sentence that begins with the field
    public MalformedMessage(String messageName, int version, String field, int position, String problem) {
        super(messageName + " version " + version + ", field " + field + " at byte " + position + ": " + problem, null, false, false);
        this.messageName = messageName;
        this.version = version;
        this.field = field;
        this.position = position;
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

    public int position() {
        return position;
    }
}
