package millrace.settings;

import java.util.Locale;

/// What protects a listener. The ids travel in metadata records and in `Metadata` of brokers.
public enum SecurityProtocol {
    PLAINTEXT(0), SSL(1), SASL_PLAINTEXT(2), SASL_SSL(3);

    private final short id;

    SecurityProtocol(int id) {
        this.id = (short) id;
    }

    public short id() {
        return id;
    }

    /// @return null for a name or case that does not exist
    public static SecurityProtocol named(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        for (SecurityProtocol protocol : values()) if (protocol.name().equals(upper)) return protocol;
        return null;
    }
}
