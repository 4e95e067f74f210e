/// What a group coordinator is asked and what it answers, without any version of a request: the handlers in
/// `millrace.coordination` translate between these and the protocol's messages.
///
/// A command that carries a token is answered once, by a reply with that token; JoinGroup and SyncGroup often much later.
package millrace.group.command;
