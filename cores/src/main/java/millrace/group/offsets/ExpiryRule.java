package millrace.group.offsets;

import java.util.function.Predicate;

/// Which offsets of a group grow old, and since when (KIP-211).
public sealed interface ExpiryRule {
    /// They are in use, or may be.
    record Kept() implements ExpiryRule {}

    /// Each since it was committed, but for topics that somebody reads.
    record SinceCommit(Predicate<String> isSubscribed) implements ExpiryRule {}

    /// All since the group has been without members, or since they were committed if that was later.
    /// @param emptySinceMs wall time
    record SinceEmpty(long emptySinceMs) implements ExpiryRule {}
}
