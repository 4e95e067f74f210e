package millrace.sim;

/// A promise was broken in a simulated world. The text says which, and what the world was like.
public final class SimulationFailed extends AssertionError {
    private static final long serialVersionUID = 1L;

    public SimulationFailed(String message, Throwable cause) {
        super(message, cause);
    }

    public SimulationFailed(String message) {
        super(message);
    }
}
