package millrace.core;

import java.util.List;

import millrace.core.ReplicatedCore.Decision;
import millrace.protocol.ErrorCode;

/// What a coordinator decides for one partition of its topic: a replicated core whose answers may come later than their
/// question, because several clients have to act before any of them can be answered.
///
///     command (with a token) ──▶ decide ──▶ changes ──▶ appended ──▶ apply
///                                   └─────▶ replies (token, answer): to this command, or to one of long ago
///
/// Every command that carries a token is answered by exactly one reply with that token, now or in a later decision. The shell
/// holds every reply back until all that was appended before it is committed; so nobody ever sees state that a
/// failover could take back, reads included.
///
/// Beside the replicated state, which moves only in [#apply], a core has state that may die with it (who is joining, whose
/// session ends when). `decide` moves that part at once and trusts that its changes will be appended; when they are not, the shell
/// says so with [#refused], and the core goes back to what the log says.
public interface CoordinatorCore<Command, Change, Answer> {
    /// @param nowMs monotonic milliseconds, never going back between two calls; all deadlines are in this time
    /// @param timestampMs wall time for what is written, which may jump
    Decision<Change, Outcome<Answer>> decide(Command command, long nowMs, long timestampMs);

    /// The one place where replicated state moves. It accepts whatever a log may hold, in any order that compaction leaves.
    void apply(Change change);

    /// The log has been applied to its end; from now on commands are decided. Called once, before the first [#decide].
    Decision<Change, Outcome<Answer>> loaded(long nowMs, long timestampMs);

    /// @return the time at which [#tick] has something to do; [Long#MAX_VALUE] for never; it may be too early, never too late
    long nextDeadlineMs();

    /// Does what is due. It does a bounded amount of it: when more is due, [#nextDeadlineMs] is not in the future afterwards.
    Decision<Change, Outcome<Answer>> tick(long nowMs, long timestampMs);

    /// The changes of the latest decision were not appended and never will be. The shell answers that decision's own replies with
    /// [#failed]; what else waited for those changes is answered by the replies returned here, and the core goes back to what the
    /// log says about everything that the changes would have changed.
    Outcome<Answer> refused(List<Change> changes, ErrorCode error, long nowMs, long timestampMs);

    /// @return the answer that says no more than that it went wrong
    Answer failed(ErrorCode error);

    /// @param token of the command that is answered, or [#UNASKED] for an announcement: something for the node to do once all that was
    ///        appended before is committed. An announcement outlasts the patience of clients, and is lost only with the coordinator: the next
    ///        one makes it again when it has loaded the log
    record Reply<Answer>(long token, Answer answer) {
        /// No command has this token.
        public static final long UNASKED = -1;
    }

    /// @param unfinished true when the command was too much for one decision and must be decided again after these changes are applied
    /// @param notes what an operator may want to know of this decision, a sentence each; for the node's log
    /// @param patient whether nobody goes on sooner for hearing of this sooner: the shell may let it wait a moment for company, with which it is written
    ///        down and answered at less cost
    record Outcome<Answer>(List<Reply<Answer>> replies, boolean unfinished, List<String> notes, boolean patient) {
        public Outcome {
            replies = List.copyOf(replies);
            notes = List.copyOf(notes);
        }

        public Outcome(List<Reply<Answer>> replies, boolean unfinished) {
            this(replies, unfinished, List.of(), false);
        }
    }
}
