package millrace.core;

/// Invariants that are looked at in production too. A check that fails stops the partition or node it protects, because going on
/// would write or send something wrong.
public final class Check {
    private Check() {}

    /// @param core printed whole when the check fails, so that the report alone tells how it came to this
    /// @throws BrokenInvariant when `holds` is false
    public static void check(boolean holds, Object core) {
        if (!holds) throw new BrokenInvariant("a state was reached that must never be: " + core);
    }
}
