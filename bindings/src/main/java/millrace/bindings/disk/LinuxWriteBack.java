package millrace.bindings.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Map;

/// A stretch of a file from the page cache to the device: `sync_file_range(2)`, waited for. It flushes no cache of the device and writes no metadata, so it
/// is no sync.
///
/// An error of the device that it meets is noted as told, and whoever opens the file later would not hear of it; so it is passed on. Any other (a file
/// system without the call) leaves the work to the sync.
final class LinuxWriteBack {
    private static final int WAIT_BEFORE_WRITE_WAIT_AFTER = 7;
    /// What a device or a file system answers that could not keep what was written, in the JDK's words.
    private static final Map<Integer, String> LOST = Map.of(5, "Input/output error", 28, "No space left on device", 122, "Disk quota exceeded");
    private static final MemoryLayout ERRORS = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = ERRORS.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SYNC_FILE_RANGE = LinuxDescriptor.function("sync_file_range",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT), Linker.Option.captureCallState("errno"));

    private LinuxWriteBack() {}

    static void of(Path file, long position, long length) throws IOException {
        LinuxDescriptor.of(file, descriptor -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment errors = arena.allocate(ERRORS);
                if ((int) SYNC_FILE_RANGE.invokeExact(errors, descriptor, position, length, WAIT_BEFORE_WRITE_WAIT_AFTER) == 0) return;
                String lost = LOST.get((int) ERRNO.get(errors, 0L));
                if (lost != null) throw new IOException(lost);
            }
        });
    }
}
