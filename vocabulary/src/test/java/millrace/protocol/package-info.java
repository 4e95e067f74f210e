/// How we know that the protocol is right.
///
/// - [SameBytesAsApacheTest]: every message at every version against Apache Kafka's own classes, which are on the test's class
///   path only. `mvn -pl vocabulary test -Dtest=SameBytesAsApacheTest -Dprotocol.rounds=1000` looks longer.
/// - [HostileInputTest]: truncated, flipped, oversized input in every message.
/// - [RequestFuzzTest] and its siblings on [DecoderFuzz], and those of `millrace.record`: coverage-guided fuzzing with Jazzer, which
///   runs one target per process, hence one class for each. A normal run replays the seeds and what earlier finds left behind. CI
///   (`CI` in the environment) also fuzzes each for ten seconds; by hand, longer where `maxDuration` says so:
///
///       JAZZER_FUZZ=1 mvn -pl vocabulary -am test -Dtest=RequestFuzzTest -Dsurefire.failIfNoSpecifiedTests=false
///
///   The corpus grows in `.cifuzz-corpus`, which is not tracked; a find is written beside the test's resources and becomes a test
///   by being committed.
package millrace.protocol;
