package millrace.group.stored;

/// How far a member of a consumer group is on the way to its target; drawn in the page of `consumer`.
public enum MemberState {
    /// It has what the target of its member epoch gives it, as far as it is concerned.
    STABLE(0),
    /// It has been told to give up partitions and has not said that it did.
    UNREVOKED_PARTITIONS(1),
    /// It lacks partitions that others have not given up yet.
    UNRELEASED_PARTITIONS(2),
    /// Written by a coordinator that knows more states. Whoever is in it begins anew.
    UNKNOWN(127);

    private final byte id;

    MemberState(int id) {
        this.id = (byte) id;
    }

    /// @return as the log has it
    public byte id() {
        return id;
    }

    public static MemberState of(byte id) {
        for (MemberState state : values()) {
            if (state.id == id) return state;
        }
        return UNKNOWN;
    }
}
