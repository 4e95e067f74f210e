package millrace.metadata;

/// The levels of a feature that a node can work with, both ends included.
public record VersionRange(short min, short max) {
    public boolean contains(short level) {
        return level >= min && level <= max;
    }
}
