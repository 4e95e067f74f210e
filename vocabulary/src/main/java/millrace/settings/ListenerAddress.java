package millrace.settings;

import java.util.Locale;

/// A listener as `listeners` and `advertised.listeners` write it: `NAME://host:port`.
/// @param name in capitals
public record ListenerAddress(String name, HostPort address) {
    /// @return null when the text is not of this form
    public static ListenerAddress parse(String text) {
        int separator = text.indexOf("://");
        if (separator <= 0) return null;
        HostPort address = HostPort.parse(text.substring(separator + 3));
        return address == null ? null : new ListenerAddress(text.substring(0, separator).trim().toUpperCase(Locale.ROOT), address);
    }

    @Override public String toString() {
        return name + "://" + address;
    }
}
