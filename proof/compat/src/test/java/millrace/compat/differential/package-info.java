/// The wire, question by question: the same script of requests goes to Apache Kafka 4.4.0 and to a Millrace node, and the answers are
/// compared field by field.
///
/// Why: a specification says what its author thought of; the reference says what clients have met for years. Nothing is recorded
/// beforehand: both nodes are started by the test, so that an answer cannot be out of date and a script may be changed freely.
///
///     Script ──▶ Session (Apache Kafka) ──▶ Transcript ─┐
///       └──────▶ Session (Millrace)     ──▶ Transcript ─┴─▶ Comparison ──▶ differences − KnownDifferences = nothing
///
/// What a node may choose freely is replaced before it is compared ([Rendering]): ids by their order of appearance, ports, folders, the
/// wording of texts. Error codes, offsets, timestamps, epochs and the bytes of records are compared as they are.
///
/// What differs and may differ is listed in [KnownDifferences] under a title of docs/COMPATIBILITY.md, where the reason stands. An entry
/// that no script needs any more fails the test too.
///
/// Start reading at [Session]; the scripts are the classes that end in `Scripts`.
package millrace.compat.differential;
