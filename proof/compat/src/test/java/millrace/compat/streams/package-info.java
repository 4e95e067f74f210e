/// Kafka Streams on a Millrace node: jobs with exactly_once_v2 that are killed, and whose node is killed, in the middle of their work.
///
/// Why: Streams leans on everything that coordinators do (groups, transactions with offsets, compacted changelogs, its own internal topics), and
/// its results can be computed without it: [Expectation] does that from the same input, [StreamsTest] compares.
package millrace.compat.streams;
