package millrace.bindings.disk;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// Room on the device behind the end of a file: `fallocate(2)` with `FALLOC_FL_KEEP_SIZE`, and `ftruncate(2)` to the length that a file has already,
/// which gives the room back. The JDK has a word for neither.
///
/// Apache Kafka sets the length of the file instead. That reserves nothing where files have holes, and lets a file end in zeroes that every
/// start after a crash has to tell from damage.
final class LinuxAllocation {
    private static final int KEEP_SIZE = 1;
    private static final MethodHandle FALLOCATE =
            LinuxDescriptor.function("fallocate", LinuxDescriptor.ofInt(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FTRUNCATE = LinuxDescriptor.function("ftruncate", LinuxDescriptor.ofInt(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));

    private LinuxAllocation() {}

    /// A file system without room for all of it, or without the call, has the file grow as it would have.
    static void allocate(Path file, long bytes) throws IOException {
        LinuxDescriptor.of(file, descriptor -> {
            if ((int) FALLOCATE.invokeExact(descriptor, KEEP_SIZE, 0L, bytes) != 0) giveBack(descriptor, file);
        });
    }

    static void trim(Path file) throws IOException {
        LinuxDescriptor.of(file, descriptor -> giveBack(descriptor, file));
    }

    /// To the same length as before: nothing is left to be done for who cannot do it.
    private static void giveBack(int descriptor, Path file) throws Throwable {
        int ignored = (int) FTRUNCATE.invokeExact(descriptor, Files.size(file));
    }
}
