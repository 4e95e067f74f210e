package millrace.protocol;

/// What the log holds and can tell by the names of its schema: for people and tools. Generated for records of the metadata log, keys and
/// values of the coordinators' topics, control records and the rest of what has a schema and is no request, response or header.
public interface Described {
    /// Tells every field that the version carries, in the order of the schema; a tagged field only where it is not the default.
    void describe(Fields to, short wireVersion);

    /// Takes the fields of one struct.
    interface Fields {
        /// @param name  as the schema has it, beginning with a small letter
        /// @param value a number, a boolean, a String, a [millrace.common.Uuid], a ByteBuffer, a [millrace.record.Records], a [Described], a
        ///              List of these, or null
        void field(String name, Object value);
    }
}
