package millrace.storage.log;

/// Who appends, and so how much is checked.
public enum AppendOrigin {
    /// A produce request: the batch, its records and its sequence are checked.
    CLIENT,
    /// A coordinator of this node (group offsets, transaction markers): its own batches, with producer epochs checked but no sequences.
    COORDINATOR,
    /// The metadata quorum's leader: offsets are given, nothing else is asked.
    RAFT_LEADER
}
