package millrace.group.classic;

/// Where a group is in its round; drawn in the package's page.
public enum ClassicGroupState {
    EMPTY("Empty"),
    PREPARING_REBALANCE("PreparingRebalance"),
    COMPLETING_REBALANCE("CompletingRebalance"),
    STABLE("Stable"),
    DEAD("Dead");

    private final String text;

    ClassicGroupState(String text) {
        this.text = text;
    }

    /// @return the name that clients and tools know
    public String text() {
        return text;
    }
}
