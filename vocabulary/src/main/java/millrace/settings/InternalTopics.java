package millrace.settings;

/// How many replicas the internal topics get. Kafka's defaults (3 replicas, 2 in sync) cannot be met by fewer than three
/// brokers, so where nothing is set they follow the number of brokers at the moment the topic is created.
public final class InternalTopics {
    private InternalTopics() {}

    /// @param name a `….replication.factor` key such as `offsets.topic.replication.factor`
    /// @param brokers brokers that could hold a replica now
    public static short replicationFactor(SettingValues broker, String name, int brokers) {
        int wanted = broker.integer(name);
        return (short) (broker.isSet(name) ? wanted : Math.max(1, Math.min(wanted, brokers)));
    }

    /// @param name a `….min.isr` key such as `transaction.state.log.min.isr`
    /// @param replicationFactor of the topic; what is not set leaves one replica free to be away, and needs at least one
    public static int minInSyncReplicas(SettingValues broker, String name, int replicationFactor) {
        int wanted = broker.integer(name);
        return broker.isSet(name) ? wanted : Math.max(1, Math.min(wanted, replicationFactor - 1));
    }
}
