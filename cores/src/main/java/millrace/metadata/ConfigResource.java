package millrace.metadata;

/// What a dynamic setting belongs to.
///
/// @param name a topic, a broker's number ("" for all brokers), a client metrics subscription or a group
public record ConfigResource(byte type, String name) implements Comparable<ConfigResource> {
    public static final byte TOPIC = 2;
    public static final byte BROKER = 4;
    public static final byte BROKER_LOGGER = 8;
    public static final byte CLIENT_METRICS = 16;
    public static final byte GROUP = 32;

    public static ConfigResource topic(String name) {
        return new ConfigResource(TOPIC, name);
    }

    @Override public int compareTo(ConfigResource other) {
        int byType = Byte.compare(type, other.type);
        return byType != 0 ? byType : name.compareTo(other.name);
    }
}
