package millrace.codegen;

/// The type of a field.
sealed interface FieldType {
    /// Fixed width; `reader` is the method of WireReader and WireWriter, and the schema's own name of the type.
    enum Number implements FieldType {
        BOOL("bool", "boolean", "Boolean", 1), INT8("int8", "byte", "Byte", 1), INT16("int16", "short", "Short", 2), UINT16("uint16", "int", "Integer", 2),
        INT32("int32", "int", "Integer", 4), UINT32("uint32", "long", "Long", 4), INT64("int64", "long", "Long", 8), FLOAT64("float64", "double", "Double", 8);

        final String method;
        final String java;
        final String boxed;
        final int bytes;

        Number(String method, String java, String boxed, int bytes) {
            this.method = method;
            this.java = java;
            this.boxed = boxed;
            this.bytes = bytes;
        }
    }

    record Text() implements FieldType {}

    record Id() implements FieldType {}

    record Bytes() implements FieldType {}

    record Records() implements FieldType {}

    record StructOf(String name) implements FieldType {}

    record ArrayOf(FieldType element) implements FieldType {}

    static FieldType parse(String text, String where) {
        if (text.startsWith("[]")) {
            FieldType element = parse(text.substring(2), where);
            if (element instanceof ArrayOf || element instanceof Bytes || element instanceof Records)
                throw new SchemaException(where, "an array of " + text.substring(2) + " is not something that this generator writes; extend WireReader and MessageSource");
            return new ArrayOf(element);
        }
        for (Number number : Number.values()) if (number.method.equals(text)) return number;
        return switch (text) {
            case "string" -> new Text();
            case "uuid" -> new Id();
            case "bytes" -> new Bytes();
            case "records" -> new Records();
            default -> {
                if (!Character.isUpperCase(text.charAt(0))) throw new SchemaException(where, "unknown type \"" + text + "\"");
                yield new StructOf(text);
            }
        };
    }

    default String java() {
        return switch (this) {
            case Number number -> number.java;
            case Text _ -> "String";
            case Id _ -> "Uuid";
            case Bytes _ -> "ByteBuffer";
            case Records _ -> "Records";
            case StructOf struct -> struct.name();
            case ArrayOf array -> "List<" + (array.element() instanceof Number number ? number.boxed : array.element().java()) + ">";
        };
    }

    /// The struct that this type is or holds, or null.
    default String structName() {
        return switch (this) {
            case StructOf struct -> struct.name();
            case ArrayOf array -> array.element().structName();
            default -> null;
        };
    }
}
