/// Fetch: record batches from the log to whoever reads, with sessions that spare both sides the repetition.
///
/// Why sessions: a consumer of a thousand partitions would otherwise send and receive a thousand unchanged entries with every
/// poll. A session is the broker's memory of what the client wants and what it was last told (KIP-227).
///
///     session id 0, epoch -1    no session: everything is in the request and in the response
///     session id 0, epoch 0     make a session; the response carries its id (0 when there is no room for one more)
///     session id s, epoch 0     close s and make another one
///     session id s, epoch n     the n-th incremental fetch of s: the request names changes, the response only what is new
///     session id s, epoch -1    close s, answer without a session
///
/// Invariants: a partition is left out of an incremental response only if it has no records, no error, and the high watermark and
/// log start offset that the client was told last; a session belongs to one connection's requests at a time and its epoch counts them.
///
/// Start reading at [FetchHandler].
package millrace.broker.fetch;
