package millrace.sim;

import java.io.IOException;
import millrace.sim.disk.Platter;

/// A device error that the simulator made up. Code under test must treat it as any [IOException]; the simulator tells it from a real mistake.
public final class InjectedFault extends IOException {
    private static final long serialVersionUID = 1L;
    /// Less than a batch of the workloads may need.
    private static final long FULL_BYTES = 64 << 10;

    public InjectedFault(String message) {
        super(message);
    }

    /// @return whether `thrown` comes from an injected fault of the device, or tells of a start for which the device had no room: there the append that
    ///         was refused names no error of the device
    public static boolean explains(Throwable thrown, Platter device) {
        return explains(thrown) || thrown.getMessage().contains("without any space left") && device.freeBytes() < FULL_BYTES;
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
