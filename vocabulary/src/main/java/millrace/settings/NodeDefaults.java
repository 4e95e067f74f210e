package millrace.settings;

import java.util.List;

/// What a node assumes where its operator has said nothing: broker and controller in one, alone, on loopback only.
/// Kafka refuses to start without these keys; an explicit value, also a wildcard address, is always taken as it is.
public final class NodeDefaults {
    public static final String NODE_ID = "1";
    public static final String CONTROLLER_LISTENER = "CONTROLLER";
    private static final String BROKER_ADDRESS = "PLAINTEXT://127.0.0.1:9092";
    private static final String CONTROLLER_ADDRESS = "://127.0.0.1:9093";

    private NodeDefaults() {}

    /// @param dataDirectory where the log goes when neither `log.dirs` nor `log.dir` is given
    public static StaticSettings complete(StaticSettings settings, String dataDirectory) {
        settings.orElse("process.roles", "broker,controller");
        if (!settings.names("broker.id")) settings.orElse("node.id", NODE_ID);
        settings.orElse("controller.listener.names", CONTROLLER_LISTENER);
        if (!settings.names("listeners")) settings.orElse("listeners", String.join(",", listeners(settings)));
        if (!settings.names("log.dir")) settings.orElse("log.dirs", dataDirectory);
        return settings;
    }

    private static List<String> listeners(StaticSettings settings) {
        List<?> roles = (List<?>) SettingType.LIST.read(settings.text("process.roles"));
        List<?> names = (List<?>) SettingType.LIST.read(settings.text("controller.listener.names"));
        String controller = (names.isEmpty() ? CONTROLLER_LISTENER : names.getFirst()) + CONTROLLER_ADDRESS;
        if (!roles.contains("controller")) return List.of(BROKER_ADDRESS);
        return roles.contains("broker") ? List.of(BROKER_ADDRESS, controller) : List.of(controller);
    }
}
