package millrace.metadata;

import org.pcollections.TreePMap;

/// The features whose levels a cluster finalizes, and how far Millrace goes in each.
///
/// A node advertises what it can do; the cluster finalizes what all can do; clients use what is finalized. So a level that
/// Millrace does not implement yet is neither advertised nor finalized, and no client comes to depend on it.
///
/// | feature | Kafka 4.4 | Millrace | why |
/// |---|---|---|---|
/// | `metadata.version` | 7..33 | 7..33 | every record of 4.4 is read, kept and written |
/// | `kraft.version` | 0..1 | 0..1 | voters by id and directory id |
/// | `transaction.version` | 0..2 | 0 | 2 would tell producers to leave partitions to the server |
/// | `group.version` | 0..1 | 0 | 1 offers the consumer rebalance protocol (ConsumerGroupHeartbeat) |
/// | `eligible.leader.replicas.version` | 0..1 | 0..1, finalized at 0 | the controller keeps an ELR when asked to; it pays from two brokers on |
/// | `share.version` | 0..2 | 0 | no share groups yet |
/// | `streams.version` | 0..1 | 0 | no streams groups yet |
public final class Features {
    public static final String METADATA_VERSION = "metadata.version";
    public static final String KRAFT_VERSION = "kraft.version";
    public static final String TRANSACTION_VERSION = "transaction.version";
    public static final String GROUP_VERSION = "group.version";
    public static final String ELIGIBLE_LEADER_REPLICAS_VERSION = "eligible.leader.replicas.version";
    public static final String SHARE_VERSION = "share.version";
    public static final String STREAMS_VERSION = "streams.version";

    /// What brokers and controllers of this build register with. A feature with range 0..0 is left out, as Kafka does.
    public static final TreePMap<String, VersionRange> SUPPORTED = TreePMap.<String, VersionRange>empty()
        .plus(ELIGIBLE_LEADER_REPLICAS_VERSION, new VersionRange((short) 0, (short) 1))
        .plus(KRAFT_VERSION, new VersionRange((short) 0, (short) 1))
        .plus(METADATA_VERSION, new VersionRange(MetadataVersion.MINIMUM.level(), MetadataVersion.LATEST.level()));

    private Features() {}
}
