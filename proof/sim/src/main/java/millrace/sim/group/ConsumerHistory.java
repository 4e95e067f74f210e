package millrace.sim.group;

import java.util.ArrayList;
import java.util.List;
import millrace.protocol.ErrorCode;

/// What one consumer group's coordinator answered to heartbeats, and what members had when.
///
/// Commits and fetches of offsets are in the group's [GroupHistory].
public final class ConsumerHistory {
    /// A ConsumerGroupHeartbeat was answered.
    ///
    /// @param identity    of the member: its group instance id, or its member id when it has none
    /// @param sentEpoch   what the heartbeat said: 0 to join, negative to leave
    /// @param memberEpoch what the answer says
    /// @param takenNanos  when the coordinator took the heartbeat on: the member's session begins anew
    /// @param issuedNanos when the answer was given out
    public record Heard(String memberId, String identity, int sentEpoch, ErrorCode error, int memberEpoch, long takenNanos, long issuedNanos) {
        boolean staysMember() {
            return error == ErrorCode.NONE && sentEpoch >= 0;
        }

        boolean ends() {
            return error == ErrorCode.NONE ? sentEpoch < 0 : error == ErrorCode.UNKNOWN_MEMBER_ID || error == ErrorCode.FENCED_MEMBER_EPOCH || error == ErrorCode.FENCED_INSTANCE_ID;
        }
    }

    /// A member reads from a partition, from the one moment to the other.
    public static final class Held {
        private final String memberId;
        private final String identity;
        private final int partition;
        private final long fromNanos;
        private long untilNanos = Long.MAX_VALUE;

        private Held(String memberId, String identity, int partition, long fromNanos) {
            this.memberId = memberId;
            this.identity = identity;
            this.partition = partition;
            this.fromNanos = fromNanos;
        }

        void until(long nowNanos) {
            untilNanos = nowNanos;
        }

        String memberId() {
            return memberId;
        }

        String identity() {
            return identity;
        }

        int partition() {
            return partition;
        }

        long fromNanos() {
            return fromNanos;
        }

        boolean at(long nanos) {
            return fromNanos <= nanos && nanos < untilNanos;
        }
    }

    private final List<Heard> heard = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();

    void heard(Heard event) {
        heard.add(event);
    }

    Held takes(String memberId, String identity, int partition, long nowNanos) {
        var taken = new Held(memberId, identity, partition, nowNanos);
        held.add(taken);
        return taken;
    }

    public List<Heard> heard() {
        return heard;
    }

    public List<Held> held() {
        return held;
    }
}
