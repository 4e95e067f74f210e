package millrace.codegen.link;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// `LinkAhead <folder of jars> <prefix of our classes>`: rewrites the classes of each jar whose names begin so.
public final class LinkAhead {
    private final LinkedClass classes;
    private final String prefix;
    private int changed;

    private LinkAhead(LinkedClass classes, String prefix) {
        this.classes = classes;
        this.prefix = prefix;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: LinkAhead <folder of jars> <prefix of class names, as millrace/>");
            System.exit(2);
        }
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
        try (var loader = new URLClassLoader(urls(jars))) {
            var classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader).orElse(ClassHierarchyResolver.defaultResolver())));
            var link = new LinkAhead(new LinkedClass(classFile), arguments[1]);
            for (Path jar : jars) link.rewrite(jar);
            System.out.println("linked ahead: " + link.changed + " classes");
        }
    }

    private static URL[] urls(List<Path> jars) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) urls.add(jar.toUri().toURL());
        return urls.toArray(URL[]::new);
    }

    /// Aside, and then in the jar's place: whoever interrupts the build finds a whole jar.
    private void rewrite(Path jar) throws IOException {
        if (!isOurs(jar)) return;
        Path aside = jar.resolveSibling(jar.getFileName() + ".linked");
        int before = changed;
        try (var in = new ZipFile(jar.toFile()); var out = new ZipOutputStream(Files.newOutputStream(aside))) {
            for (ZipEntry entry : in.stream().toList()) {
                var copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                out.putNextEntry(copy);
                out.write(linked(entry.getName(), in.getInputStream(entry).readAllBytes()));
                out.closeEntry();
            }
        }
        if (changed == before) Files.delete(aside);
        else Files.move(aside, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private boolean isOurs(Path jar) throws IOException {
        try (var in = new ZipFile(jar.toFile())) {
            return in.stream().anyMatch(entry -> isOurs(entry.getName()));
        }
    }

    private boolean isOurs(String name) {
        return name.startsWith(prefix) && name.endsWith(".class");
    }

    private byte[] linked(String name, byte[] bytes) {
        if (!isOurs(name)) return bytes;
        byte[] linked = classes.link(bytes);
        if (linked != bytes) changed++;
        return linked;
    }
}
