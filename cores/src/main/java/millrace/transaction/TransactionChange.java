package millrace.transaction;

import java.util.Objects;

/// One transactional id is like this from now on.
///
/// @param transaction null when it is forgotten
/// @param version of the record's value in which this is written down
public record TransactionChange(String transactionalId, Transaction transaction, short version) {
    public TransactionChange {
        Objects.requireNonNull(transactionalId, "transactionalId");
    }
}
