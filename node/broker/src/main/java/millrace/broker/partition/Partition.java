package millrace.broker.partition;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import millrace.common.BrokerId;
import millrace.common.OffsetAndEpoch;
import millrace.common.TopicIdPartition;
import millrace.common.TopicPartition;
import millrace.common.Uuid;
import millrace.coordination.CoordinatorPartition;
import millrace.metadata.PartitionRegistration;
import millrace.protocol.ErrorCode;
import millrace.record.CorruptRecord;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.replication.LeaderReplica;
import millrace.replication.LeaderReplica.Effect;
import millrace.replication.LeaderReplica.Effect.AdvanceHighWatermark;
import millrace.replication.LeaderReplica.Input.Appended;
import millrace.replication.LeaderReplica.Input.Reconfigured;
import millrace.replication.LeaderReplica.Input.Synced;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendOrigin;
import millrace.storage.log.AppendResult;
import millrace.storage.log.AppendResult.Refused;
import millrace.storage.log.FlushListener;
import millrace.storage.log.LogClosed;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.PartitionLog;
import millrace.storage.log.ReadResult;
import millrace.storage.log.TimestampOffset;
import millrace.wire.Condition;
import millrace.wire.Signal;

/// One partition on this broker: gives its [LeaderReplica] its turns and carries out what that decides, in order.
///
///                assign(leader)                       assign(other)
///     Absent ─────────────────────▶ Leading(epoch) ─────────────────▶ Following(epoch)
///                                        ▲                                │
///                                        └────────────────────────────────┘  assign(leader), a higher epoch
///
/// Reads take no lock: they look at the volatile high watermark first and at the log after it.
public final class Partition implements CoordinatorPartition {
    /// Shown for a batch of a transaction for which no guard was drawn, because this broker did not lead the partition then.
    public static final long NO_GUARD = TransactionGuards.UNDRAWN;

    private final BrokerId self;
    private final TopicPartition topicPartition;
    private final Uuid topicId;
    private volatile PartitionLog log;
    private volatile LogDirectory directory;
    private final ReentrantLock turns = new ReentrantLock();
    private final Signal moved = new Signal();
    private final FlushListener onDevice = new OnDevice();
    private final TransactionGuards guards = new TransactionGuards();
    private final Traffic allTraffic;
    /// Null until there is some: most of many partitions are idle.
    private volatile TopicTraffic traffic;
    private volatile PartitionRules rules;
    private volatile PartitionRegistration registration;
    private volatile LeaderReplica leader;
    private volatile long highWatermark;
    private volatile boolean closed;
    private boolean handingOver;

    /// The high watermark begins where the log's checkpoint has it, cut to the log's bounds, because a log may have lost its unsynced tail.
    Partition(BrokerId self, TopicPartition topicPartition, Uuid topicId, PartitionLog log, LogDirectory directory, PartitionRules rules, PartitionRegistration registration, Traffic traffic) {
        this.self = self;
        this.allTraffic = traffic;
        this.topicPartition = topicPartition;
        this.topicId = topicId;
        this.log = log;
        this.directory = directory;
        this.rules = rules;
        this.registration = registration;
        this.highWatermark = Math.max(log.logStartOffset(), Math.min(log.highWatermark(), log.logEndOffset()));
        log.onFlushed(onDevice);
    }

    // ── what the metadata image says ──────────────────────────────────────────────────────────────────────────────────

    /// Takes up the newest registration: begins to lead, goes on leading with another ISR, or stops leading.
    void assign(PartitionRegistration newest, PartitionRules newRules) {
        turns.lock();
        try {
            registration = newest;
            rules = newRules;
            if (newest.leader() != self.value()) {
                leader = null;
                guards.clearAll();
            } else if (leader == null || leader.leaderEpoch() < newest.leaderEpoch()) {
                lead(newest, newRules);
            } else {
                carryOut(leader.step(new Reconfigured(brokers(newest.isr()), newest.partitionEpoch(), reachable(newRules, newest), newRules.durability())));
            }
            if (leader != null) syncTail();
        } finally {
            turns.unlock();
        }
        moved.raise();
    }

    /// A leader of before may have left a tail that is not on the device yet. It counts as appended, and as synced only when it is.
    private void lead(PartitionRegistration newest, PartitionRules newRules) {
        guards.clearAll();
        long logEndOffset = log.logEndOffset();
        long durableOffset = Math.max(highWatermark, Math.min(log.flushedOffset(), logEndOffset));
        leader = new LeaderReplica(self, newest.leaderEpoch(), newest.partitionEpoch(), brokers(newest.isr()), reachable(newRules, newest),
                newRules.durability(), durableOffset, highWatermark);
        log.assignLeaderEpoch(newest.leaderEpoch(), logEndOffset);
        carryOut(leader.step(new Synced(durableOffset)));
        carryOut(leader.step(new Appended(logEndOffset)));
    }

    /// Nobody else asks for the sync of records that were appended under another leader epoch, or while durability was `replicated`.
    private void syncTail() {
        long logEndOffset = log.logEndOffset();
        if (rules.durability() == LeaderReplica.Durability.FSYNC && highWatermark < logEndOffset) directory.syncOwner().requestSync(log, logEndOffset);
    }

    /// Whoever waits is woken and finds the partition offline.
    void wake() {
        moved.raise();
    }

    LogDirectory directory() {
        return directory;
    }

    /// The partition leaves this broker: whoever waits for it is woken and finds it gone.
    void close() {
        turns.lock();
        try {
            closed = true;
            leader = null;
        } finally {
            turns.unlock();
        }
        moved.raise();
    }

    /// More in-sync replicas than there are replicas cannot be asked for: with `min.insync.replicas=2` a topic of one replica is still written.
    /// Source: Kafka 4.4's answer, and KIP-966.
    private static int reachable(PartitionRules rules, PartitionRegistration registration) {
        return Math.min(rules.minInSyncReplicas(), registration.replicas().size());
    }

    private static List<BrokerId> brokers(List<Integer> ids) {
        return ids.stream().map(BrokerId::new).toList();
    }

    // ── appending ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /// Appends as the leader.
    /// @param batches whole v2 batches; offsets and leader epoch are written into them in place
    /// @param needsInSyncReplicas for acks=all: refused before anything is written while the ISR is smaller than `min.insync.replicas`
    /// @throws LogDirFailure if the device fails, or has failed for any log of this directory, which is offline from then on
    public AppendResult append(ByteBuffer batches, AppendOrigin origin, boolean needsInSyncReplicas) throws LogDirFailure {
        return append(batches, origin, needsInSyncReplicas, TransactionGuards.OPEN);
    }

    /// @param guard as [#guardFor] gave it, or [#NO_GUARD], for a batch of a transaction
    public AppendResult append(ByteBuffer batches, AppendOrigin origin, boolean needsInSyncReplicas, long guard) throws LogDirFailure {
        AppendResult result = appendUnsynced(batches, origin, needsInSyncReplicas, guard);
        if (result instanceof AppendResult.Appended) sync();
        return result;
    }

    /// As [#append], and leaves it to the caller to call [#sync]: who appends to several partitions asks when all of it is there, so that one round of
    /// syncs serves it. Asked for at the first, a round would begin without the others, and all would wait for two.
    public AppendResult appendUnsynced(ByteBuffer batches, AppendOrigin origin, boolean needsInSyncReplicas, long guard) throws LogDirFailure {
        return append(batches, origin, needsInSyncReplicas, guard, (short) 0);
    }

    private AppendResult append(ByteBuffer batches, AppendOrigin origin, boolean needsInSyncReplicas, long guard, short transactionVersion) throws LogDirFailure {
        int bytes = batches.remaining();
        AppendResult result = appendInTurn(batches, origin, needsInSyncReplicas, guard, transactionVersion);
        traffic().appended(result, bytes);
        return result;
    }

    private AppendResult appendInTurn(ByteBuffer batches, AppendOrigin origin, boolean needsInSyncReplicas, long guard, short transactionVersion) throws LogDirFailure {
        AppendResult result;
        turns.lock();
        try {
            LeaderReplica leading = leader;
            if (directory.failure().isPresent()) throw directory.failure().get();
            if (leading == null) return refused(ErrorCode.NOT_LEADER_OR_FOLLOWER, "broker " + self.value() + " does not lead " + topicPartition);
            if (handingOver) return refused(ErrorCode.NOT_LEADER_OR_FOLLOWER, topicPartition + " is just moving to another log directory; ask again at once");
            if (needsInSyncReplicas && !leading.hasEnoughInSyncReplicas()) {
                return refused(ErrorCode.NOT_ENOUGH_REPLICAS, "the ISR " + registration.isr() + " of " + topicPartition
                        + " is smaller than min.insync.replicas=" + rules.minInSyncReplicas());
            }
            result = appendGuarded(batches, leading.leaderEpoch(), origin, guard, transactionVersion);
            if (result instanceof AppendResult.Appended appended) carryOut(leading.step(new Appended(appended.lastOffset() + 1)));
        } catch (LogDirFailure failure) {
            throw directory.fail(failure);
        } finally {
            turns.unlock();
        }
        moved.raise();
        return result;
    }

    private AppendResult appendGuarded(ByteBuffer batches, int leaderEpoch, AppendOrigin origin, long guard, short transactionVersion) {
        RecordBatch batch = transactionalBatch(batches);
        boolean guarded = batch != null && !batch.isControl() && rules.verifiesTransactions();
        Refused refused = guarded ? guards.check(log, batch, origin, guard) : null;
        if (refused != null) return refused;
        AppendResult result = log.appendAsLeader(batches, leaderEpoch, origin, transactionVersion);
        if (batch != null && result instanceof AppendResult.Appended) guards.appended(batch);
        return result;
    }

    /// Asks for all that has been appended to come to the device, where durability says that it has to.
    @Override public void sync() {
        turns.lock();
        try {
            long logEndOffset = log.logEndOffset();
            if (rules.durability() == LeaderReplica.Durability.FSYNC && log.flushedOffset() < logEndOffset) directory.syncOwner().requestSync(log, logEndOffset);
        } finally {
            turns.unlock();
        }
    }

    /// @return null when it belongs to no transaction, or is none at all, which the log says better
    private static RecordBatch transactionalBatch(ByteBuffer batches) {
        if (!RecordBatch.saysTransactional(batches)) return null;
        try {
            var iterator = RecordBatches.of(batches).iterator();
            RecordBatch batch = iterator.hasNext() ? iterator.next() : null;
            return batch != null && batch.isTransactional() ? batch : null;
        } catch (CorruptRecord noBatch) {
            return null;
        }
    }

    /// Draws the guard for a transaction that may not have reached this partition yet, before its coordinator is asked whether it may.
    /// @param ownEpochs whether each transaction of that producer has an epoch of its own (transaction version 2)
    /// @param sequence of the batch that is to be first
    /// @return 0 when it is open here already, or nothing is to be verified, and nobody has to be asked; where each transaction has its own epoch, asking is
    ///     also how the coordinator learns of the partition, so that is always done
    public long guardFor(long producerId, short producerEpoch, boolean ownEpochs, int sequence) {
        if (!ownEpochs && !rules.verifiesTransactions()) return TransactionGuards.OPEN;
        turns.lock();
        try {
            return guards.draw(log, producerId, producerEpoch, ownEpochs, sequence);
        } finally {
            turns.unlock();
        }
    }

    private static AppendResult refused(ErrorCode error, String message) {
        return new AppendResult.Refused(error, message, List.of());
    }

    /// What the sync owner tells, once per round: the high watermarks of all its partitions move before anybody who waits for one is woken.
    private final class OnDevice implements FlushListener {
        @Override public void flushed(long durableOffset) {
            turns.lock();
            try {
                if (leader != null) carryOut(leader.step(new Synced(durableOffset)));
            } finally {
                turns.unlock();
            }
        }

        @Override public void allTold() {
            moved.raise();
        }
    }

    private void carryOut(List<Effect> effects) {
        for (Effect effect : effects) {
            switch (effect) {
                case AdvanceHighWatermark(long offset) -> {
                    highWatermark = offset;
                    log.updateHighWatermark(offset);
                }
            }
        }
    }

    /// @return holds once every record below `offset` is committed, or this broker no longer leads in `leaderEpoch`
    public Condition committedUpTo(long offset, int leaderEpoch) {
        return Condition.on(List.of(moved), () -> highWatermark >= offset || !leadsIn(leaderEpoch) || isOffline());
    }

    // ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// Checks a client's idea of the leader epoch against ours.
    /// @param currentLeaderEpoch as in the request, -1 when the client has none
    /// @return `NONE`, or the error that makes the client refresh its metadata
    public ErrorCode checkLeading(int currentLeaderEpoch) {
        LeaderReplica leading = leader;
        if (isOffline()) return ErrorCode.KAFKA_STORAGE_ERROR;
        if (currentLeaderEpoch >= 0 && currentLeaderEpoch < registration.leaderEpoch()) return ErrorCode.FENCED_LEADER_EPOCH;
        if (currentLeaderEpoch > registration.leaderEpoch()) return ErrorCode.UNKNOWN_LEADER_EPOCH;
        return leading == null ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.NONE;
    }

    /// @param beforeOffset exclusive bound: the high watermark, or the last stable offset for read_committed
    public ReadResult read(long startOffset, int maxBytes, long beforeOffset, boolean atLeastOneBatch) throws LogDirFailure {
        PartitionLog now = log;
        LogDirectory of = directory;
        try {
            return now.read(startOffset, maxBytes, beforeOffset, atLeastOneBatch);
        } catch (LogClosed moved) {
            if (now == log) throw moved;
            return read(startOffset, maxBytes, beforeOffset, atLeastOneBatch);
        } catch (LogDirFailure failure) {
            if (now != log) return read(startOffset, maxBytes, beforeOffset, atLeastOneBatch);
            throw of.fail(failure);
        }
    }

    // ── moving to another log directory ───────────────────────────────────────────────────────────────────────────────

    /// From here on the log stays as it is: appends are refused with an error that clients retry. For the moment of a hand-over.
    void pauseAppends() {
        turns.lock();
        try {
            handingOver = true;
        } finally {
            turns.unlock();
        }
    }

    void resumeAppends() {
        turns.lock();
        try {
            handingOver = false;
        } finally {
            turns.unlock();
        }
    }

    /// Goes on with another log that holds the same, all of it on the device. What has moved meanwhile without an append (the leader epoch,
    /// the log's start) is taken along. The caller disposes of the old log.
    void moveTo(PartitionLog other, LogDirectory to) {
        turns.lock();
        try {
            PartitionLog before = log;
            before.onFlushed(_ -> { });
            other.takeOver(before);
            other.updateConfig(before.config());
            other.updateHighWatermark(highWatermark);
            other.onFlushed(onDevice);
            log = other;
            directory = to;
        } finally {
            turns.unlock();
        }
        moved.raise();
    }

    public Optional<TimestampOffset> offsetForTimestamp(long timestampMs) throws LogDirFailure {
        return log.offsetForTimestamp(timestampMs);
    }

    public Optional<TimestampOffset> maxTimestampOffset() throws LogDirFailure {
        return log.maxTimestampOffset();
    }

    public OffsetAndEpoch epochEndOffset(int epoch) {
        return epoch == leaderEpoch() ? new OffsetAndEpoch(log.logEndOffset(), epoch) : log.epochEndOffset(epoch);
    }

    /// Moves the log start offset forward; what lies below is deleted in time.
    /// @param offset -1 for the high watermark
    /// @return the new low watermark (where it was, for an `offset` that is already below it), or empty when `offset` is negative or above the
    ///         high watermark
    public Optional<Long> deleteRecordsBefore(long offset) throws LogDirFailure {
        turns.lock();
        try {
            long target = offset == -1 ? highWatermark : offset;
            if (target < 0 || target > highWatermark) return Optional.empty();
            if (target > log.logStartOffset()) log.advanceLogStartOffset(target);
            return Optional.of(log.logStartOffset());
        } finally {
            turns.unlock();
        }
    }

    /// Where what goes in and out of the topic is counted.
    public TopicTraffic traffic() {
        TopicTraffic counted = traffic;
        return counted != null ? counted : (traffic = allTraffic.of(topicPartition.topic()));
    }

    public Uuid topicId() {
        return topicId;
    }

    /// The partition's name among topic ids.
    TopicIdPartition idPartition() {
        return new TopicIdPartition(topicId, topicPartition.partition());
    }

    public PartitionLog log() {
        return log;
    }

    public PartitionRegistration registration() {
        return registration;
    }

    /// @return in-sync replicas without which nothing is appended for acks=all
    int minInSyncReplicas() {
        return reachable(rules, registration);
    }

    public Signal moved() {
        return moved;
    }

    public long highWatermark() {
        return highWatermark;
    }

    public long lastStableOffset() {
        return log.lastStableOffset(highWatermark);
    }

    public boolean isLeading() {
        return leader != null;
    }

    /// The replica has left this broker.
    boolean isClosed() {
        return closed;
    }

    /// Its log directory has failed: nothing is read from it or written to it until the node starts again.
    public boolean isOffline() {
        return directory.failure().isPresent();
    }

    private boolean leadsIn(int leaderEpoch) {
        LeaderReplica leading = leader;
        return leading != null && leading.leaderEpoch() == leaderEpoch;
    }

    // ── what a coordinator needs of the partition that it lives in ─────────────────────────────────────────────────────

    @Override public TopicPartition topicPartition() {
        return topicPartition;
    }

    @Override public int leaderEpoch() {
        return registration.leaderEpoch();
    }

    @Override public AppendResult append(ByteBuffer batch) {
        return appendUnsynced(batch, AppendOrigin.COORDINATOR, true, TransactionGuards.OPEN);
    }

    @Override public long guardFor(long producerId, short producerEpoch, boolean ownEpochs) {
        return guardFor(producerId, producerEpoch, ownEpochs, RecordBatch.NO_SEQUENCE);
    }

    @Override public AppendResult appendInTransaction(ByteBuffer batch, long guard) {
        return appendUnsynced(batch, AppendOrigin.COORDINATOR, true, guard);
    }

    @Override public AppendResult appendMarker(ByteBuffer marker, short transactionVersion) {
        return append(marker, AppendOrigin.COORDINATOR, true, TransactionGuards.OPEN, transactionVersion);
    }

    @Override public Condition committed(long lastOffset) {
        return committedUpTo(lastOffset + 1, leaderEpoch());
    }

    @Override public boolean lost() {
        return closed || leader == null || isOffline();
    }

    @Override public long logStartOffset() {
        return log.logStartOffset();
    }

    @Override public long logEndOffset() {
        return log.logEndOffset();
    }

    @Override public ByteBuffer readBytes(long startOffset, int maxBytes) {
        return log.readBytes(startOffset, maxBytes, log.logEndOffset());
    }

    @Override public String toString() {
        return topicPartition + (isLeading() ? " (leading, epoch " : " (following, epoch ") + leaderEpoch() + ")";
    }
}
