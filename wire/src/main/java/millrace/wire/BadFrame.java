package millrace.wire;

/// What came is no frame. Costs little, because hostile peers decide how often it happens.
final class BadFrame extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadFrame(String message) {
        super(message, null, false, false);
    }
}
