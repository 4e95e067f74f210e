/// The metadata image as clients of this broker see it.
///
/// Why a step of its own: an image is shown to clients only when this broker's partitions have been opened and closed as it says,
/// so that nobody is sent here for a partition that is not there yet.
///
/// Start reading at [BrokerMetadata].
package millrace.broker.metadata;
