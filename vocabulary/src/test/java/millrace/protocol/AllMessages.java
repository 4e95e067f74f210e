package millrace.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Every generated message, found where the compiler put it, so that a test over all of them cannot forget one.
final class AllMessages {
    /// How the tests write a message at a version: `FetchRequest v12`.
    record Kind(Class<? extends Record> type) {
        String name() {
            return type.getSimpleName();
        }

        /// `message`, `metadata`, `group` ...
        String group() {
            return type.getPackageName().substring(type.getPackageName().lastIndexOf('.') + 1);
        }

        short lowest() {
            return constant("LOWEST_VERSION");
        }

        short highest() {
            return constant("HIGHEST_VERSION");
        }

        IntStream versions() {
            return IntStream.rangeClosed(lowest(), highest());
        }

        /// Reads all of `bytes`, and insists that it was all.
        Message read(ByteBuffer bytes, short version) {
            WireReader in = WireReader.of(bytes, name(), version);
            Message message = read(in, version);
            if (in.remaining() > 0) throw new AssertionError(in.remaining() + " bytes of " + this + " were not read");
            return message;
        }

        Message read(WireReader in, short version) {
            try {
                return (Message) type.getMethod("read", WireReader.class, short.class).invoke(null, in, version);
            } catch (InvocationTargetException thrown) {
                if (thrown.getCause() instanceof RuntimeException unchecked) throw unchecked;
                throw new AssertionError(thrown.getCause());
            } catch (ReflectiveOperationException impossible) {
                throw new AssertionError(impossible);
            }
        }

        private short constant(String name) {
            try {
                return type.getField(name).getShort(null);
            } catch (ReflectiveOperationException impossible) {
                throw new AssertionError(impossible);
            }
        }

        @Override public String toString() {
            return group() + "." + name();
        }
    }

    private static final List<String> GROUPS = List.of("group", "message", "metadata", "raft", "share", "storage", "transaction");

    private AllMessages() {
    }

    static List<Kind> all() {
        return Everything.KINDS;
    }

    /// Loads no others, since a fuzzer instruments whatever is loaded.
    /// @param wanted group and name
    static List<Kind> of(BiPredicate<String, String> wanted) {
        return GROUPS.stream().flatMap(group -> find(group, name -> wanted.test(group, name))).toList();
    }

    private static final class Everything {
        static final List<Kind> KINDS = of((_, _) -> true);
    }

    private static Stream<Kind> find(String group, Predicate<String> wanted) {
        try {
            Path classes = Path.of(Message.class.getProtectionDomain().getCodeSource().getLocation().toURI()).resolve("millrace/protocol/" + group);
            try (Stream<Path> files = Files.list(classes)) {
                return files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".class") && !file.contains("$")).sorted()
                    .map(file -> file.substring(0, file.length() - ".class".length())).filter(wanted)
                    .map(name -> load("millrace.protocol." + group + "." + name))
                    .filter(type -> type.isRecord() && Message.class.isAssignableFrom(type))
                    .map(type -> new Kind(type.asSubclass(Record.class))).toList().stream();
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
