package millrace.common;

import java.nio.ByteBuffer;
import java.util.Base64;

/// A 128-bit id of a topic, a directory, an incarnation or a cluster, in Kafka's text form: URL-safe base64 without padding,
/// always 22 characters. Kafka's own shells and property files use this form, never the hexadecimal one.
public record Uuid(long mostSignificantBits, long leastSignificantBits) implements Comparable<Uuid> {
    /// "None": what an absent id looks like on the wire.
    public static final Uuid ZERO = new Uuid(0, 0);
    /// The id of the topic `__cluster_metadata`, text `AAAAAAAAAAAAAAAAAAAAAQ`.
    public static final Uuid METADATA_TOPIC = new Uuid(0, 1);

    private static final int TEXT_LENGTH = 22;

    /// @throws IllegalArgumentException unless `text` is 22 characters of URL-safe base64 that hold 16 bytes
    public static Uuid parse(String text) {
        if (text.length() != TEXT_LENGTH)
            throw new IllegalArgumentException("\"" + abbreviated(text) + "\" is not an id: expected 22 characters of URL-safe base64, found " + text.length());
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            return new Uuid(bytes.getLong(), bytes.getLong());
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalArgumentException("\"" + text + "\" is not an id: expected 22 characters of URL-safe base64 (" + notBase64.getMessage() + ")", notBase64);
        }
    }

    /// Zero, one (the metadata topic), and the values below 100 that Kafka keeps for special directories
    /// are never given to a new thing.
    public boolean isReserved() {
        return mostSignificantBits == 0 && leastSignificantBits >= 0 && leastSignificantBits < 100;
    }

    /// First the upper half, then the lower half, both as signed numbers: Kafka's order.
    @Override public int compareTo(Uuid other) {
        int upper = Long.compare(mostSignificantBits, other.mostSignificantBits);
        return upper != 0 ? upper : Long.compare(leastSignificantBits, other.leastSignificantBits);
    }

    @Override public String toString() {
        byte[] bytes = ByteBuffer.allocate(16).putLong(mostSignificantBits).putLong(leastSignificantBits).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String abbreviated(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "...";
    }
}
