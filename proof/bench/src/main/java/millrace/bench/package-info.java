/// Microbenchmarks of the pieces that every record passes: validation, append, look-up, fetch, codecs.
///
/// Why: the yardstick in `shared/bench` measures a whole broker against Apache Kafka and says *that* something costs; these say *where*.
/// A figure here is for comparing two versions of one piece on one machine in one hour, never for a claim against Kafka.
///
///     proof/bench/micro                    all of them, quickly
///     proof/bench/micro Append -f 3        one, carefully (the rest goes to JMH)
///
/// They use the real disk of `bindings` under the system's folder for temporary files, and remove what they write.
package millrace.bench;
