package millrace.codegen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// `Main <schemas> <sources>`: reads `<schemas>/<group>/**.json`, writes Java under `<sources>`; a group becomes the package
/// `millrace.protocol.<group>`.
public final class Main {
    private static final String PROTOCOL = "millrace.protocol";

    private Main() {
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: Main <folder of schemas> <folder for Java sources>");
            System.exit(2);
        }
        try {
            GeneratedFolder folder = generate(Path.of(arguments[0]), Path.of(arguments[1]));
            System.out.println("protocol: " + folder.files() + " files, " + folder.written() + " of them new or changed");
        } catch (SchemaException refused) {
            System.err.println("protocol schema refused: " + refused.getMessage());
            System.exit(1);
        }
    }

    static GeneratedFolder generate(Path schemas, Path sources) throws IOException {
        var folder = new GeneratedFolder(sources);
        var all = new ArrayList<Schema>();
        for (Path group : sorted(schemas, 1))
            if (Files.isDirectory(group)) all.addAll(generateGroup(group, folder));
        if (all.isEmpty()) throw new SchemaException(schemas.toString(), "holds no schemas; were they unpacked?");
        folder.put(PROTOCOL, "ApiKey", ApiKeySource.of(all));
        folder.removeOthers();
        return folder;
    }

    private static List<Schema> generateGroup(Path group, GeneratedFolder folder) throws IOException {
        String name = group.getFileName().toString();
        String packageName = PROTOCOL + "." + name;
        var all = new ArrayList<Schema>();
        for (Path file : sorted(group, Integer.MAX_VALUE)) {
            if (!file.toString().endsWith(".json")) continue;
            Schema schema = SchemaReader.read(file, packageName);
            if (schema.valid().isEmpty()) continue;
            EvolutionCheck.check(schema);
            all.add(schema);
            folder.put(packageName, schema.name(), MessageSource.of(schema));
        }
        RecordTypesSource.put(name, packageName, all, folder);
        return all;
    }

    private static List<Path> sorted(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> !file.equals(folder)).sorted().toList();
        }
    }
}
