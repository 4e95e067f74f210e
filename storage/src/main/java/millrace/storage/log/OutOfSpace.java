package millrace.storage.log;

import java.io.IOException;

/// There is no room for a file that has to be made. Nothing has happened, the log directory goes on, and the same call may succeed once
/// there is room again (`KAFKA_STORAGE_ERROR` to clients, who retry it).
public final class OutOfSpace extends RuntimeException {
    private final IOException met;

    /// @param doing in words: "create the log of orders-0"
    public OutOfSpace(String doing, IOException cause) {
        super("no space is left to " + doing + "; free some and try again, no restart is needed", cause);
        this.met = cause;
    }

    public IOException cause() {
        return met;
    }
}
