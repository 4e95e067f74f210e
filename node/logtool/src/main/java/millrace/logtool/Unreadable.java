package millrace.logtool;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file that cannot be shown or checked; the message says which, why and what to do.
final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unreadable(String message) {
        super(message, null, false, false);
    }

    static Unreadable of(Path file, IOException failure) {
        if (failure instanceof NoSuchFileException) return new Unreadable("there is no file " + file + ": check the path");
        return new Unreadable(file + " cannot be read (" + failure + "): check the permissions and the device");
    }
}
