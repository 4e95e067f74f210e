package millrace.group.classic;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

import millrace.protocol.MalformedMessage;
import millrace.protocol.WireReader;
import millrace.protocol.message.ConsumerProtocolSubscription;

/// Which topics consumers read, out of the metadata that they send each other. The coordinator needs it for one thing only: offsets of
/// a topic that somebody reads are not to be deleted and do not expire.
final class Subscriptions {
    private Subscriptions() {}

    /// @param protocolName null when there are no members
    /// @return the topics of all members; null when one of them sent something else than a consumer's subscription
    static SortedSet<String> of(Collection<ClassicMember> members, String protocolName) {
        SortedSet<String> topics = new TreeSet<>();
        for (ClassicMember member : members) {
            ByteBuffer metadata = member.metadata(protocolName);
            if (metadata == null) return null;
            try {
                topics.addAll(read(metadata).topics());
            } catch (MalformedMessage notASubscription) {
                return null;
            }
        }
        return topics;
    }

    /// int16 version, then the subscription. A version from the future is read as far as it is known.
    private static ConsumerProtocolSubscription read(ByteBuffer metadata) {
        WireReader reader = WireReader.of(metadata, "ConsumerProtocolSubscription", ConsumerProtocolSubscription.HIGHEST_VERSION);
        short version = reader.int16("version");
        if (version < ConsumerProtocolSubscription.LOWEST_VERSION) throw reader.malformed("version", "version " + version + " has never been");
        return ConsumerProtocolSubscription.read(reader, (short) Math.min(version, ConsumerProtocolSubscription.HIGHEST_VERSION));
    }
}
