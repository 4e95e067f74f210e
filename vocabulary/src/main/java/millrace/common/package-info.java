/// Identities and the few value types that every other package speaks of.
///
/// Why: an id that is a type of its own cannot be passed where another belongs. All of them are immutable, have an order, and
/// print the way Kafka prints them, so that logs, file names and error texts agree with what operators know.
package millrace.common;
