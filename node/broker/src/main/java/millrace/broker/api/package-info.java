/// One handler for each API that a broker serves: authorize, find, act, answer.
///
/// Why: a request reads as it would be told, and what it touches stands in its constructor. A handler runs on the connection's
/// event loop and never blocks: it answers at once or returns the condition that it waits for ([millrace.wire.Answer]).
///
/// What changes metadata is not decided here: [ForwardingHandler] passes it to the controller as it is.
/// Fetch has a package of its own (`millrace.broker.fetch`), because it remembers sessions.
package millrace.broker.api;
