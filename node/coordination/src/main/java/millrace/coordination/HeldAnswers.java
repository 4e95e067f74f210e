package millrace.coordination;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

import millrace.core.CoordinatorCore.Reply;
import millrace.wire.Condition;

/// Answers that may be seen once what they speak of is committed, in the order of their offsets.
///
/// Only the first one's condition is watched: the others cannot come to hold before it does. Guarded by the shell's lock, but for [#mayBeReleased].
final class HeldAnswers<Answer> {
    /// @param committed  holds when they may be seen
    /// @param deadlineMs after which nobody waits any longer
    record Held<Answer>(Condition committed, long endOffset, long sinceMs, long deadlineMs, List<Reply<Answer>> replies) {
        /// @return whether somebody waits whose patience ends, rather than the node itself
        private boolean isAskedFor() {
            return replies.stream().anyMatch(reply -> reply.token() != Reply.UNASKED);
        }
    }

    private final Condition.Watcher watcher;
    private final Deque<Held<Answer>> held = new ArrayDeque<>();
    /// The first one, set under the lock.
    private volatile Held<Answer> watched;

    /// @param watcher told when the first ones may have been committed, on any thread and with any lock in hand
    HeldAnswers(Condition.Watcher watcher) {
        this.watcher = watcher;
    }

    /// @param endOffset  exclusive; not below that of those before
    /// @param patienceMs from now
    /// @param committed  of this offset; asked where nobody holds the same
    void add(List<Reply<Answer>> replies, long endOffset, long nowMs, long patienceMs, Supplier<Condition> committed) {
        Held<Answer> last = held.peekLast();
        if (last != null && last.endOffset == endOffset && last.isAskedFor()) last.replies.addAll(replies);
        else held.addLast(new Held<>(committed.get(), endOffset, nowMs, nowMs + patienceMs, new ArrayList<>(replies)));
        watchFirst();
    }

    private void watchFirst() {
        Held<Answer> first = held.peekFirst();
        if (first == watched) return;
        if (watched != null) watched.committed.unwatch(watcher);
        watched = first;
        if (watched != null) watched.committed.watch(watcher);
    }

    int size() {
        return held.size();
    }

    /// From any thread, without the lock.
    /// @return false when the first one is not committed for certain
    boolean mayBeReleased() {
        Held<Answer> first = watched;
        return first == null || first.committed.holds();
    }

    boolean isFirstCommitted() {
        return !held.isEmpty() && held.peekFirst().committed.holds();
    }

    Held<Answer> removeFirst() {
        Held<Answer> first = held.removeFirst();
        watchFirst();
        return first;
    }

    /// Clients do not wait for ever to hear that something is committed. What the node is to do then waits as long as it takes.
    /// @return those who have waited long enough; they are not held any more
    List<Reply<Answer>> losePatience(long nowMs) {
        var lost = new ArrayList<Reply<Answer>>();
        for (Iterator<Held<Answer>> each = held.iterator(); each.hasNext(); ) {
            Held<Answer> late = each.next();
            if (nowMs < late.deadlineMs) break;
            late.replies.removeIf(reply -> reply.token() != Reply.UNASKED && lost.add(reply));
            if (late.replies.isEmpty()) each.remove();
        }
        watchFirst();
        return lost;
    }

    /// @return when the next one loses his patience, [Long#MAX_VALUE] when nobody does
    long nextDeadlineMs() {
        for (Held<Answer> each : held) if (each.isAskedFor()) return each.deadlineMs;
        return Long.MAX_VALUE;
    }

    void clear() {
        held.clear();
        watchFirst();
    }
}
