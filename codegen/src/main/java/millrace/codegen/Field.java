package millrace.codegen;

/// One field of a struct.
///
/// @param name as the record component is called: the schema's name with a small first letter
/// @param versions in which it is there at all
/// @param nullable versions in which null is allowed
/// @param defaultText the schema's default, null when it names none; the text "null" is the null value
/// @param tag -1 when it is not a tagged field
/// @param neverFlexible it keeps the old encoding even in flexible versions (the request header's client id)
record Field(String name, FieldType type, Versions versions, Versions nullable, String defaultText, boolean ignorable, int tag, boolean neverFlexible) {
    boolean tagged() {
        return tag >= 0;
    }

    boolean defaultsToNull() {
        return "null".equals(defaultText);
    }

    boolean everNullable(Versions context) {
        return !nullable.and(versions).and(context).isEmpty();
    }

    boolean isPrimitive() {
        return type instanceof FieldType.Number;
    }
}
