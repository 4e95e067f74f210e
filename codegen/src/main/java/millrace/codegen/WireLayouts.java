package millrace.codegen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What every version of every message looked like when it was last looked at: `wire-layouts.txt`, in git.
///
/// A version that was published never changes, so when the schemas of another Kafka release are unpacked, this file says what
/// is different before anything is generated from them: a version with another layout, a version or message that is gone, one
/// that is new. Whoever raises the release reads that, decides, and accepts it with `-Dprotocol.layouts=accept`; the change of
/// the file is then reviewed like code.
///
/// A line is a message and, for each of its versions, a fingerprint of names, types, tags and nullability in order:
///
///     message.FetchRequest 4:1f0c83aa 5:90be2d17 ... 18:77aa01ef
///
/// A `~` after a version says that it is not stable yet and may change.
final class WireLayouts {
    private static final int FINGERPRINT_BYTES = 4;
    private static final int PROBLEMS_SHOWN = 20;

    private final SortedMap<String, SortedMap<Integer, String>> messages;

    private WireLayouts(SortedMap<String, SortedMap<Integer, String>> messages) {
        this.messages = messages;
    }

    static WireLayouts of(List<Schema> schemas) {
        var messages = new TreeMap<String, SortedMap<Integer, String>>();
        for (Schema schema : schemas) {
            var versions = new TreeMap<Integer, String>();
            for (int version = schema.valid().lowest(); version <= schema.valid().highest(); version++)
                versions.put(version, fingerprint(schema, version) + (schema.latestVersionUnstable() && version == schema.valid().highest() ? "~" : ""));
            messages.put(schema.packageName().substring(schema.packageName().lastIndexOf('.') + 1) + "." + schema.name(), versions);
        }
        return new WireLayouts(messages);
    }

    static WireLayouts read(Path file) {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (IOException unreadable) {
            throw new SchemaException(file.toString(), "cannot be read; create it with -Dprotocol.layouts=accept");
        }
    }

    static WireLayouts parse(String text, String where) {
        var messages = new TreeMap<String, SortedMap<Integer, String>>();
        for (String line : text.lines().filter(each -> !each.isBlank()).toList()) {
            String[] words = line.split(" ");
            var versions = new TreeMap<Integer, String>();
            for (int i = 1; i < words.length; i++) {
                int colon = words[i].indexOf(':');
                if (colon <= 0) throw new SchemaException(where, "\"" + words[i] + "\" is not <version>:<fingerprint>");
                versions.put(Integer.parseInt(words[i].substring(0, colon)), words[i].substring(colon + 1));
            }
            messages.put(words[0], versions);
        }
        return new WireLayouts(messages);
    }

    void write(Path file) {
        try {
            Files.writeString(file, toString());
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + file, failed);
        }
    }

    /// @throws SchemaException that lists how `now` differs from this
    void check(WireLayouts now, String where) {
        List<String> differences = differences(now);
        if (differences.isEmpty()) return;
        throw new SchemaException(where, differences.size() + " changes since it was last accepted:\n  "
            + differences.stream().limit(PROBLEMS_SHOWN).collect(Collectors.joining("\n  "))
            + (differences.size() > PROBLEMS_SHOWN ? "\n  ..." : "")
            + "\nIf each of them is meant, accept them with -Dprotocol.layouts=accept and commit the file");
    }

    List<String> differences(WireLayouts now) {
        var found = new ArrayList<String>();
        messages.forEach((name, versions) -> {
            SortedMap<Integer, String> current = now.messages.get(name);
            if (current == null) {
                found.add(name + " is gone");
                return;
            }
            versions.forEach((version, fingerprint) -> {
                String other = current.get(version);
                if (other == null) found.add(name + " version " + version + " is gone; who still speaks it is shut out");
                else if (!other.equals(fingerprint))
                    found.add(name + " version " + version + (fingerprint.endsWith("~") ? " was unstable and has changed or become stable"
                        : " has another layout; a published version never changes, so this breaks whoever speaks it"));
            });
            for (int version : current.keySet()) if (!versions.containsKey(version)) found.add(name + " version " + version + " is new");
        });
        for (String name : now.messages.keySet()) if (!messages.containsKey(name)) found.add(name + " is new");
        return found;
    }

    @Override public String toString() {
        var text = new StringBuilder();
        messages.forEach((name, versions) -> {
            text.append(name);
            versions.forEach((version, fingerprint) -> text.append(' ').append(version).append(':').append(fingerprint));
            text.append('\n');
        });
        return text.toString();
    }

    private static String fingerprint(Schema schema, int version) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(layout(schema, schema.root(), version).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// `{name:string? partitions:[int32] #0 leader:{...}}`, with a `+` in front in flexible versions.
    private static String layout(Schema schema, Struct struct, int version) {
        var text = new StringBuilder(schema.isFlexibleAt(version) ? "+{" : "{");
        for (Field field : struct.fields()) {
            if (!field.versions().contains(version)) continue;
            if (text.charAt(text.length() - 1) != '{') text.append(' ');
            if (field.tagged()) text.append('#').append(field.tag()).append(' ');
            text.append(field.name()).append(':').append(type(schema, field.type(), version));
            if (field.nullable().contains(version)) text.append('?');
            if (field.neverFlexible()) text.append('!');
        }
        return text.append('}').toString();
    }

    private static String type(Schema schema, FieldType type, int version) {
        return switch (type) {
            case FieldType.Number number -> number.method;
            case FieldType.Text _ -> "string";
            case FieldType.Id _ -> "uuid";
            case FieldType.Bytes _ -> "bytes";
            case FieldType.Records _ -> "records";
            case FieldType.StructOf of -> layout(schema, schema.struct(of.name()), version);
            case FieldType.ArrayOf array -> "[" + type(schema, array.element(), version) + "]";
        };
    }
}
