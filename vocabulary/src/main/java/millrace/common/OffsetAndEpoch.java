package millrace.common;

/// An offset together with the leader epoch in which it was written. Order: first by epoch, then by offset, as Raft compares logs.
public record OffsetAndEpoch(long offset, int epoch) implements Comparable<OffsetAndEpoch> {
    @Override public int compareTo(OffsetAndEpoch other) {
        int byEpoch = Integer.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(offset, other.offset);
    }
}
