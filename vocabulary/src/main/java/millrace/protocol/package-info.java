/// The protocol as data: every request, response, header and record of Kafka, as an immutable Java record that reads and writes
/// itself at every version.
///
/// Why generated: the schemas that Apache Kafka publishes inside its artefacts are the contract, so a new Kafka release is a
/// version number in the pom. `codegen` turns the 286 schemas into the packages below this one while the build runs (under
/// `target/`, nothing in git); this package holds what the generated code stands on.
///
/// How bytes look, `flexible` being the newer half of a message's versions:
///
///     type                      not flexible               flexible
///     bool int8 ... float64     fixed width, big endian    the same
///     string                    int16 length, UTF-8        unsigned varint length + 1
///     bytes, records, []T       int32 length               unsigned varint length + 1
///     null                      length -1                  length 0
///     nullable struct           int8 -1 or 1, then fields  the same; as the payload of a tag: unsigned varint 0 or 1
///     end of every struct       nothing                    unsigned varint count, then (tag, size, payload) by rising tag
///
/// Invariants:
/// - Reading allocates no more than the bytes that arrived can justify: a count is checked against the bytes left first.
///   Malformed input is a [MalformedMessage] that names message, version, field and position, and nothing else is ever thrown.
/// - Reading does not look at what it does not know: unknown tags are skipped, tags may come in any order, and of a tag that
///   comes twice the last one counts (as in Apache Kafka).
/// - `bytes` fields are own read-only copies of the frame, `records` fields are views of it.
/// - `size` and `write` agree: one `write` method runs against a [SizingWriter] or a [BufferWriter].
/// - A builder copies the lists it is given; the records' constructors are for the reading code and take lists as they are.
///
/// A field that a version does not have is dropped if the schema says ignorable or its value is the default, and refused
/// with [UnsupportedField] otherwise. Start reading at [Message], then at a generated record.
///
/// Sources: the schemas in `kafka-clients` and its siblings, KIP-482 (tagged fields), `spec/protocol.md` 2.2 (limits).
package millrace.protocol;
