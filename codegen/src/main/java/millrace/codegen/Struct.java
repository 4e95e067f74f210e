package millrace.codegen;

import java.util.List;

/// A named list of fields: a whole message, or something inside one.
///
/// @param versions in which it can be met: those of the message, narrowed by the fields that lead to it
record Struct(String name, Versions versions, List<Field> fields) {
    Struct at(Versions narrowed) {
        return new Struct(name, narrowed, fields);
    }
}
