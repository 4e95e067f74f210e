package millrace.settings;

/// Keys that Kafka once had or that only plug-ins read: they are no typing mistakes.
final class FormerKeys {
    private FormerKeys() {}

    /// @return what to tell about a key from Kafka's past, to follow its name in a sentence; null for any other
    static String explain(String key) {
        if (key.startsWith("zookeeper."))
            return "belongs to ZooKeeper, which Kafka left in 4.0: metadata live in the controllers' own log, so the key has no effect.";
        return switch (key) {
            case "inter.broker.protocol.version" -> "has no effect since Kafka 4.0: the cluster's metadata.version decides.";
            case "log.message.format.version", "message.format.version", "log.message.downconversion.enable", "message.downconversion.enable" ->
                    "has no effect since Kafka 4.0: records rest in format v2 only.";
            case "log.message.timestamp.difference.max.ms" ->
                    "has been replaced by log.message.timestamp.before.max.ms and log.message.timestamp.after.max.ms.";
            case "port", "host.name" -> "has been replaced by listeners.";
            case "advertised.port", "advertised.host.name" -> "has been replaced by advertised.listeners.";
            case "control.plane.listener.name" -> "has no effect: controllers have listeners of their own (controller.listener.names).";
            case "broker.id.generation.enable", "reserved.broker.max.id" -> "has no effect: every node states its node.id.";
            case "controlled.shutdown.max.retries", "controlled.shutdown.retry.backoff.ms" -> "has no effect since Kafka 4.0.";
            case "delegation.token.master.key" -> "has been replaced by delegation.token.secret.key.";
            case "offsets.commit.required.acks", "auto.include.jmx.reporter", "group.coordinator.new.enable",
                 "replica.fetch.max.wait.ms", "log.cleaner.min.compaction.lag.messages" -> "has no effect any more.";
            default -> key.startsWith("password.encoder.") ? "encrypted settings in ZooKeeper and has no effect since Kafka 4.0." : null;
        };
    }

    static boolean belongsToAPlugIn(String key) {
        return ListenerPrefix.has(key) || key.startsWith("ssl.") || key.startsWith("sasl.") || key.startsWith("config.providers.")
                || key.startsWith("rsm.config.") || key.startsWith("rlmm.config.") || key.startsWith("authorizer.")
                || key.startsWith("super.users") || key.equals("allow.everyone.if.no.acl.found") || key.startsWith("metrics.")
                || key.startsWith("kafka.metrics.") || key.startsWith("cruise.control.") || key.startsWith("confluent.")
                || key.startsWith("client.quota.callback.");
    }
}
