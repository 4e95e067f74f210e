package millrace.group.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import millrace.core.CoordinatorCore.Outcome;
import millrace.core.CoordinatorCore.Reply;
import millrace.core.ReplicatedCore.Decision;
import millrace.group.stored.GroupChange;

/// One decision in the making: what time it is, and what has been decided so far.
public final class Turn {
    private static final int MAX_NOTE_LENGTH = 500;
    private static final Pattern CONTROL_CHARACTERS = Pattern.compile("\\p{Cntrl}");

    private final long nowMs;
    private final long timestampMs;
    private final List<GroupChange> changes = new ArrayList<>();
    private final List<Reply<GroupAnswer>> replies = new ArrayList<>();
    private final List<String> notes = new ArrayList<>(0);
    private boolean unfinished;
    private boolean patient;

    public Turn(long nowMs, long timestampMs) {
        this.nowMs = nowMs;
        this.timestampMs = timestampMs;
    }

    /// @return monotonic milliseconds
    public long nowMs() {
        return nowMs;
    }

    /// @return wall time in milliseconds
    public long timestampMs() {
        return timestampMs;
    }

    public void change(GroupChange change) {
        changes.add(change);
    }

    public boolean hasChanges() {
        return !changes.isEmpty();
    }

    public int changeCount() {
        return changes.size();
    }

    public void reply(long token, GroupAnswer answer) {
        replies.add(new Reply<>(token, answer));
    }

    /// @param note a sentence for the node's log. Clients have a say in it, so it is cut and kept to one line
    public void note(String note) {
        String cut = note.length() <= MAX_NOTE_LENGTH ? note : note.substring(0, MAX_NOTE_LENGTH) + "...";
        notes.add(CONTROL_CHARACTERS.matcher(cut).replaceAll("?"));
    }

    /// The command has to be decided once more when these changes are applied.
    public void leaveUnfinished() {
        unfinished = true;
    }

    /// Nobody goes on sooner for hearing of this decision sooner.
    public void letWait() {
        patient = true;
    }

    public Decision<GroupChange, Outcome<GroupAnswer>> decision() {
        return new Decision<>(changes, outcome());
    }

    public Outcome<GroupAnswer> outcome() {
        return new Outcome<>(replies, unfinished, notes, patient);
    }
}
