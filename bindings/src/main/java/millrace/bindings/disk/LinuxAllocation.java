package millrace.bindings.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
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
    private static final int WRITE_ONLY = 1;
    private static final int KEEP_SIZE = 1;
    private static final MethodHandle OPEN = function("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FALLOCATE = function("fallocate", ofInt(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FTRUNCATE = function("ftruncate", ofInt(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle CLOSE = function("close", ofInt(ValueLayout.JAVA_INT));

    private LinuxAllocation() {}

    private static FunctionDescriptor ofInt(MemoryLayout... parameters) {
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters);
    }

    @SuppressWarnings("restricted")                                 // native access is granted on the command line
    private static MethodHandle function(String name, FunctionDescriptor shape, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
    }

    /// A file system without room for all of it, or without the call, has the file grow as it would have.
    static void allocate(Path file, long bytes) throws IOException {
        call(file, descriptor -> {
            if ((int) FALLOCATE.invokeExact(descriptor, KEEP_SIZE, 0L, bytes) != 0) giveBack(descriptor, file);
        });
    }

    static void trim(Path file) throws IOException {
        call(file, descriptor -> giveBack(descriptor, file));
    }

    /// To the same length as before: nothing is left to be done for who cannot do it.
    private static void giveBack(int descriptor, Path file) throws Throwable {
        int ignored = (int) FTRUNCATE.invokeExact(descriptor, Files.size(file));
    }

    private interface Doing {
        void with(int descriptor) throws Throwable;
    }

    private static void call(Path file, Doing doing) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) OPEN.invokeExact(arena.allocateFrom(file.toString()), WRITE_ONLY);
            if (descriptor < 0) return;                              // as where there is no such call: a log goes on without
            try {
                doing.with(descriptor);
            } finally {
                int ignored = (int) CLOSE.invokeExact(descriptor);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
