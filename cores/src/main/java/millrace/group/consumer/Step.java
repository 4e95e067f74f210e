package millrace.group.consumer;

import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.stored.Partitions;
import millrace.metadata.MetadataImage;
import millrace.protocol.group.ConsumerGroupMemberMetadataValue;

/// What a member has said, by whichever protocol, put together with what was known of it.
///
/// @param metadata all that it is and subscribes to from now on
/// @param owned what it says it has; null when it does not say
record Step(String memberId, ConsumerGroupMemberMetadataValue metadata, Partitions owned, ConsumerTimes times, MetadataImage image) {
    String instanceId() {
        return metadata.instanceId();
    }
}
