/// Clients and tools that nobody here wrote, unmodified, against a node that runs as a process of its own.
///
/// Why: "is Apache Kafka to everything that talks to it" can only be shown by what talks to it. Each test starts the real launcher
/// ([NodeProcess]) on free ports of the loopback interface and a fresh data directory, so it can also be killed.
///
/// A client that is not installed is a skipped test that says which command installs it; with the environment variable `CI` set a
/// missing client is a failure, so that CI cannot pass by not looking ([Peers]).
package millrace.compat;
