package millrace.record;

/// Whose clock a batch's timestamps come from (attribute bit 3). Source: KIP-32.
public enum TimestampType {
    /// Each record carries the time that its producer gave it.
    CREATE_TIME,
    /// The leader stamped the whole batch: every record has the batch's max timestamp.
    LOG_APPEND_TIME
}
