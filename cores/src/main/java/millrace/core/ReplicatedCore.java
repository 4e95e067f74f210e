package millrace.core;

import java.util.List;

/// State that outlives its node: commands are decided against the newest state, the decision's changes become records in a log,
/// and only applying a change moves the state. Replaying the log into a fresh core therefore gives the same state.
///
///     command ──▶ decide ──▶ changes ──▶ (appended by the shell) ──▶ apply
///                    └─────▶ answer, given out once the changes are committed
///
/// The shell applies the changes of one decision, in order and all of them, before it asks for the next decision.
public interface ReplicatedCore<Command, Change, Answer> {
    /// Reads the state, proposes changes, moves nothing that is replicated.
    ///
    /// @param nowMs monotonic milliseconds; it never goes back between two calls
    Decision<Change, Answer> decide(Command command, long nowMs);

    /// The one place where replicated state moves. It accepts every change that was ever decided, in the order of the log.
    void apply(Change change);

    /// @param changes in the order in which they are to be appended and applied; empty when nothing has to be remembered
    record Decision<Change, Answer>(List<Change> changes, Answer answer) {
        public Decision {
            changes = List.copyOf(changes);
        }
    }
}
