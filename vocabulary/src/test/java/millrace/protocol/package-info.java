/// How we know that the protocol is right.
///
/// - [SameBytesAsApacheTest]: every message at every version against Apache Kafka's own classes, which are on the test's class
///   path only. `mvn -pl vocabulary test -Dtest=SameBytesAsApacheTest -Dprotocol.rounds=1000` looks longer.
/// - [HostileInputTest]: truncated, flipped, oversized input in every message.
/// - [DecoderFuzzTest]: coverage-guided fuzzing. A normal run only replays the seeds and what earlier finds left behind. To fuzz
///   for ten seconds, one target at a time because Jazzer runs one per process:
///
///       JAZZER_FUZZ=1 mvn -pl vocabulary test -Dtest='DecoderFuzzTest#requests'
///
///   Targets: `requests`, `responses`, `metadataRecords`, `coordinatorRecords`, `headersControlRecordsAndFiles`. The corpus grows
///   in `.cifuzz-corpus`, which is not tracked; a find is written beside the test's resources and becomes a test by being committed.
package millrace.protocol;
