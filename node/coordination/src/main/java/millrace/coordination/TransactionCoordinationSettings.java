package millrace.coordination;

import millrace.record.Codec;
import millrace.settings.SettingValues;
import millrace.transaction.TransactionSettings;

/// The settings of transaction coordinators.
///
/// @param transactions what the transactions themselves obey
/// @param partitions `transaction.state.log.num.partitions`: what the topic will have; once it is there, its own number counts
/// @param shell `request.timeout.ms`, `transaction.state.log.load.buffer.size`; its batches are not compressed
/// @param addRetryPauseMs `add.partitions.to.txn.retry.backoff.ms`: how often a partition is added again while the last transaction is being completed
/// @param addRetryLimitMs `add.partitions.to.txn.retry.backoff.max.ms`: for how long
public record TransactionCoordinationSettings(TransactionSettings transactions, int partitions, ShellSettings shell, int addRetryPauseMs, int addRetryLimitMs) {
    public static final TransactionCoordinationSettings DEFAULTS = new TransactionCoordinationSettings(TransactionSettings.DEFAULTS, 50,
            new ShellSettings(Codec.NONE, 30_000, 5 * 1024 * 1024, ShellSettings.RELOAD_PAUSE_MS, Linger.NONE), 20, 100);

    public static TransactionCoordinationSettings of(SettingValues broker) {
        TransactionSettings defaults = TransactionSettings.DEFAULTS;
        var transactions = new TransactionSettings(broker.integer("transaction.max.timeout.ms"), broker.integer("transactional.id.expiration.ms"),
                broker.integer("transaction.remove.expired.transaction.cleanup.interval.ms"), defaults.maxTransactionalIds(), defaults.maxExpiredPerTick(), defaults.retryPauseMs());
        return new TransactionCoordinationSettings(transactions, broker.integer("transaction.state.log.num.partitions"), new ShellSettings(Codec.NONE,
                broker.integer("request.timeout.ms"), broker.integer("transaction.state.log.load.buffer.size"), ShellSettings.RELOAD_PAUSE_MS, Linger.NONE),
                broker.integer("add.partitions.to.txn.retry.backoff.ms"), broker.integer("add.partitions.to.txn.retry.backoff.max.ms"));
    }
}
