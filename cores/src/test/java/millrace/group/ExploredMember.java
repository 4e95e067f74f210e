package millrace.group;

import java.util.function.IntUnaryOperator;

/// A member of an [ExploredGroup], as the client library sees itself. Partitions are the bits of a number.
///
/// As the clients that there are (KIP-848): with the first heartbeat, and with the one after an answer that never came, it tells all about itself;
/// otherwise only what has changed. What it is told to give up it has until it has given it up, and says so with the next heartbeat. It also says what it has once more
/// when it was told something else meanwhile and then that again (the Java client numbers what it is told): the coordinator would wait for it forever.
final class ExploredMember {
    static final int NOTHING_SAID = -1;

    final String memberId;
    private boolean joined;
    private boolean gone;
    private int joins;
    private int epoch;
    private int owned;
    private int told;
    private int said = NOTHING_SAID;
    private boolean wasToldAgain;

    ExploredMember(String memberId) {
        this.memberId = memberId;
    }

    ExploredMember copy() {
        var copy = new ExploredMember(memberId);
        copy.joined = joined;
        copy.gone = gone;
        copy.joins = joins;
        copy.epoch = epoch;
        copy.owned = owned;
        copy.told = told;
        copy.said = said;
        copy.wasToldAgain = wasToldAgain;
        return copy;
    }

    boolean hasJoined() {
        return joined;
    }

    boolean isGone() {
        return gone;
    }

    /// @return how often it has come into the group so far
    int joins() {
        return joins;
    }

    int epoch() {
        return joined ? epoch : 0;
    }

    int owned() {
        return owned;
    }

    /// @return what it has, or has been told that it may have
    int has() {
        return owned | told;
    }

    boolean tellsAll() {
        return !joined || said == NOTHING_SAID;
    }

    boolean hasNews() {
        return owned != said || wasToldAgain;
    }

    boolean hasToDo() {
        return joined && owned != told;
    }

    /// @param assigned null when it is what it was
    void heard(int memberEpoch, Integer assigned) {
        if (!joined) joins++;
        joined = true;
        said = owned;
        epoch = memberEpoch;
        wasToldAgain = assigned != null && assigned != told && assigned == owned;
        if (assigned != null) told = assigned;
    }

    /// What it was told and has not taken yet it must not take any more: with the next heartbeat it says that it has it not.
    void heardNothing() {
        said = NOTHING_SAID;
        told = owned;
        wasToldAgain = false;
    }

    void doesAsTold() {
        owned = told;
    }

    /// It is no member any more, and has nothing; it may come again.
    void fenced() {
        joined = false;
        epoch = 0;
        owned = 0;
        told = 0;
        said = NOTHING_SAID;
        wasToldAgain = false;
    }

    void goes() {
        fenced();
        gone = true;
    }

    /// @param name what an epoch is to be called
    /// @return all that counts for what it does next. What it has said is either nothing, or what it has now, or it has news
    String text(IntUnaryOperator name) {
        if (gone) return "gone";
        if (!joined) return joins == 0 ? "to come" : "out";
        return "in " + name.applyAsInt(epoch) + " has " + owned + " of " + told + (said == NOTHING_SAID ? " said nothing" : hasNews() ? " has news" : "");
    }

    @Override public String toString() {
        return memberId + " " + text(IntUnaryOperator.identity());
    }
}
