package millrace.storage.identity;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import millrace.common.Uuid;

/// The bytes of an `.identity` file ([millrace.storage.identity] has the table).
public final class IdentityFile {
    public static final int HEAD_BYTES = 46;
    public static final int SPAN_BYTES = 21;
    private static final int MAGIC = 'M' << 24 | 'R' << 16 | 'I' << 8 | 'D';
    private static final short VERSION = 1;
    private static final int HEAD_CRC_AT = HEAD_BYTES - Integer.BYTES;
    /// In the place of a span's kind: the segment ends here.
    private static final byte CLOSING = 4;
    private static final int SPAN_CRC_AT = SPAN_BYTES - Integer.BYTES;

    /// What a file says.
    public sealed interface Content {
        /// @param sound false when something behind the last span taken is damaged
        record Claims(IdentityChain chain, boolean sound) implements Content {}

        /// Made before somebody else used the log directory: it speaks of bytes that may have changed by right.
        record OfAnOlderGeneration() implements Content {}

        /// It says of itself that it belongs to another segment: one of the two files lies in the wrong place.
        record OfAnother(Uuid topicId, int partition, long baseOffset) implements Content {}

        record Unreadable(String reason) implements Content {}
    }

    private IdentityFile() {}

    /// The head and the spans below `end`, or only the spans from `first` on where that is above 0. To be written at [#positionOf].
    /// @param closing the segment has come to its end with the last of them
    public static ByteBuffer bytes(IdentityChain chain, long generation, int first, int end, boolean closing) {
        ByteBuffer bytes = ByteBuffer.allocate((first == 0 ? HEAD_BYTES : 0) + (end - first + (closing ? 1 : 0)) * SPAN_BYTES);
        if (first == 0) head(chain, generation, bytes);
        for (int span = first; span < end; span++) span(chain, span, bytes);
        if (closing) put(CLOSING, chain.coveredBytes(), (int) (chain.coveredOffset() - chain.baseOffset()), chain.chainBefore(end), end, bytes);
        return bytes.flip();
    }

    /// Where what [#bytes] gives for the same `first` goes.
    public static long positionOf(int first) {
        return first == 0 ? 0 : HEAD_BYTES + (long) first * SPAN_BYTES;
    }

    private static void head(IdentityChain chain, long generation, ByteBuffer bytes) {
        bytes.putInt(MAGIC).putShort(VERSION).putLong(generation);
        bytes.putLong(chain.topicId().mostSignificantBits()).putLong(chain.topicId().leastSignificantBits());
        bytes.putInt(chain.partition()).putLong(chain.baseOffset());
        bytes.putInt(crc(bytes, 0, HEAD_CRC_AT, 0));
    }

    private static void span(IdentityChain chain, int span, ByteBuffer bytes) {
        int lastOffset = chain.reachesToTheEnd(span) ? IdentityChain.TO_THE_END : (int) (chain.lastOffset(span) - chain.baseOffset());
        put((byte) (chain.kind(span).ordinal() + 1), chain.endOf(span), lastOffset, chain.chainBehind(span), span, bytes);
    }

    private static void put(byte kind, int end, int lastOffset, long chainValue, int number, ByteBuffer bytes) {
        int at = bytes.position();
        bytes.put(kind).putInt(end).putInt(lastOffset).putLong(chainValue);
        bytes.putInt(crc(bytes, at, SPAN_CRC_AT, number));
    }

    private static int crc(ByteBuffer bytes, int from, int length, int number) {
        var crc = new CRC32C();
        crc.update(bytes.slice(from, length));
        for (int shift = 24; shift >= 0; shift -= 8) crc.update(number >>> shift);
        return (int) crc.getValue();
    }

    /// What a file of at least [#HEAD_BYTES] says of itself, for who has nothing to compare it with.
    public static long generationOf(ByteBuffer file) {
        return file.getLong(6);
    }

    /// As [#generationOf].
    public static int partitionOf(ByteBuffer file) {
        return file.getInt(30);
    }

    /// Whose segment it says that it lies beside, in its head alone.
    /// @return null when the head is no such one's, or damaged; zero when it was made before the topic was known
    public static Uuid topicIdOf(ByteBuffer head, int partition, long baseOffset) {
        if (head.limit() < HEAD_BYTES || head.getInt(0) != MAGIC || head.getShort(4) != VERSION || head.getInt(HEAD_CRC_AT) != crc(head, 0, HEAD_CRC_AT, 0)) return null;
        return head.getInt(30) == partition && head.getLong(34) == baseOffset ? new Uuid(head.getLong(14), head.getLong(22)) : null;
    }

    /// @param topicId zero when the log does not know it
    public static Content read(ByteBuffer file, long generation, Uuid topicId, int partition, long baseOffset) {
        if (file.limit() < HEAD_BYTES) return new Content.Unreadable("it has " + file.limit() + " bytes, fewer than its head of " + HEAD_BYTES);
        if (file.getInt(0) != MAGIC || file.getShort(4) != VERSION) return new Content.Unreadable("it does not begin as an identity file of version " + VERSION);
        if (file.getInt(HEAD_CRC_AT) != crc(file, 0, HEAD_CRC_AT, 0)) return new Content.Unreadable("the CRC of its head does not match");
        if (file.getLong(6) != generation) return new Content.OfAnOlderGeneration();
        var stated = new Uuid(file.getLong(14), file.getLong(22));
        boolean sameTopic = stated.equals(topicId) || stated.equals(Uuid.ZERO) || topicId.equals(Uuid.ZERO);
        if (!sameTopic || file.getInt(30) != partition || file.getLong(34) != baseOffset) return new Content.OfAnother(stated, file.getInt(30), file.getLong(34));
        var chain = new IdentityChain(stated, partition, baseOffset);
        return new Content.Claims(chain, readSpans(file, chain));
    }

    /// @return whether all were right
    private static boolean readSpans(ByteBuffer file, IdentityChain chain) {
        int spans = (file.limit() - HEAD_BYTES) / SPAN_BYTES;
        for (int span = 0; span < spans; span++) {
            int at = HEAD_BYTES + span * SPAN_BYTES;
            int kind = file.get(at) - 1;
            int end = file.getInt(at + 1);
            int lastOffset = file.getInt(at + 5);
            if (file.getInt(at + SPAN_CRC_AT) != crc(file, at, SPAN_CRC_AT, span)) return false;
            if (kind == CLOSING - 1 && end == chain.coveredBytes() && file.getLong(at + 9) == chain.chainBefore(span)) {
                chain.close();
                return at + SPAN_BYTES == file.limit();
            }
            if (kind < 0 || kind >= IdentityChain.Kind.values().length || end <= chain.coveredBytes()) return false;
            chain.add(IdentityChain.Kind.values()[kind], end, lastOffset, file.getLong(at + 9));
        }
        return (file.limit() - HEAD_BYTES) % SPAN_BYTES == 0;
    }
}
