package millrace.settings;

/// Which layer a value comes from. Source of the ids: `DescribeConfigs`.
public enum SettingSource {
    DYNAMIC_TOPIC(1),
    DYNAMIC_BROKER(2),
    DYNAMIC_DEFAULT_BROKER(3),
    STATIC_BROKER(4),
    DEFAULT(5),
    DYNAMIC_BROKER_LOGGER(6),
    DYNAMIC_CLIENT_METRICS(7),
    DYNAMIC_GROUP(8);

    private final byte id;

    SettingSource(int id) {
        this.id = (byte) id;
    }

    /// @return the number that `DescribeConfigs` carries
    public byte id() {
        return id;
    }
}
