package millrace.settings;

/// Where a running cluster may change a setting. Source: KIP-226.
public enum UpdateMode {
    /// Only in the settings file, before the start.
    READ_ONLY,
    /// For one broker at a time.
    PER_BROKER,
    /// For one broker or as the default of all.
    CLUSTER_WIDE
}
