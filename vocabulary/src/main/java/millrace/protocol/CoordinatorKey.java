package millrace.protocol;

/// The key of a record in `__consumer_offsets`, `__transaction_state` or `__share_group_state`.
/// In the log it follows its record type (int16) and is always written at version 0.
public interface CoordinatorKey extends Message {
    short recordType();
}
