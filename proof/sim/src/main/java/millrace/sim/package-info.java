/// A simulated world from one seed: machines with clocks, disks and a network, on which the real classes of Millrace run.
///
/// Why: what goes wrong in production goes wrong once a year, in an order nobody thought of. Here it goes wrong thousands of times a
/// minute, and a seed brings the very same story back: `mvn verify -pl proof/sim -Dseed=8421`.
///
/// Invariants: nothing here asks the JDK for time or chance; two runs of a seed have the same [Trace] hash; code of a process that
/// has died has no effect any more. Start reading at [World], then [Node], [Incarnation] and [Lane].
package millrace.sim;
