package millrace.storage.log;

/// Where the log ends, published as one: a reader that sees the offset sees every byte below it.
///
/// @param offset   the log end offset, that the next record gets
/// @param position bytes of `segment` below it
record LogEnd(long offset, LogSegment segment, int position) {}
