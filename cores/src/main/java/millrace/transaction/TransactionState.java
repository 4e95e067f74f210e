package millrace.transaction;

/// The states of a transactional id, with the bytes and the words that Kafka has for them.
public enum TransactionState {
    EMPTY(0, "Empty"),
    ONGOING(1, "Ongoing"),
    PREPARE_COMMIT(2, "PrepareCommit"),
    PREPARE_ABORT(3, "PrepareAbort"),
    COMPLETE_COMMIT(4, "CompleteCommit"),
    COMPLETE_ABORT(5, "CompleteAbort"),
    /// Kafka's word for a transactional id that is being forgotten. No record says it: a tombstone does.
    DEAD(6, "Dead"),
    /// Kafka's word for the moment before an abort that nobody asked for. No record says it.
    PREPARE_EPOCH_FENCE(7, "PrepareEpochFence");

    private final byte id;
    private final String text;

    TransactionState(int id, String text) {
        this.id = (byte) id;
        this.text = text;
    }

    public byte id() {
        return id;
    }

    /// @return as tools show it and filters name it
    public String text() {
        return text;
    }

    /// @return whether the outcome is decided and markers are on their way
    public boolean isPrepared() {
        return this == PREPARE_COMMIT || this == PREPARE_ABORT;
    }

    /// @return whether a transaction is under way whose records are not decided upon everywhere
    public boolean isOpen() {
        return this == ONGOING || isPrepared();
    }

    /// @return null when there is none
    static TransactionState forId(byte id) {
        return id >= 0 && id < values().length ? values()[id] : null;
    }

    /// @return null when there is none
    public static TransactionState forText(String text) {
        for (TransactionState each : values()) {
            if (each.text.equals(text)) return each;
        }
        return null;
    }
}
