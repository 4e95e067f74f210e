/// The command line's commands, on picocli and kafka-clients.
///
/// Why through the public protocol: a command sees exactly what any other client sees, has no back door into a node, and works
/// against Apache Kafka as well. Options bear the names of Kafka's scripts where those have one.
///
///     Cli ──▶ a command (options, words) ──▶ Clients ──▶ ClusterAdmin, Producer, Consumer
///                      │
///                      └──▶ Table or Json (what people, what programs read)
///
/// Invariants: results go to standard output, everything else to standard error; exit status 0 is done, 1 is a problem that
/// was told with what to do about it, 2 is a command line that could not be understood. Start reading at [Cli].
package millrace.cli;
