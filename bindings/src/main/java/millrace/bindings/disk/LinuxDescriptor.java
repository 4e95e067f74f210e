package millrace.bindings.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// A descriptor of its own for a call of the system that the JDK has no word for: a channel does not give its own away.
final class LinuxDescriptor {
    private static final int WRITE_ONLY = 1;
    private static final MethodHandle OPEN = function("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = function("close", ofInt(ValueLayout.JAVA_INT));

    private LinuxDescriptor() {}

    static FunctionDescriptor ofInt(MemoryLayout... parameters) {
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters);
    }

    @SuppressWarnings("restricted")                                 // native access is granted on the command line
    static MethodHandle function(String name, FunctionDescriptor shape, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
    }

    interface Doing {
        void with(int descriptor) throws Throwable;
    }

    /// Does nothing where the file cannot be opened: whoever calls can go on without.
    static void of(Path file, Doing doing) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) OPEN.invokeExact(arena.allocateFrom(file.toString()), WRITE_ONLY);
            if (descriptor < 0) return;
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
