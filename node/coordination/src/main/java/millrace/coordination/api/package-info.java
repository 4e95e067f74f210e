/// One handler for each API of groups: it reads the request's version into a command, and writes the answer in that version.
///
/// Everything that a version cannot say is settled here (a rebalance time-out before v1 is the session time-out, a null protocol name
/// before v7 is ""), so that the core knows no versions. Topics are looked up here too, by name or from v10 by id: the core
/// believes what it is told.
package millrace.coordination.api;
