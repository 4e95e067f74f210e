/// Which cold segment is read through next, and how much of it now.
///
/// Why: a segment that nobody reads may rot until the last good copy elsewhere is gone. So every segment that is not appended to is read
/// whole once in a while, slowly, and compared with what its identity says ([millrace.storage.identity]).
///
///     pass begins ─▶ segment by segment, in order of partition and offset ─▶ pass ends ─▶ rest until the interval since its beginning is over
///
/// Invariants: no more bytes are read in any stretch of time than the rate allows, plus one second's; a segment that appears behind the place
/// reached is part of this pass, one before it of the next. What is decided here depends on what is told here alone: no clock, no file.
/// Called by [millrace.storage.directory.LogDirectory]. Start reading at [ScrubPlan].
package millrace.storage.scrub;
