package millrace.app;

import millrace.settings.ListenerAddress;

/// Why a node cannot start, in words for its operator: what was wrong, where, and what to do.
public final class StartFailure extends Exception {
    private static final long serialVersionUID = 1;

    public StartFailure(String message) {
        super(message);
    }

    public StartFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /// @param cause what the binding said
    public static StartFailure cannotListen(ListenerAddress listener, Throwable cause) {
        String reason = String.valueOf(cause.getMessage());
        boolean inUse = reason.contains("in use");
        int port = listener.address().port();
        return new StartFailure("Cannot listen on " + listener + ": " + (inUse ? "another program already listens on port " + port : reason) + ".\n"
                + (inUse ? "  If that is a node of yours, use it or stop it first. To run a second one beside it, give it ports and a directory of its own:\n"
                        + "    ./millrace start --set listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093 --set log.dirs=data-2"
                        : "  Check listeners= in the settings: host must be an address of this machine (empty for all of them)."), cause);
    }
}
