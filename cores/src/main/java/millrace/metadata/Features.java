package millrace.metadata;

import org.pcollections.TreePMap;

/// The features whose levels a cluster finalizes, and how far Millrace goes in each.
///
/// A node advertises what it can do; the cluster finalizes what all can do; clients use what is finalized. So a level that
/// Millrace does not implement yet is never finalized by it, and no client is told of it.
///
/// A directory that Apache Kafka has written may have finalized more. Millrace serves what it can and keeps the rest ([#KEPT]): the
/// level, and every record that was written because of it, so that Apache Kafka finds all of it again.
///
/// | feature | Kafka 4.4 | Millrace | why |
/// |---|---|---|---|
/// | `metadata.version` | 7..33 | 7..33 | every record of 4.4 is read, kept and written |
/// | `kraft.version` | 0..1 | 0..1 | voters by id and directory id |
/// | `transaction.version` | 0..2 | 0..2 | 2 tells producers to leave partitions to the server, and gives each transaction an epoch |
/// | `group.version` | 0..1 | 0..1 | 1 offers the consumer rebalance protocol (ConsumerGroupHeartbeat) |
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

    /// What clients are told, and what an operator may ask for. A feature with range 0..0 is left out, as Kafka does.
    public static final TreePMap<String, VersionRange> SUPPORTED = TreePMap.<String, VersionRange>empty()
        .plus(ELIGIBLE_LEADER_REPLICAS_VERSION, new VersionRange((short) 0, (short) 1))
        .plus(GROUP_VERSION, new VersionRange((short) 0, (short) 1))
        .plus(KRAFT_VERSION, new VersionRange((short) 0, (short) 1))
        .plus(METADATA_VERSION, new VersionRange(MetadataVersion.MINIMUM.level(), MetadataVersion.LATEST.level()))
        .plus(TRANSACTION_VERSION, new VersionRange((short) 0, (short) 2));

    /// What brokers and controllers of this build register with: the levels at which a cluster may be without losing anything here.
    public static final TreePMap<String, VersionRange> KEPT = SUPPORTED
        .plus(SHARE_VERSION, new VersionRange((short) 0, (short) 2))
        .plus(STREAMS_VERSION, new VersionRange((short) 0, (short) 1));

    /// The levels of a cluster that Millrace itself has formatted.
    public static final TreePMap<String, Short> NEW_CLUSTER = TreePMap.<String, Short>empty()
        .plus(METADATA_VERSION, MetadataVersion.LATEST.level())
        .plus(GROUP_VERSION, (short) 1)
        .plus(TRANSACTION_VERSION, (short) 2);

    private Features() {}

    /// @return the level that clients may count on where the cluster has finalized `level`; 0 when none is served
    public static short served(String feature, short level) {
        VersionRange range = SUPPORTED.get(feature);
        return range == null ? 0 : (short) Math.min(level, range.max());
    }
}
