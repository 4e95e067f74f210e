package millrace.settings;

/// A host and a port, written `host:port`; an IPv6 address stands in brackets.
/// @param host without brackets; empty means every address of the machine
public record HostPort(String host, int port) {
    /// @return null when the text is not of this form or the port is not from 0 to 65535
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) return null;
        String host = text.substring(0, colon).trim();
        if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
        else if (host.indexOf(':') >= 0) return null;
        try {
            int port = Integer.parseInt(text.substring(colon + 1).trim());
            return port < 0 || port > 65_535 ? null : new HostPort(host, port);
        } catch (NumberFormatException notAPort) {
            return null;
        }
    }

    /// @return whether only programs on this machine can reach it (`localhost`, 127.0.0.0/8, `::1`)
    public boolean isLoopback() {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1") || host.equals("0:0:0:0:0:0:0:1");
    }

    @Override public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
