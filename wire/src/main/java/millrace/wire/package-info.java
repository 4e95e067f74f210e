/// How bytes become requests and answers become bytes: both ends of a connection, without a socket in sight.
///
/// Why: everything here is driven through [millrace.ports.Net], so the same code meets real sockets and simulated ones that
/// tear, stall and reorder, from a seed; and handlers are plain functions from a request to an [Answer].
///
/// The way in: link ─▶ [FrameAssembler] ─▶ header and body ─▶ the [ApiHandler] that [Handlers] has for the key.
/// The way out: [Answer] ─▶ [Exchange], in line ─▶ [OutgoingMessage] ─▶ link, one flush a turn.
///
/// Invariants:
/// - Answers leave a connection in the order of its requests.
/// - A request is handled when every earlier one of its connection has been answered. So, as with Kafka, a client that has sent
///   OffsetCommit and then OffsetFetch reads what it wrote, a Heartbeat behind a JoinGroup that still waits is judged by the
///   generation which that JoinGroup makes, and a waiting Fetch is followed by a fresh look at the metadata. Handling such
///   requests earlier would win nothing, since their answers could not leave earlier.
/// - The exception: requests of APIs registered as pipelined (Produce) are handled while earlier pipelined ones still wait, in
///   the order in which they came. They take effect when handled and only wait to be acknowledged, so one device sync or one
///   round of replication serves all of them, and nobody can tell the difference but by the clock.
/// - A wait that is only a favour to its client ([Condition.Yielding]) ends when the next request has come, and is told when the connection goes.
///   So a request never waits for an answer that could have been given.
/// - A frame's bytes are valid during `handle` only, and writable then. Memory is taken for a frame only when its turn has come.
/// - Everything waiting is bounded: requests in flight and unsent bytes for each connection ([ListenerSettings]), unfinished
///   frames for the node ([RequestMemory]), connections ([ConnectionLimits]), log lines ([FailureLog]). Whoever reaches a bound
///   is read from no further; the others are not touched. Who waits for request memory waits for no peer that has stopped in the
///   middle of a frame: such a frame is given up after an eighth of its time.
/// - What waits is watched on its connection's loop and let go of when it is answered, late, or the connection goes.
///
/// Bytes, both ways (big endian):
///
///     request  | length 4 | api key 2 | api version 2 | correlation id 4 | client id: length 2 + UTF-8 | tags (header v2) | body |
///     response | length 4 | correlation id 4 | tags (header v1; never for ApiVersions) | body |
///
/// What cannot be served: a known API in a version that is not served, an unknown API, a frame or body that cannot be read, all
/// close the connection after the earlier answers have left, with one line in the log. ApiVersions in an unknown version is
/// answered (KIP-511). A handler that throws is answered for by its [ErrorAnswer], else by the error code of the response as a
/// whole where there is one, else by closing.
///
/// Source: the public protocol guide, KIP-35, KIP-511, KIP-482 and, for closing, what a Kafka 4.4 broker was seen to do.
/// Start reading at [ServerListener] and [ServerConnection]; for the other end at [ClientChannel].
package millrace.wire;
