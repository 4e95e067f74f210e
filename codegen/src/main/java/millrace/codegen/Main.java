package millrace.codegen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

/// `Main <schemas> <sources> <layouts> [accept]`: reads `<schemas>/<group>/**.json`, compares them with what `<layouts>` remembers
/// (or, with `accept`, makes it remember them), and writes Java under `<sources>`; a group becomes the package
/// `millrace.protocol.<group>`.
public final class Main {
    private static final String PROTOCOL = "millrace.protocol";

    private Main() {
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            System.err.println("usage: Main <folder of schemas> <folder for Java sources> <file of layouts> [accept]");
            System.exit(2);
        }
        try {
            boolean accept = arguments.length > 3 && arguments[3].equals("accept");
            GeneratedFolder folder = generate(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), accept);
            System.out.println("protocol: " + folder.files() + " files, " + folder.written() + " of them new or changed");
        } catch (SchemaException refused) {
            System.err.println("protocol schema refused: " + refused.getMessage());
            System.exit(1);
        }
    }

    static GeneratedFolder generate(Path schemas, Path sources, Path layouts, boolean accept) throws IOException {
        var groups = new LinkedHashMap<String, List<Schema>>();
        for (Path group : sorted(schemas, 1))
            if (Files.isDirectory(group)) groups.put(group.getFileName().toString(), read(group));
        List<Schema> all = groups.values().stream().flatMap(List::stream).toList();
        if (all.isEmpty()) throw new SchemaException(schemas.toString(), "holds no schemas; were they unpacked?");
        for (Schema schema : all) EvolutionCheck.check(schema);
        if (accept) WireLayouts.of(all).write(layouts);
        else WireLayouts.read(layouts).check(WireLayouts.of(all), layouts.getFileName().toString());

        var folder = new GeneratedFolder(sources);
        for (Schema schema : all) folder.put(schema.packageName(), schema.name(), MessageSource.of(schema));
        groups.forEach((name, members) -> RecordTypesSource.put(name, PROTOCOL + "." + name, members, folder));
        folder.put(PROTOCOL, "ApiKey", ApiKeySource.of(all));
        folder.removeOthers();
        return folder;
    }

    /// The schemas of a group; those of removed APIs, which have no valid version left, are passed over.
    private static List<Schema> read(Path group) throws IOException {
        var all = new ArrayList<Schema>();
        for (Path file : sorted(group, Integer.MAX_VALUE)) {
            if (!file.toString().endsWith(".json")) continue;
            Schema schema = SchemaReader.read(file, PROTOCOL + "." + group.getFileName());
            if (!schema.valid().isEmpty()) all.add(schema);
        }
        return all;
    }

    private static List<Path> sorted(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> !file.equals(folder)).sorted().toList();
        }
    }
}
