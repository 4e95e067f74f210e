package millrace.broker.partition;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import millrace.broker.lifecycle.DirectoryReports;
import millrace.broker.partition.Partitions.Absent;
import millrace.broker.settings.LiveSettings;
import millrace.common.OffsetAndEpoch;
import millrace.common.TopicPartition;
import millrace.ports.EventLoop;
import millrace.ports.Workers;
import millrace.protocol.ErrorCode;
import millrace.record.RecordBatch;
import millrace.storage.directory.LogDirectory;
import millrace.storage.log.AppendResult;
import millrace.storage.log.CorruptSegment;
import millrace.storage.log.LogClosed;
import millrace.storage.log.LogDirFailure;
import millrace.storage.log.OutOfSpace;
import millrace.storage.log.PartitionLog;
import millrace.wire.Pending;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves replicas between the log directories of this broker, while they are written and read (KIP-113).
///
///     alter ─▶ copying into <topic>-<p>.<hex>-future ─▶ caught up ─▶ controller told ─▶ its answer ─▶ handing over ─▶ done
///                                                                                                      │
///         appends are refused for the moment (retriable) ◀─────────────────────────────────────────────┤
///         the old log synced, the last of it copied, producers and epochs taken over, the copy synced ◀┤
///         the copy renamed to <topic>-<p>, its folder and checkpoints synced ◀─────────────────────────┤
///         partition switched, the old folder renamed to -delete ◀──────────────────────────────────────┘
///
/// A crash leaves the old folder and an incomplete copy, which is begun again from the start; or both folders whole, of which
/// [LogDirectories#find] keeps the one that the metadata names; or the new one. At no time is there none.
///
/// All of it runs on one thread of its own, one chunk of each move after the other, at the pace that
/// `replica.alter.log.dirs.io.max.bytes.per.second` allows. Bounded by the number of replicas: one move each.
public final class ReplicaMoves implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMoves.class);
    private static final int CHUNK_BYTES = 1 << 20;
    /// A copy is brought to the device in pieces: else all of it would have to be synced at once, before the hand-over.
    private static final long FLUSH_BYTES = 64L << 20;
    private static final long IDLE_MS = 20;
    private static final long NO_SPACE_MS = 1_000;

    private static final class Move {
        private final Partition partition;
        private final LogDirectory to;
        private PartitionLog copy;
        private long unflushedBytes;
        private boolean reported;
        private volatile boolean reportTaken;

        Move(Partition partition, LogDirectory to) {
            this.partition = partition;
            this.to = to;
        }

        TopicPartition name() {
            return partition.topicPartition();
        }
    }

    private final LogDirectories directories;
    private final Partitions partitions;
    private final LiveSettings settings;
    private final DirectoryReports reports;
    private final EventLoop loop;
    private final Workers.SerialExecutor mover;
    // Touched by the mover's thread only.
    private final Map<TopicPartition, Move> moves = new LinkedHashMap<>();
    private boolean scheduled;
    private volatile boolean closed;

    public ReplicaMoves(LogDirectories directories, Partitions partitions, LiveSettings settings, DirectoryReports reports, EventLoop loop, Workers workers) {
        this.directories = directories;
        this.partitions = partitions;
        this.settings = settings;
        this.reports = reports;
        this.loop = loop;
        this.mover = workers.serial("replica-moves");
    }

    // ── asked for ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /// A replica is to lie in the log directory with this path.
    public record Wanted(TopicPartition replica, Path directory) {}

    /// Begins moves. What is answered is whether they were begun; DescribeLogDirs shows how far they are.
    /// @return an error for each, in the same order
    public Pending<List<ErrorCode>> alter(List<Wanted> wanted) {
        var answer = new Pending<List<ErrorCode>>();
        mover.execute(() -> answer.complete(wanted.stream().map(this::alter).toList()));
        return answer;
    }

    private ErrorCode alter(Wanted wanted) {
        if (!directories.knows(wanted.directory)) return ErrorCode.LOG_DIR_NOT_FOUND;
        Optional<LogDirectory> to = directories.at(wanted.directory);
        if (to.isEmpty()) return ErrorCode.KAFKA_STORAGE_ERROR;
        if (directories.isCordoned(to.get())) return ErrorCode.INVALID_REPLICA_ASSIGNMENT;
        Partition partition = partitions.get(wanted.replica);
        if (partition == null) return whereItIsNot(wanted.replica, to.get());
        if (partition.isOffline()) return ErrorCode.KAFKA_STORAGE_ERROR;
        move(partition, to.get());
        return ErrorCode.NONE;
    }

    /// A replica that is not here yet will be created there, should it come.
    private ErrorCode whereItIsNot(TopicPartition replica, LogDirectory to) {
        ErrorCode error = partitions.find(replica.topic(), replica.partition()) instanceof Absent(ErrorCode why) ? why : ErrorCode.NONE;
        if (error == ErrorCode.KAFKA_STORAGE_ERROR) return error;
        directories.prefer(replica, to);
        return error == ErrorCode.NOT_LEADER_OR_FOLLOWER ? ErrorCode.REPLICA_NOT_AVAILABLE : error;
    }

    private void move(Partition partition, LogDirectory to) {
        Move before = moves.get(partition.topicPartition());
        if (before != null && before.to == to) return;
        if (before != null) abandon(before);
        if (partition.directory() == to) return;
        moves.put(partition.topicPartition(), new Move(partition, to));
        schedule(0);
    }

    /// Begins again what a stop has cut short. The copies of before are dropped, but only where the replica itself is here.
    public void resume() {
        mover.execute(() -> {
            for (LogDirectory directory : directories.online()) directory.leftFutures().forEach((replica, folder) -> resume(directory, replica, folder));
        });
    }

    private void resume(LogDirectory directory, TopicPartition replica, Path folder) {
        Partition partition = partitions.get(replica);
        if (partition == null || partition.isOffline()) {
            LOG.warn("{} is an unfinished copy of {}, which is not online here. It is kept; delete it when the replica is safe elsewhere.", folder, replica);
            return;
        }
        directory.deleteLeftFuture(replica);
        if (partition.directory() == directory) return;
        LOG.info("The move of {} to {} was cut short by the last stop and begins again", replica, directory.path());
        move(partition, directory);
    }

    // ── turns ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    private void schedule(long delayMs) {
        if (scheduled || closed) return;
        scheduled = true;
        if (delayMs == 0) mover.execute(this::turn);
        else loop.schedule(delayMs, () -> mover.execute(this::turn));
    }

    private void turn() {
        scheduled = false;
        if (closed) return;
        long copied = 0;
        boolean full = false;
        for (Move move : List.copyOf(moves.values())) {
            long bytes = advance(move);
            full |= bytes < 0;
            copied += Math.max(0, bytes);
        }
        if (moves.isEmpty()) return;
        schedule(copied > 0 ? pauseMs(copied) : full ? NO_SPACE_MS : IDLE_MS);
    }

    private long pauseMs(long copied) {
        long bytesPerSecond = settings.broker().values().longValue("replica.alter.log.dirs.io.max.bytes.per.second");
        return bytesPerSecond <= 0 ? NO_SPACE_MS : (long) (copied * 1_000.0 / bytesPerSecond);
    }

    /// @return bytes copied; -1 when there is no room now
    private long advance(Move move) {
        LogDirectory from = move.partition.directory();              // after the hand-over it is another one that the partition names
        try {
            if (move.partition.isClosed()) {
                abandon(move);
                return 0;
            }
            if (move.partition.isOffline() || move.to.failure().isPresent()) {
                forget(move);
                return 0;
            }
            if (move.copy == null) move.copy = begin(move);
            long copied = copyChunk(move);
            if (copied == 0) whenCaughtUp(move);
            else flushNowAndThen(move, copied);
            return copied;
        } catch (OutOfSpace full) {
            LOG.warn("The move of {} to {} waits for room: {}", move.name(), move.to.path(), full.getMessage());
            return -1;
        } catch (LogDirFailure failure) {
            (failure.directory().startsWith(move.to.path()) ? move.to : from).fail(failure);
            forget(move);
            return 0;
        } catch (LogClosed | CorruptSegment | IllegalStateException gone) {
            LOG.warn("The move of {} to {} ends: {}", move.name(), move.to.path(), gone.getMessage());
            abandon(move);
            return 0;
        }
    }

    private void abandon(Move move) {
        try {
            if (move.copy != null && move.to.failure().isEmpty()) move.to.dropFuture(move.name());
        } catch (LogDirFailure failure) {
            LOG.error("The copy of {} in {} could not be set aside: {}", move.name(), move.to.path(), failure.getMessage());
        }
        forget(move);
    }

    /// The controller may believe that the replica lies where it never came.
    private void forget(Move move) {
        moves.remove(move.name());
        Partition partition = move.partition;
        if (move.reported && !partition.isClosed() && partition.directory() != move.to) reports.report(partition.idPartition(), LogDirectories.id(partition.directory()));
    }

    private PartitionLog begin(Move move) {
        PartitionLog current = move.partition.log();
        LOG.info("Moving {} from {} to {}", move.name(), move.partition.directory().path(), move.to.path());
        return move.to.createFuture(move.name(), move.partition.topicId(), current.config(), firstBatchAt(current));
    }

    /// A log may begin in the middle of a batch; its copy begins where the batch does.
    private static long firstBatchAt(PartitionLog current) {
        long start = current.logStartOffset();
        ByteBuffer first = current.readBytes(start, 1, current.logEndOffset());
        return first.hasRemaining() ? Math.min(start, RecordBatch.at(first, first.position()).baseOffset()) : start;
    }

    /// @return bytes copied, 0 when there is nothing to copy
    private static long copyChunk(Move move) {
        PartitionLog current = move.partition.log();
        followTruncation(current, move.copy);
        if (move.copy.logEndOffset() < current.logStartOffset()) move.copy.truncateFullyAndStartAt(firstBatchAt(current));
        ByteBuffer chunk = current.readBytes(Math.max(move.copy.logEndOffset(), current.logStartOffset()), CHUNK_BYTES, current.logEndOffset());
        if (!chunk.hasRemaining()) return 0;
        return switch (move.copy.appendAsFollower(chunk)) {
            case AppendResult.Appended appended         -> appended.bytes();
            case AppendResult.Refused(var error, var message, _) when error == ErrorCode.KAFKA_STORAGE_ERROR -> throw new OutOfSpace("copy: " + message, null);
            case AppendResult.Refused(_, var message, _) -> throw new IllegalStateException(message);
            case AppendResult.Duplicate _               -> throw new IllegalStateException("a copied batch cannot be a duplicate");
        };
    }

    private static void flushNowAndThen(Move move, long copied) {
        move.unflushedBytes += copied;
        if (move.unflushedBytes < FLUSH_BYTES) return;
        move.copy.flush(move.copy.logEndOffset());
        move.unflushedBytes = 0;
    }

    /// What has been taken back from the replica since is taken back from its copy.
    private static void followTruncation(PartitionLog current, PartitionLog copy) {
        if (copy.latestEpoch() < 0) return;
        OffsetAndEpoch end = current.epochEndOffset(copy.latestEpoch());
        if (end.offset() >= 0 && end.offset() < copy.logEndOffset()) copy.truncateTo(end.offset());
    }

    private void whenCaughtUp(Move move) {
        if (!move.reported) {
            move.copy.flush(move.copy.logEndOffset());
            move.reported = true;
            reports.report(move.partition.idPartition(), LogDirectories.id(move.to), () -> move.reportTaken = true);
        } else if (move.reportTaken) {
            handOver(move);
        }
    }

    // ── handing over ──────────────────────────────────────────────────────────────────────────────────────────────────

    private void handOver(Move move) {
        Partition partition = move.partition;
        LogDirectory from = partition.directory();
        partition.pauseAppends();
        try {
            PartitionLog current = partition.log();
            current.flush(current.logEndOffset());
            current.tellFlushed();
            current.tellAllTold();
            long copied = copyChunk(move);
            while (copied > 0) copied = copyChunk(move);
            move.copy.takeOver(current);
            PartitionLog moved = move.to.promoteFuture(move.name());
            partition.moveTo(moved, move.to);
            if (partition.isClosed()) deletedMeanwhile(move, moved);
        } catch (OutOfSpace full) {
            if (move.copy.isClosed()) move.copy = null;              // dropped: it is begun again once there is room
            throw full;
        } finally {
            partition.resumeAppends();
        }
        moves.remove(move.name());
        LOG.info("{} has moved from {} to {}", move.name(), from.path(), move.to.path());
        from.deleteLog(move.name());
    }

    /// Whoever closed the partition has deleted its logs, perhaps before this one had its name.
    private static void deletedMeanwhile(Move move, PartitionLog moved) {
        if (move.to.log(move.name()).filter(log -> log == moved).isPresent()) move.to.deleteLog(move.name());
    }

    /// Lets moves be where they are; the next start begins them again.
    @Override public void close() {
        closed = true;
        mover.close();
    }
}
