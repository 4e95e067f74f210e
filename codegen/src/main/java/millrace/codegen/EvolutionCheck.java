package millrace.codegen;

import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// Refuses a schema whose versions could not be told apart on the wire, or that breaks what an earlier version promised.
final class EvolutionCheck {
    private final Schema schema;

    private EvolutionCheck(Schema schema) {
        this.schema = schema;
    }

    static void check(Schema schema) {
        new EvolutionCheck(schema).check();
    }

    private void check() {
        checkFlexible();
        checkStruct(schema.root());
        for (Struct struct : schema.structs()) checkStruct(struct);
    }

    /// Once flexible, always flexible: the header of a request is chosen by it before the request can be read.
    private void checkFlexible() {
        Versions flexible = schema.flexible();
        if (!flexible.isEmpty() && flexible.highest() != Short.MAX_VALUE)
            throw refused(schema.name(), "flexibleVersions " + flexible + " end; a message that became flexible stays so (write \"" + flexible.lowest() + "+\")");
    }

    private void checkStruct(Struct struct) {
        checkNames(struct);
        checkTags(struct);
        for (Field field : struct.fields()) checkField(struct, field);
    }

    /// One name, one type, one unbroken range of versions: a second field of the same name would be a change of type or a gap.
    private void checkNames(Struct struct) {
        var seen = new TreeMap<String, Field>();
        for (Field field : struct.fields()) {
            Field before = seen.put(field.name(), field);
            if (before == null) continue;
            String where = struct.name() + "." + field.name();
            if (!before.type().equals(field.type()))
                throw refused(where, "is " + before.type().java() + " in versions " + before.versions() + " and " + field.type().java() + " in versions " + field.versions()
                    + "; a field keeps its type, a new type is a new field");
            throw refused(where, "is there in versions " + before.versions() + " and again in " + field.versions() + "; versions of a field have no gaps, a field that returns is a new field");
        }
    }

    /// Tags are 0, 1, 2 ... and never used again, because an old reader skips by number.
    private void checkTags(Struct struct) {
        var seen = new TreeMap<Integer, Field>();
        for (Field field : struct.fields()) {
            if (!field.tagged()) continue;
            Field before = seen.put(field.tag(), field);
            if (before != null) throw refused(struct.name() + "." + field.name(), "uses tag " + field.tag() + ", which belongs to " + before.name() + "; take the next free number");
        }
        List<Integer> tags = List.copyOf(new TreeSet<>(seen.keySet()));
        for (int i = 0; i < tags.size(); i++)
            if (tags.get(i) != i) throw refused(struct.name(), "has no field with tag " + i + " but one with tag " + tags.get(i) + "; tags are counted up from 0 without gaps");
    }

    private void checkField(Struct struct, Field field) {
        String where = struct.name() + "." + field.name();
        Versions here = field.versions().and(schema.valid());
        if (field.tagged()) {
            if (!schema.flexible().contains(here)) throw refused(where, "is tagged in versions " + here + ", but only versions " + schema.flexible() + " are flexible and have tags");
            if (field.versions().highest() != Short.MAX_VALUE) throw refused(where, "is tagged in versions " + field.versions() + " only; a tag that ends could be used again, keep it open-ended");
        }
        if (!field.nullable().isEmpty() && field.isPrimitive()) throw refused(where, "is a number and cannot be null");
        if (field.defaultsToNull() && !field.nullable().contains(here))
            throw refused(where, "is null by default, but null is allowed in versions " + field.nullable() + " only");
    }

    private SchemaException refused(String where, String problem) {
        return new SchemaException(schema.file() + " " + where, problem);
    }
}
