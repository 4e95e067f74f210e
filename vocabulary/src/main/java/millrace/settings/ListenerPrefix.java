package millrace.settings;

/// Keys that belong to one listener: `listener.name.<listener>.<key>`, and for SASL also
/// `listener.name.<listener>.<mechanism>.<key>`. Source: KIP-103, KIP-226.
final class ListenerPrefix {
    private static final String PREFIX = "listener.name.";

    private ListenerPrefix() {}

    static boolean has(String name) {
        return name.startsWith(PREFIX);
    }

    /// @return the setting behind the prefix, or null when the rest is no key that a listener can have of its own
    static Setting find(SettingTable broker, String name) {
        if (!has(name)) return null;
        int afterListener = name.indexOf('.', PREFIX.length());
        if (afterListener < 0) return null;
        String rest = name.substring(afterListener + 1);
        if (!ofAListener(rest)) {
            int afterMechanism = rest.indexOf(".sasl.");
            if (afterMechanism < 0) return null;
            rest = rest.substring(afterMechanism + 1);
        }
        return ListenerPrefix.ofAListener(rest) ? broker.find(rest) : null;
    }

    private static boolean ofAListener(String key) {
        return key.startsWith("ssl.") || key.startsWith("sasl.") || key.startsWith("max.connection") || key.startsWith("connections.max.")
                || key.equals("principal.builder.class") || key.equals("num.network.threads");
    }
}
