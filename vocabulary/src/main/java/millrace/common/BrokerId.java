package millrace.common;

/// The number of a node (`node.id`), whichever role it plays.
public record BrokerId(int value) implements Comparable<BrokerId> {
    @Override public int compareTo(BrokerId other) {
        return Integer.compare(value, other.value);
    }

    @Override public String toString() {
        return Integer.toString(value);
    }
}
