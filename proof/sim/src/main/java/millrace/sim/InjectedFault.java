package millrace.sim;

import java.io.IOException;

/// A device error that the simulator made up. Code under test must treat it as any [IOException]; the simulator tells it from a real mistake.
public final class InjectedFault extends IOException {
    private static final long serialVersionUID = 1L;

    public InjectedFault(String message) {
        super(message);
    }

    /// @return whether `thrown` comes, directly or by its causes, from an injected fault
    public static boolean explains(Throwable thrown) {
        int depth = 0;
        for (Throwable cause = thrown; cause != null && depth < 20; cause = cause.getCause(), depth++) {
            if (cause instanceof InjectedFault) return true;
        }
        return false;
    }
}
