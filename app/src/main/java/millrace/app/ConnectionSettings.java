package millrace.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import millrace.settings.BrokerSettings;
import millrace.settings.Setting;
import millrace.settings.SettingTable;
import millrace.settings.SettingValues;
import millrace.wire.ConnectionLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many connections there may be, as the settings have it: `max.connections`, that of one listener, `max.connections.per.ip` and its
/// overrides. Kafka changes all of them while a node runs, and so does this; who is connected already stays.
final class ConnectionSettings {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionSettings.class);
    private static final String OVERRIDES = "max.connections.per.ip.overrides";

    private ConnectionSettings() {}

    static ConnectionLimits limits(BrokerSettings settings) throws StartFailure {
        SettingValues values = settings.values();
        try {
            return new ConnectionLimits(values.integer("max.connections"), values.integer("max.connections.per.ip"), byAddress(overrides(values, _ -> { })));
        } catch (UnknownHostException unknown) {
            throw new StartFailure(unknownHost(unknown), unknown);
        }
    }

    /// Takes up what has changed while the node runs. Overrides that cannot be understood leave the ones of before in force.
    static void follow(BrokerSettings settings, ConnectionLimits limits) {
        SettingValues values = settings.values();
        try {
            limits.change(values.integer("max.connections"), values.integer("max.connections.per.ip"), byAddress(overrides(values, LOG::warn)));
        } catch (UnknownHostException unknown) {
            LOG.warn("The limits of connections stay as they were: {}", unknownHost(unknown));
        }
    }

    /// @return what a listener may have beside the others
    static int ofListener(BrokerSettings settings, String listener) {
        String key = "listener.name." + listener.toLowerCase(Locale.ROOT) + ".max.connections";
        String own = settings.rawText(key);
        return own != null && SettingTable.BROKER.parse(key, own) instanceof Setting.Parsed(Integer most) ? most : Integer.MAX_VALUE;
    }

    /// @param problems is told of each part that is not `host:count`; it is left out
    /// @return limits by host, as it is written
    static Map<String, Integer> overrides(SettingValues values, Consumer<String> problems) {
        Map<String, Integer> limits = new LinkedHashMap<>();
        for (String pair : values.string(OVERRIDES).split(",")) {
            if (pair.isBlank()) continue;
            int colon = pair.lastIndexOf(':');
            String count = pair.substring(colon + 1).trim();
            if (colon > 0 && count.matches("[0-9]{1,9}")) limits.put(pair.substring(0, colon).trim(), Integer.parseInt(count));
            else problems.accept(OVERRIDES + " cannot have '" + pair.trim() + "': write address:count, such as 10.0.0.7:200.");
        }
        return limits;
    }

    private static Map<String, Integer> byAddress(Map<String, Integer> byHost) throws UnknownHostException {
        Map<String, Integer> limits = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> host : byHost.entrySet())
            for (InetAddress address : InetAddress.getAllByName(host.getKey())) limits.put(address.getHostAddress(), host.getValue());
        return limits;
    }

    private static String unknownHost(UnknownHostException unknown) {
        return OVERRIDES + " names " + unknown.getMessage() + ", which is no address and has none: write an IP address, or mend the name.";
    }
}
