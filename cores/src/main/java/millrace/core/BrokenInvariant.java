package millrace.core;

/// A core found itself in a state that must never be. Whoever runs the core stops what the invariant protects and reports this.
public final class BrokenInvariant extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public BrokenInvariant(String message) {
        super(message);
    }
}
