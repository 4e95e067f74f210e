package millrace.codegen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON with comments -> [Schema]. Refuses attributes that it does not know: they could change the bytes.
final class SchemaReader {
    private static final JsonMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();
    private static final Set<String> SCHEMA_ATTRIBUTES = Set.of("apiKey", "type", "name", "validVersions", "flexibleVersions", "deprecatedVersions", "fields",
        "commonStructs", "listeners", "latestVersionUnstable", "about");
    // Of these, about, entityType, mapKey and zeroCopy do not change the bytes and are left aside.
    private static final Set<String> FIELD_ATTRIBUTES = Set.of("name", "type", "versions", "nullableVersions", "default", "ignorable", "tag", "taggedVersions",
        "flexibleVersions", "fields", "about", "entityType", "mapKey", "zeroCopy");

    private final String file;
    private final Versions valid;
    private final Map<String, List<Field>> structs = new LinkedHashMap<>();

    private SchemaReader(String file, Versions valid) {
        this.file = file;
        this.valid = valid;
    }

    static Schema read(Path path, String packageName) {
        try {
            return read(Files.readString(path), path.getFileName().toString(), packageName);
        } catch (IOException unreadable) {
            throw new SchemaException(path.toString(), "cannot be read (" + unreadable.getMessage() + ")");
        }
    }

    static Schema read(String json, String file, String packageName) {
        try {
            JsonNode root = JSON.readTree(json);
            return new SchemaReader(file, Versions.parse(text(root, "validVersions", file), file)).schema(root, packageName);
        } catch (JacksonException notJson) {
            throw new SchemaException(file, "is not JSON (" + notJson.getOriginalMessage() + ")");
        }
    }

    private Schema schema(JsonNode json, String packageName) {
        checkAttributes(json, SCHEMA_ATTRIBUTES, file);
        if (!json.has("flexibleVersions") && !valid.isEmpty())
            throw new SchemaException(file, "flexibleVersions is missing; say \"none\" if no version is flexible");
        String name = text(json, "name", file);
        for (JsonNode common : json.path("commonStructs")) define(text(common, "name", file), fields(common, file));
        List<Field> fields = fields(json, file + " " + name);
        var all = new ArrayList<Struct>();
        if (!valid.isEmpty()) collect(fields, valid, new LinkedHashSet<>(Set.of(name)), all);
        var listeners = new ArrayList<String>();
        for (JsonNode listener : json.path("listeners")) listeners.add(listener.asString());
        return new Schema(file, packageName, name, text(json, "type", file), json.path("apiKey").asInt(-1), valid,
            json.has("flexibleVersions") ? Versions.parse(text(json, "flexibleVersions", file), file) : Versions.NONE, listeners,
            json.path("latestVersionUnstable").asBoolean(false), new Struct(name, valid, fields), all);
    }

    private List<Field> fields(JsonNode owner, String where) {
        var all = new ArrayList<Field>();
        for (JsonNode json : owner.path("fields")) all.add(field(json, where));
        return List.copyOf(all);
    }

    /// Mind that a default of `null` without quotes is, in Kafka's eyes, no default at all: an absent tag then means an empty
    /// list or struct. Only the text `"null"` makes null the default.
    private Field field(JsonNode json, String ownerWhere) {
        String schemaName = text(json, "name", ownerWhere);
        String where = ownerWhere + "." + schemaName;
        checkAttributes(json, FIELD_ATTRIBUTES, where);
        FieldType type = FieldType.parse(text(json, "type", where), where);
        if (json.has("fields")) {
            if (type.structName() == null) throw new SchemaException(where, "has fields of its own, but its type is no struct");
            define(type.structName(), fields(json, where));
        }
        Versions tagged = json.has("taggedVersions") ? Versions.parse(text(json, "taggedVersions", where), where) : Versions.NONE;
        if (!json.has("versions") && tagged.isEmpty()) throw new SchemaException(where, "has neither versions nor taggedVersions");
        Versions versions = json.has("versions") ? Versions.parse(text(json, "versions", where), where) : tagged;
        Versions nullable = json.has("nullableVersions") ? Versions.parse(text(json, "nullableVersions", where), where) : Versions.NONE;
        if (json.has("tag") == tagged.isEmpty()) throw new SchemaException(where, "tag and taggedVersions go together; one of them is missing");
        if (!tagged.isEmpty() && !tagged.and(valid).equals(versions.and(valid)))
            throw new SchemaException(where, "is tagged in versions " + tagged + " but there in versions " + versions + "; a field cannot be both tagged and plain");
        boolean neverFlexible = json.has("flexibleVersions");
        if (neverFlexible && !text(json, "flexibleVersions", where).equals("none"))
            throw new SchemaException(where, "flexibleVersions of a field can only be \"none\"");
        return new Field(Character.toLowerCase(schemaName.charAt(0)) + schemaName.substring(1), type, versions, nullable,
            json.hasNonNull("default") ? json.get("default").asString() : null,
            json.path("ignorable").asBoolean(false), json.path("tag").asInt(-1), neverFlexible);
    }

    private void define(String name, List<Field> fields) {
        if (structs.put(name, fields) != null) throw new SchemaException(file, "defines the struct \"" + name + "\" twice");
    }

    /// Walks from the message inwards, so that each struct knows the versions in which it can be met.
    private void collect(List<Field> fields, Versions context, Set<String> path, List<Struct> all) {
        for (Field field : fields) {
            String name = field.type().structName();
            if (name == null) continue;
            if (!structs.containsKey(name)) throw new SchemaException(file, "field " + field.name() + " is of the unknown struct \"" + name + "\"");
            if (path.contains(name)) throw new SchemaException(file, "the struct \"" + name + "\" contains itself, so nothing bounds its nesting");
            Versions here = field.versions().and(context);
            if (here.isEmpty()) here = context;
            remember(new Struct(name, here, structs.get(name)), all);
            var deeper = new LinkedHashSet<>(path);
            deeper.add(name);
            collect(structs.get(name), here, deeper, all);
        }
    }

    private static void remember(Struct struct, List<Struct> all) {
        for (int i = 0; i < all.size(); i++)
            if (all.get(i).name().equals(struct.name())) {
                all.set(i, struct.at(all.get(i).versions().hull(struct.versions())));
                return;
            }
        all.add(struct);
    }

    private static void checkAttributes(JsonNode json, Set<String> known, String where) {
        for (String attribute : json.propertyNames())
            if (!known.contains(attribute)) throw new SchemaException(where, "unknown attribute \"" + attribute + "\": it may change the bytes, so teach SchemaReader about it");
    }

    private static String text(JsonNode json, String attribute, String where) {
        if (!json.has(attribute)) throw new SchemaException(where, attribute + " is missing");
        return json.get(attribute).asString();
    }
}
