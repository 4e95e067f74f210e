package millrace.transaction;

/// What transaction coordinators obey.
///
/// @param maxTimeoutMs `transaction.max.timeout.ms`: the longest time-out that a producer may ask for
/// @param expirationMs `transactional.id.expiration.ms`: how long a transactional id is remembered after its last use
/// @param expirationCheckIntervalMs `transaction.remove.expired.transaction.cleanup.interval.ms`
/// @param maxTransactionalIds of one partition; who comes when they are as many is told to come again
/// @param maxExpiredPerTick how many are forgotten, or aborted, in one decision
/// @param retryPauseMs after which an abort that could not be written is tried again
public record TransactionSettings(int maxTimeoutMs, long expirationMs, long expirationCheckIntervalMs, int maxTransactionalIds, int maxExpiredPerTick, int retryPauseMs) {
    public static final TransactionSettings DEFAULTS = new TransactionSettings(900_000, 604_800_000, 3_600_000, 1_000_000, 1_000, 1_000);
}
