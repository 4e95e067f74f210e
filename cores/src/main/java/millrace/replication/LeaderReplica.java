package millrace.replication;

import static millrace.core.Check.check;

import java.util.List;
import java.util.TreeMap;
import millrace.common.BrokerId;

/// The leader's side of one partition: how far each in-sync replica has come, and how far the high watermark may go.
///
///     Appended ──▶ log end offset ──┐ (durability replicated)
///     Synced   ──▶ durable offset ──┤ (durability fsync)
///     Fetched  ──▶ follower's offset┴─▶ lowest over the ISR ──▶ AdvanceHighWatermark
///
/// With [Durability#FSYNC] the leader counts itself only as far as its own device has confirmed. So whatever is below the high
/// watermark is on the device of every in-sync replica: a consumer never sees what a power loss could take back, and an
/// acks=all answer, which waits for the high watermark, means "on disk".
///
/// Invariant: highWatermark ≤ logEndOffset, and within one leader epoch the high watermark only moves forward.
/// Source: KIP-101 (the high watermark follows the ISR), KIP-966 (it rests while the ISR is smaller than min.insync.replicas).
public final class LeaderReplica {
    /// What an in-sync position means: appended (Kafka's promise), or on the device.
    public enum Durability { REPLICATED, FSYNC }

    public sealed interface Input {
        record Appended(long logEndOffset) implements Input {}

        /// Everything below `durableOffset` is on the leader's device.
        record Synced(long durableOffset) implements Input {}

        /// A follower asked for what begins at `fetchOffset`: it has everything below.
        record Fetched(BrokerId follower, long fetchOffset) implements Input {}

        /// The controller has committed another ISR, or the topic's configuration has changed.
        record Reconfigured(List<BrokerId> isr, int partitionEpoch, int minInSyncReplicas, Durability durability) implements Input {}
    }

    public sealed interface Effect {
        record AdvanceHighWatermark(long offset) implements Effect {}
    }

    private static final List<Effect> NOTHING = List.of();

    private final BrokerId self;
    private final int leaderEpoch;
    private final TreeMap<BrokerId, Long> followerOffsets = new TreeMap<>();
    private List<BrokerId> isr;
    private int partitionEpoch;
    private int minInSyncReplicas;
    private Durability durability;
    private long logEndOffset;
    private long durableOffset;
    private long highWatermark;

    /// @param logEndOffset of the log at this moment, all of it on the device (recovery syncs what it keeps)
    /// @param highWatermark last known, from the checkpoint or the epoch before; at most `logEndOffset`
    public LeaderReplica(BrokerId self, int leaderEpoch, int partitionEpoch, List<BrokerId> isr, int minInSyncReplicas, Durability durability,
                         long logEndOffset, long highWatermark) {
        check(highWatermark <= logEndOffset, this);
        this.self = self;
        this.leaderEpoch = leaderEpoch;
        this.partitionEpoch = partitionEpoch;
        this.isr = List.copyOf(isr);
        this.minInSyncReplicas = minInSyncReplicas;
        this.durability = durability;
        this.logEndOffset = logEndOffset;
        this.durableOffset = logEndOffset;
        this.highWatermark = highWatermark;
    }

    public List<Effect> step(Input input) {
        switch (input) {
            case Input.Appended(long end) -> {
                check(end >= logEndOffset, this);
                logEndOffset = end;
            }
            case Input.Synced(long offset) -> durableOffset = Math.max(durableOffset, Math.min(offset, logEndOffset));
            case Input.Fetched(BrokerId follower, long offset) -> followerOffsets.put(follower, Math.min(offset, logEndOffset));
            case Input.Reconfigured(var newIsr, int epoch, int minimum, Durability newDurability) -> {
                isr = List.copyOf(newIsr);
                partitionEpoch = epoch;
                minInSyncReplicas = minimum;
                durability = newDurability;
            }
        }
        return settle();
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    public int partitionEpoch() {
        return partitionEpoch;
    }

    public long highWatermark() {
        return highWatermark;
    }

    /// @return whether an acks=all append may be accepted at all
    public boolean hasEnoughInSyncReplicas() {
        return isr.size() >= minInSyncReplicas;
    }

    private List<Effect> settle() {
        long lowest = lowestInSyncOffset();
        if (lowest <= highWatermark || !hasEnoughInSyncReplicas()) return NOTHING;
        check(lowest <= logEndOffset, this);
        highWatermark = lowest;
        return List.of(new Effect.AdvanceHighWatermark(lowest));
    }

    private long lowestInSyncOffset() {
        long lowest = durability == Durability.FSYNC ? durableOffset : logEndOffset;
        for (BrokerId replica : isr) {
            if (!replica.equals(self)) lowest = Math.min(lowest, followerOffsets.getOrDefault(replica, 0L));
        }
        return lowest;
    }

    @Override public String toString() {
        return "LeaderReplica[self=" + self + ", leaderEpoch=" + leaderEpoch + ", partitionEpoch=" + partitionEpoch + ", isr=" + isr
                + ", minInSyncReplicas=" + minInSyncReplicas + ", durability=" + durability + ", logEndOffset=" + logEndOffset
                + ", durableOffset=" + durableOffset + ", highWatermark=" + highWatermark + ", followerOffsets=" + followerOffsets + "]";
    }
}
