/// The seam between the broker side and the quorum side of a node: images come down, requests to the controller go up.
///
/// Why: the two sides do not know each other, so a broker follows a controller in its own process and one elsewhere alike, and
/// either side is tested without the other. `millrace.quorum` implements both interfaces, `millrace.broker` uses them, the app
/// joins them.
///
///     millrace.quorum ──MetadataFeed──▶ millrace.broker
///     millrace.quorum ◀─ControllerLink── millrace.broker
///
/// Invariants: a subscriber is told one step at a time and in order, each step starting at the image where the last one ended;
/// only committed metadata is ever shown; a link always completes what it was given, with an error code if need be.
/// Start reading at [MetadataFeed].
package millrace.feed;
