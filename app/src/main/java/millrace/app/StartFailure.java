package millrace.app;

import java.nio.file.Path;

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

    public static StartFailure dataDirectoryInUse(Path directory) {
        return new StartFailure("The data directory " + directory + " is in use by another node (it holds the lock " + directory.resolve(".lock") + ").\n"
                + "  Stop that node first, or give this one a directory of its own with --set log.dirs=DIRECTORY.");
    }

    public static StartFailure dataDirectoryUnusable(Path directory, Throwable cause) {
        return new StartFailure("The data directory " + directory + " cannot be used: " + cause + ".\n"
                + "  Check that it exists or can be created, and that this user may write there; or choose another with --set log.dirs=DIRECTORY.", cause);
    }

    public static StartFailure otherCluster(Path directory, String found, String wanted) {
        return new StartFailure("The data in " + directory + " belongs to cluster " + found + ", but MILLRACE_CLUSTER_ID asks for " + wanted + ".\n"
                + "  Unset MILLRACE_CLUSTER_ID to go on with the data that is there, or choose an empty directory with --set log.dirs=DIRECTORY.");
    }

    public static StartFailure otherNode(Path directory, int found, int wanted) {
        return new StartFailure("The data in " + directory + " belongs to node " + found + ", but the settings say node.id=" + wanted + ".\n"
                + "  Set node.id=" + found + " to go on with the data that is there, or choose an empty directory with --set log.dirs=DIRECTORY.");
    }
}
