package millrace.logtool;

import java.nio.ByteBuffer;
import millrace.protocol.Described;
import millrace.protocol.MalformedMessage;
import millrace.protocol.WireReader;
import millrace.protocol.group.GroupMetadataValue;
import millrace.protocol.message.ConsumerProtocolAssignment;
import millrace.protocol.message.ConsumerProtocolSubscription;

/// A classic group whose members' subscriptions and assignments are told as what they say, where they are the consumer protocol's. To the
/// coordinator they are bytes; each begins with its own version.
record OpenedGroup(GroupMetadataValue group) implements Described {
    private static final String CONSUMER = "consumer";

    @Override public void describe(Fields to, short version) {
        boolean consumers = CONSUMER.equals(group.protocolType());
        group.describe((name, value) -> to.field(name, consumers && name.equals("members") ? group.members().stream().map(Member::new).toList() : value), version);
    }

    private record Member(GroupMetadataValue.MemberMetadata member) implements Described {
        @Override public void describe(Fields to, short version) {
            member.describe((name, value) -> to.field(name, switch (name) {
                case "subscription" -> subscription(member.subscription());
                case "assignment"   -> assignment(member.assignment());
                default             -> value;
            }), version);
        }
    }

    private static Object subscription(ByteBuffer bytes) {
        return opened(bytes, (in, version) -> ConsumerProtocolSubscription.read(in, version));
    }

    private static Object assignment(ByteBuffer bytes) {
        return opened(bytes, (in, version) -> ConsumerProtocolAssignment.read(in, version));
    }

    private interface Reading {
        Described read(WireReader in, short version);
    }

    /// @return the bytes as they are, where they are something else
    private static Object opened(ByteBuffer bytes, Reading reading) {
        if (bytes == null || bytes.remaining() < Short.BYTES) return bytes;
        ByteBuffer content = bytes.duplicate();
        short own = content.getShort();
        try {
            Described read = reading.read(WireReader.of(content, "consumer protocol", own), own);
            return (Described) (to, outer) -> read.describe(to, own);
        } catch (MalformedMessage notOfThisProtocol) {
            return bytes;
        }
    }
}
