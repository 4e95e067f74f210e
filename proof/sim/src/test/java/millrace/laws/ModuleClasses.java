package millrace.laws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Our modules on the class path, as jars or as folders of classes.
final class ModuleClasses {
    private ModuleClasses() {}

    /// @return every module whose name begins with `millrace.`, by name
    static TreeMap<String, ModuleReference> onTheClassPath() {
        var found = new TreeMap<String, ModuleReference>();
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            Path path = Path.of(entry);
            if (!Files.exists(path) || !mayBeOurs(path)) continue;
            for (ModuleReference module : ModuleFinder.of(path).findAll()) {
                if (module.descriptor().name().startsWith("millrace.")) found.put(module.descriptor().name(), module);
            }
        }
        return found;
    }

    private static boolean mayBeOurs(Path path) {
        return Files.isDirectory(path) ? Files.exists(path.resolve("module-info.class")) : path.toString().endsWith("-SNAPSHOT.jar");
    }

    static List<byte[]> of(ModuleReference module) {
        try (ModuleReader reader = module.open(); var names = reader.list()) {
            List<byte[]> classes = new ArrayList<>();
            for (String name : names.filter(it -> it.endsWith(".class") && !it.endsWith("module-info.class")).sorted().toList()) {
                try (var in = reader.open(name).orElseThrow()) {
                    classes.add(in.readAllBytes());
                }
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> requiredOfOurs(ModuleReference module) {
        return module.descriptor().requires().stream().map(ModuleDescriptor.Requires::name).filter(name -> name.startsWith("millrace.")).sorted().toList();
    }
}
