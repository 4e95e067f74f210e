package millrace.codegen;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Prints one schema as a Java record that reads and writes itself.
///
/// The shape: components, bounds of the versions, `read`, `write`, builder; then each struct inside in the same shape as a
/// nested record. Version conditions that the context decides are folded away, so a struct that exists only in flexible
/// versions has no `if (flexible)`. What the log holds also tells its fields by name (`Described`); requests, which are many, do not.
final class MessageSource {
    private final Schema schema;
    private final Code code = new Code();

    private MessageSource(Schema schema) {
        this.schema = schema;
    }

    static String of(Schema schema) {
        return new MessageSource(schema).source();
    }

    private String source() {
        message();
        String body = code.toString();
        var file = new Code();
        file.line("package %s;", schema.packageName()).blank();
        imports(file, body, "java.nio.ByteBuffer", "java.util.List", "java.util.Objects");
        file.blank();
        imports(file, body, "millrace.common.Uuid", "millrace.protocol.ApiKey", "millrace.protocol.ApiRequest", "millrace.protocol.ApiResponse",
            "millrace.protocol.CoordinatorKey", "millrace.protocol.CoordinatorValue", "millrace.protocol.Described", "millrace.protocol.Message", "millrace.protocol.SizingWriter",
            "millrace.protocol.UnsupportedField", "millrace.protocol.WireReader", "millrace.protocol.WireWriter", "millrace.record.MemoryRecords",
            "millrace.record.Records");
        file.blank();
        return file + body;
    }

    private static void imports(Code file, String body, String... names) {
        for (String name : names) {
            String simple = name.substring(name.lastIndexOf('.') + 1);
            if (body.matches("(?s).*\\b" + simple + "\\b.*")) file.line("import %s;", name);
        }
    }

    private void message() {
        code.line("/// Generated from the schema %s; edit the generator instead.", schema.file());
        open("public record", schema.root(), " implements " + interfaceName() + (isDescribed() ? ", Described" : ""));
        code.line("public static final short LOWEST_VERSION = %d;", schema.valid().lowest());
        code.line("public static final short HIGHEST_VERSION = %d;", schema.valid().highest());
        code.blank();
        constructor(schema.root());
        reader(schema.root(), true);
        writer(schema.root(), true);
        if (isDescribed()) describer(schema.root());
        facts();
        builder(schema.root());
        for (Struct struct : schema.structs()) struct(struct);
        code.line("}");
    }

    private void struct(Struct struct) {
        code.blank();
        open("public record", struct, isDescribed() ? " implements Described" : "");
        if (isSingular(struct)) code.line("static final %s DEFAULT = builder().build();", struct.name()).blank();
        constructor(struct);
        reader(struct, false);
        if (isElement(struct)) listReader(struct);
        writer(struct, false);
        if (isDescribed()) describer(struct);
        builder(struct);
        code.line("}");
    }

    private void open(String modifiers, Struct struct, String suffix) {
        var components = new ArrayList<String>();
        for (Field field : struct.fields()) components.add(field.type().java() + " " + field.name());
        code.line("%s %s(%s)%s {", modifiers, struct.name(), String.join(", ", components), suffix);
    }

    private String interfaceName() {
        return switch (schema.kind()) {
            case "request" -> "ApiRequest";
            case "response" -> "ApiResponse";
            case "metadata" -> RecordTypesSource.recordInterface(schema.packageName());
            case "coordinator-key" -> RecordTypesSource.dispatcher(schema.packageName()) + ".Key";
            case "coordinator-value" -> RecordTypesSource.dispatcher(schema.packageName()) + ".Value";
            case "header", "data" -> "Message";
            default -> throw new SchemaException(schema.file(), "unknown type of message \"" + schema.kind() + "\"");
        };
    }

    private void facts() {
        override("String messageName()", "\"" + schema.name() + "\"");
        override("short lowestVersion()", "LOWEST_VERSION");
        override("short highestVersion()", "HIGHEST_VERSION");
        switch (schema.kind()) {
            case "request", "response" -> override("ApiKey apiKey()", "ApiKey." + ApiKeySource.constant(schema));
            case "metadata" -> override("short recordKey()", "" + schema.apiKey());
            case "coordinator-key", "coordinator-value" -> override("short recordType()", "" + schema.apiKey());
            default -> { }
        }
    }

    private void override(String method, String value) {
        code.line("@Override public %s {", method).line("return %s;", value).line("}").blank();
    }

    // ---- constructor and accessors ----

    private void constructor(Struct struct) {
        List<Field> required = struct.fields().stream().filter(field -> !field.isPrimitive() && !nullable(field, struct)).toList();
        if (!required.isEmpty()) {
            code.line("public %s {", struct.name());
            for (Field field : required) code.line("Objects.requireNonNull(%s, \"%s\");", field.name(), field.name());
            code.line("}").blank();
        }
        for (Field field : struct.fields())
            if (field.type() instanceof FieldType.Bytes) {
                code.line("@Override public ByteBuffer %s() {", field.name());
                code.line("return %s%s.duplicate();", nullable(field, struct) ? field.name() + " == null ? null : " : "", field.name());
                code.line("}").blank();
            }
    }

    // ---- reading ----

    private void reader(Struct struct, boolean top) {
        code.line("%sstatic %s read(WireReader in, short wireVersion) {", top ? "public " : "", struct.name());
        if (top) code.line("in.checkVersion(wireVersion, LOWEST_VERSION, HIGHEST_VERSION);");
        declareFlexible(struct);
        for (Field field : struct.fields()) {
            String absent = defaultOf(field, struct);
            String value = absent;
            if (!field.tagged()) {
                String present = field.versions().condition(struct.versions());
                String read = readExpression(field, struct);
                if (present.equals("true")) value = read;
                else if (!present.equals("false")) value = present + " ? " + (read.contains(" ? ") ? "(" + read + ")" : read) + " : " + absent;
            }
            code.line("%s %s = %s;", field.type().java(), field.name(), value);
        }
        tagReader(struct);
        code.line("return new %s(%s);", struct.name(), String.join(", ", struct.fields().stream().map(Field::name).toList()));
        code.line("}").blank();
    }

    private void tagReader(Struct struct) {
        String flexible = schema.flexible().condition(struct.versions());
        if (flexible.equals("false")) return;
        if (!flexible.equals("true")) code.line("if (flexible) {");
        code.line("for (int left = in.taggedFields(); left > 0; left--) {");
        code.line("int outer = in.limit();");
        code.line("int tag = in.openTag();");
        for (Field field : tagged(struct)) {
            String present = field.versions().condition(struct.versions());
            if (present.equals("false")) continue;
            code.line("if (tag == %d%s) {", field.tag(), present.equals("true") ? "" : " && " + present);
            code.line("%s = %s;", field.name(), readExpression(field, struct));
            code.line("} else {");
        }
        code.line("in.skipTag();");
        for (Field field : tagged(struct))
            if (!field.versions().condition(struct.versions()).equals("false")) code.line("}");
        code.line("in.closeTag(tag, outer);");
        code.line("}");
        if (!flexible.equals("true")) code.line("}");
    }

    private String readExpression(Field field, Struct struct) {
        String name = field.name();
        String flexible = flexible(field, struct);
        String nullable = field.nullable().condition(field.versions().and(struct.versions()));
        return switch (field.type()) {
            case FieldType.Number number -> "in." + number.method + "(\"" + name + "\")";
            case FieldType.Id _ -> "in.uuid(\"" + name + "\")";
            case FieldType.Text _ -> either(nullable, "in.nullableString(\"" + name + "\", " + flexible + ")", "in.string(\"" + name + "\", " + flexible + ")");
            case FieldType.Bytes _ -> either(nullable, "in.nullableBytes(\"" + name + "\", " + flexible + ")", "in.bytes(\"" + name + "\", " + flexible + ")");
            case FieldType.Records _ -> either(nullable, "in.nullableRecords(\"" + name + "\", " + flexible + ")", "in.records(\"" + name + "\", " + flexible + ")");
            case FieldType.StructOf of -> switch (nullable) {
                case "true" -> "in." + presence(field) + "(\"" + name + "\") ? " + of.name() + ".read(in, wireVersion) : null";
                case "false" -> of.name() + ".read(in, wireVersion)";
                default -> nullable + " && !in." + presence(field) + "(\"" + name + "\") ? null : " + of.name() + ".read(in, wireVersion)";
            };
            case FieldType.ArrayOf array -> {
                int least = schema.minBytes(array.element(), field.versions().and(struct.versions()));
                if (least == 0) throw new SchemaException(schema.file(), "an element of " + name + " may take no bytes at all, so the bytes left do not bound their number");
                String bounds = "(\"" + name + "\", " + least + ", " + flexible + ")";
                String count = either(nullable, "in.nullableArrayLength" + bounds, "in.arrayLength" + bounds);
                yield switch (array.element()) {
                    case FieldType.StructOf of -> of.name() + ".readAll(in, wireVersion, " + count + ")";
                    case FieldType.Text _ -> "in.strings(\"" + name + "\", " + count + ", " + flexible + ")";
                    default -> "in." + elements(array) + "(\"" + name + "\", " + count + ")";
                };
            }
        };
    }

    private void listReader(Struct struct) {
        code.line("static List<%s> readAll(WireReader in, short wireVersion, int count) {", struct.name());
        code.line("if (count < 0) return null;");
        code.line("List<%s> all = in.listOf(count);", struct.name());
        code.line("for (int i = 0; i < count; i++) all.add(read(in, wireVersion));");
        code.line("return in.sealed(all);");
        code.line("}").blank();
    }

    // ---- writing ----

    private void writer(Struct struct, boolean top) {
        code.line("%svoid write(WireWriter out, short wireVersion) {", top ? "@Override public " : "");
        if (top) code.line("UnsupportedField.checkVersion(\"%s\", wireVersion, LOWEST_VERSION, HIGHEST_VERSION);", schema.name());
        declareFlexible(struct);
        for (Field field : struct.fields()) if (!field.tagged()) plainWriter(field, struct);
        tagWriter(struct);
        code.line("}").blank();
        for (Field field : tagged(struct)) {
            code.line("private void writeTag%d(WireWriter out, short wireVersion) {", field.tag());
            writeStatements(field, struct);
            code.line("}").blank();
        }
    }

    private void plainWriter(Field field, Struct struct) {
        String present = field.versions().condition(struct.versions());
        String lost = field.ignorable() ? null : notDefault(field, struct);
        if (present.equals("true")) {
            writeStatements(field, struct);
            return;
        }
        if (!present.equals("false")) {
            code.line("if (%s) {", present);
            writeStatements(field, struct);
            if (lost != null) code.line("} else if (%s) {", lost);
        } else if (lost != null) code.line("if (%s) {", lost);
        if (lost != null) code.line("throw UnsupportedField.absent(\"%s\", wireVersion, \"%s\");", schema.name(), field.name());
        if (lost != null || !present.equals("false")) code.line("}");
    }

    private void writeStatements(Field field, Struct struct) {
        String name = field.name();
        Versions here = field.versions().and(struct.versions());
        String nullable = field.nullable().condition(here);
        if (!field.isPrimitive() && nullable(field, struct) && !nullable.equals("true"))
            code.line("if (%s == null%s) throw UnsupportedField.mayNotBeNull(\"%s\", wireVersion, \"%s\");", name,
                nullable.equals("false") ? "" : " && !(" + nullable + ")", schema.name(), name);
        switch (field.type()) {
            case FieldType.Number number -> code.line("out.%s(%s);", number.method, name);
            case FieldType.Id _ -> code.line("out.uuid(%s);", name);
            case FieldType.Text _ -> code.line("out.string(%s, %s);", name, flexible(field, struct));
            case FieldType.Bytes _ -> code.line("out.bytes(%s, %s);", name, flexible(field, struct));
            case FieldType.Records _ -> code.line("out.records(%s, %s);", name, flexible(field, struct));
            case FieldType.StructOf _ -> {
                if (nullable.equals("true")) code.line("out.%s(%s != null);", presence(field), name);
                else if (!nullable.equals("false")) code.line("if (%s) out.%s(%s != null);", nullable, presence(field), name);
                code.line("%s%s.write(out, wireVersion);", nullable.equals("false") ? "" : "if (" + name + " != null) ", name);
            }
            case FieldType.ArrayOf array -> {
                if (array.element() instanceof FieldType.StructOf of) {
                    code.line("out.arrayLength(%s, %s);", name, flexible(field, struct));
                    code.line("%sfor (%s each : %s) each.write(out, wireVersion);", nullable.equals("false") ? "" : "if (" + name + " != null) ", of.name(), name);
                } else code.line("out.%s(%s, %s);", elements(array), name, flexible(field, struct));
            }
        }
    }

    private void tagWriter(Struct struct) {
        String flexible = schema.flexible().condition(struct.versions());
        List<Field> tagged = tagged(struct);
        for (Field field : tagged) {
            String present = field.versions().condition(struct.versions());
            String set = notDefault(field, struct);
            code.line("boolean tag%d = %s;", field.tag(), present.equals("true") ? set : present + " && " + parenthesized(set));
            if (!field.ignorable() && !present.equals("true"))
                code.line("if (!tag%d && %s) throw UnsupportedField.absent(\"%s\", wireVersion, \"%s\");", field.tag(), parenthesized(set), schema.name(), field.name());
        }
        if (flexible.equals("false")) return;
        if (!flexible.equals("true")) code.line("if (flexible) {");
        code.line("out.unsignedVarint(%s);", tagged.isEmpty() ? "0" : String.join(" + ", tagged.stream().map(field -> "(tag" + field.tag() + " ? 1 : 0)").toList()));
        for (Field field : tagged) {
            code.line("if (tag%d) {", field.tag());
            code.line("var payload = new SizingWriter();");
            code.line("writeTag%d(payload, wireVersion);", field.tag());
            code.line("out.tag(%d, payload);", field.tag());
            code.line("writeTag%d(out, wireVersion);", field.tag());
            code.line("}");
        }
        if (!flexible.equals("true")) code.line("}");
    }

    // ---- telling ----

    private boolean isDescribed() {
        return switch (schema.kind()) {
            case "metadata", "coordinator-key", "coordinator-value", "data" -> true;
            default -> false;
        };
    }

    /// As Apache Kafka's JSON has it: what the version carries, in the order of the schema, and of tagged fields only what is not the default.
    private void describer(Struct struct) {
        code.line("@Override public void describe(Fields to, short wireVersion) {");
        for (Field field : struct.fields()) {
            String present = field.versions().condition(struct.versions());
            if (present.equals("false")) continue;
            String told = field.tagged() ? and(present, notDefault(field, struct)) : present;
            if (!told.equals("true")) code.line("if (%s) {", told);
            code.line("to.field(\"%s\", %s);", field.name(), field.name());
            if (!told.equals("true")) code.line("}");
        }
        code.line("}").blank();
    }

    private static String and(String left, String right) {
        return left.equals("true") ? right : left + " && " + parenthesized(right);
    }

    // ---- builder ----

    private void builder(Struct struct) {
        code.line("public static Builder builder() {").line("return new Builder();").line("}").blank();
        code.line("public Builder toBuilder() {").line("var builder = new Builder();");
        for (Field field : struct.fields()) code.line("builder.%s = %s;", field.name(), field.name());
        code.line("return builder;").line("}").blank();
        code.line("public static final class Builder {");
        for (Field field : struct.fields()) code.line("private %s %s = %s;", field.type().java(), field.name(), defaultOf(field, struct));
        code.blank().line("private Builder() {").line("}").blank();
        for (Field field : struct.fields()) setter(field, struct);
        code.line("public %s build() {", struct.name());
        code.line("return new %s(%s);", struct.name(), String.join(", ", struct.fields().stream().map(Field::name).toList()));
        code.line("}").line("}");
    }

    private void setter(Field field, Struct struct) {
        String name = field.name();
        String guard = nullable(field, struct) ? name + " == null ? null : " : "";
        String kept = switch (field.type()) {
            case FieldType.ArrayOf _ -> guard + "List.copyOf(" + name + ")";
            case FieldType.Bytes _ -> guard + name + ".slice().asReadOnlyBuffer()";
            default -> name;
        };
        code.line("public Builder %s(%s %s) {", name, field.type().java(), name).line("this.%s = %s;", name, kept).line("return this;").line("}").blank();
    }

    // ---- what the fields say ----

    private static List<Field> tagged(Struct struct) {
        return struct.fields().stream().filter(Field::tagged).sorted(Comparator.comparingInt(Field::tag)).toList();
    }

    private boolean isSingular(Struct struct) {
        return fieldsOfAll().stream().anyMatch(field -> field.type() instanceof FieldType.StructOf of && of.name().equals(struct.name()));
    }

    private boolean isElement(Struct struct) {
        return fieldsOfAll().stream().anyMatch(field -> field.type() instanceof FieldType.ArrayOf array && struct.name().equals(array.structName()));
    }

    private List<Field> fieldsOfAll() {
        var all = new ArrayList<>(schema.root().fields());
        for (Struct struct : schema.structs()) all.addAll(struct.fields());
        return all;
    }

    private static boolean nullable(Field field, Struct struct) {
        return field.everNullable(struct.versions()) || field.defaultsToNull();
    }

    private void declareFlexible(Struct struct) {
        String condition = schema.flexible().condition(struct.versions());
        if (!condition.equals("true") && !condition.equals("false")) code.line("boolean flexible = %s;", condition);
    }

    private String flexible(Field field, Struct struct) {
        if (field.neverFlexible()) return "false";
        if (field.tagged()) return "true";
        String condition = schema.flexible().condition(struct.versions());
        return condition.equals("true") || condition.equals("false") ? condition : "flexible";
    }

    private static String presence(Field field) {
        return field.tagged() ? "taggedPresent" : "present";
    }

    private static String elements(FieldType.ArrayOf array) {
        return switch (array.element()) {
            case FieldType.Number.INT8, FieldType.Number.INT16, FieldType.Number.INT32, FieldType.Number.INT64 -> ((FieldType.Number) array.element()).method + "s";
            case FieldType.Id _ -> "uuids";
            case FieldType.Text _ -> "strings";
            default -> throw new IllegalStateException("no array of " + array.element());
        };
    }

    private static String either(String nullable, String withNull, String without) {
        return switch (nullable) {
            case "true" -> withNull;
            case "false" -> without;
            default -> "(" + nullable + " ? " + withNull + " : " + without + ")";
        };
    }

    private static String parenthesized(String condition) {
        return condition.contains("||") ? "(" + condition + ")" : condition;
    }

    private String defaultOf(Field field, Struct struct) {
        String text = field.defaultText();
        if (field.defaultsToNull()) {
            if (field.isPrimitive()) throw new SchemaException(schema.file(), "field " + field.name() + " cannot be null by default");
            return "null";
        }
        return switch (field.type()) {
            case FieldType.Number number -> number(number, text, field);
            case FieldType.Text _ -> text == null ? "\"\"" : "\"" + text + "\"";
            case FieldType.Id _ -> "Uuid.ZERO";
            case FieldType.Bytes _ -> "WireWriter.NO_BYTES";
            case FieldType.Records _ -> nullable(field, struct) ? "null" : "MemoryRecords.EMPTY";
            case FieldType.ArrayOf _ -> "List.of()";
            case FieldType.StructOf of -> of.name() + ".DEFAULT";
        };
    }

    private String number(FieldType.Number type, String text, Field field) {
        try {
            return switch (type) {
                case BOOL -> String.valueOf(Boolean.parseBoolean(text));
                case FLOAT64 -> text == null ? "0.0" : String.valueOf(Double.parseDouble(text));
                case UINT32, INT64 -> text == null ? "0L" : Long.decode(text) + "L";
                case INT8, INT16, UINT16, INT32 -> text == null ? "0" : String.valueOf(Integer.decode(text));
            };
        } catch (NumberFormatException notANumber) {
            throw new SchemaException(schema.file(), "field " + field.name() + " has the default \"" + text + "\", which is no " + type.method);
        }
    }

    /// The Java condition that a field holds something else than its default.
    private String notDefault(Field field, Struct struct) {
        String name = field.name();
        String standard = defaultOf(field, struct);
        boolean nullable = nullable(field, struct);
        if (standard.equals("null")) return name + " != null";
        return switch (field.type()) {
            case FieldType.Number.BOOL -> standard.equals("true") ? "!" + name : name;
            case FieldType.Number _ -> name + " != " + standard;
            case FieldType.Text _ -> standard.equals("\"\"") && !nullable ? "!" + name + ".isEmpty()" : "!" + standard + ".equals(" + name + ")";
            case FieldType.Id _ -> "!Uuid.ZERO.equals(" + name + ")";
            case FieldType.Bytes _ -> nullable ? name + " == null || " + name + ".hasRemaining()" : name + ".hasRemaining()";
            case FieldType.Records _ -> name + ".sizeInBytes() > 0";
            case FieldType.ArrayOf _ -> nullable ? name + " == null || !" + name + ".isEmpty()" : "!" + name + ".isEmpty()";
            case FieldType.StructOf of -> "!" + of.name() + ".DEFAULT.equals(" + name + ")";
        };
    }
}
