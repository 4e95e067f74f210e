package millrace.storage.log;

import java.nio.file.Path;

/// Who is told what a check meets, as it goes.
public interface LogFileWatch {
    void found(Finding finding);

    /// So many bytes of a file more have been read.
    void read(Path file, long bytes);
}
