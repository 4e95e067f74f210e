package millrace.storage.log;

import java.nio.file.Path;

/// One thing that is wrong with a file of a log directory, for whoever has to put it right.
///
/// @param position of the first wrong byte, -1 where it is the file as a whole
/// @param wrong    what is wrong
/// @param advice   what to do about it
public record Finding(Path file, long position, String wrong, String advice) {
    public static final long WHOLE_FILE = -1;

    public static Finding unreadable(Path file, Exception failure) {
        return new Finding(file, WHOLE_FILE, "it cannot be read (" + failure + ")", "check the permissions and the device, then " + SegmentCheck.RESTORE);
    }
}
