package millrace.compat.differential;

import static millrace.protocol.ApiKey.ALTER_CONFIGS;
import static millrace.protocol.ApiKey.DESCRIBE_CONFIGS;
import static millrace.protocol.ApiKey.INCREMENTAL_ALTER_CONFIGS;
import static millrace.protocol.ApiKey.LIST_CONFIG_RESOURCES;

import java.util.ArrayList;
import java.util.List;
import millrace.protocol.message.AlterConfigsRequest;
import millrace.protocol.message.DescribeConfigsRequest;
import millrace.protocol.message.DescribeConfigsRequest.DescribeConfigsResource;
import millrace.protocol.message.DescribeConfigsResponse;
import millrace.protocol.message.IncrementalAlterConfigsRequest;
import millrace.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import millrace.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import millrace.protocol.message.ListConfigResourcesRequest;
import millrace.protocol.message.ListConfigResourcesResponse;

/// Settings that are read and changed over the wire.
final class ConfigScripts {
    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;
    private static final byte BROKER_LOGGER = 8;
    private static final byte CLIENT_METRICS = 16;
    private static final byte GROUP = 32;
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private ConfigScripts() {}

    static List<Script> all() {
        return List.of(new Script("DescribeConfigs", ConfigScripts::describe), new Script("DescribeConfigs of the broker", ConfigScripts::describeBroker),
                new Script("IncrementalAlterConfigs", ConfigScripts::incremental), new Script("IncrementalAlterConfigs refuses", ConfigScripts::refused),
                new Script("AlterConfigs", ConfigScripts::alter), new Script("ListConfigResources", ConfigScripts::list));
    }

    private static DescribeConfigsRequest describe(byte type, String name, String... keys) {
        return DescribeConfigsRequest.builder().resources(List.of(new DescribeConfigsResource(type, name, keys.length == 0 ? null : List.of(keys)))).build();
    }

    private static void describe(Session session) {
        session.topic("configs.described", 1, "retention.ms", "4711", "cleanup.policy", "compact", "max.message.bytes", "2000000");
        Versions.each(DESCRIBE_CONFIGS, version -> {
            session.ask("a topic", describe(TOPIC, "configs.described"), version);
            session.ask("a topic with synonyms", describe(TOPIC, "configs.described").toBuilder().includeSynonyms(true).build(), version);
            if (version >= 3) session.ask("a topic with documentation", describe(TOPIC, "configs.described").toBuilder().includeDocumentation(true).build(), version);
            session.ask("some keys", describe(TOPIC, "configs.described", "retention.ms", "no.such.config", "cleanup.policy"), version);
            session.ask("no keys", DescribeConfigsRequest.builder().resources(List.of(new DescribeConfigsResource(TOPIC, "configs.described", List.of()))).build(), version);
            session.ask("an absent topic", describe(TOPIC, "configs.absent"), version);
            session.ask("an invalid topic", describe(TOPIC, "configs/absent"), version);
            session.ask("an empty topic", describe(TOPIC, ""), version);
            session.ask("another broker", describe(BROKER, "7"), version);
            session.ask("a broker that is no number", describe(BROKER, "one"), version);
            session.ask("a group", describe(GROUP, "configs.group").toBuilder().includeSynonyms(true).build(), version);
            session.ask("a group without name", describe(GROUP, ""), version);
            session.ask("an unknown type", describe((byte) 77, "x"), version);
            session.ask("type 0", describe((byte) 0, "x"), version);
            session.ask("client metrics", describe(CLIENT_METRICS, "nothing").toBuilder().includeSynonyms(true).build(), version);
            session.ask("client metrics without name", describe(CLIENT_METRICS, ""), version);
            session.ask("loggers of another broker", describe(BROKER_LOGGER, "7"), version);
            session.ask("loggers of no broker", describe(BROKER_LOGGER, ""), version);
            session.ask("a topic twice", DescribeConfigsRequest.builder().resources(List.of(new DescribeConfigsResource(TOPIC, "configs.described", List.of("retention.ms")),
                    new DescribeConfigsResource(TOPIC, "configs.described", List.of("cleanup.policy")))).build(), version);
        });
    }

    private static void describeBroker(Session session) {
        session.ask("this broker", describe(BROKER, "1"), 1);
        session.ask("this broker with synonyms and documentation", describe(BROKER, "1").toBuilder().includeSynonyms(true).includeDocumentation(true).build(), 4);
        session.ask("some keys", describe(BROKER, "1", "log.retention.ms", "log.retention.hours", "num.partitions", "none").toBuilder().includeSynonyms(true).build(), 4);
        session.ask("cluster-wide defaults", describe(BROKER, "").toBuilder().includeSynonyms(true).build(), 4);
        session.ask("cluster-wide, some keys", describe(BROKER, "", "log.retention.ms").toBuilder().includeSynonyms(true).build(), 4);
    }

    private static IncrementalAlterConfigsRequest change(byte type, String name, AlterableConfig... configs) {
        return IncrementalAlterConfigsRequest.builder().resources(List.of(new AlterConfigsResource(type, name, List.of(configs)))).build();
    }

    private static DescribeConfigsRequest changed(byte type, String name) {
        return describe(type, name).toBuilder().includeSynonyms(true).build();
    }

    /// Waits until a config has (null: no longer) the value, then notes all.
    private static void shows(Session session, String step, byte type, String resource, String config, String value) {
        session.<DescribeConfigsResponse>askUntil(step, changed(type, resource), 4, answer -> {
            String found = null;
            for (var each : answer.results().getFirst().configs()) if (each.name().equals(config) && each.configSource() != 5 && each.configSource() != 4) found = each.value();
            return value == null ? found == null : value.equals(found);
        });
    }

    private static void incremental(Session session) {
        Versions.each(INCREMENTAL_ALTER_CONFIGS, version -> {
            String name = "configs.changed.v" + version;
            session.topic(name, 1);
            session.ask("validated only", change(TOPIC, name, new AlterableConfig("retention.ms", SET, "5")).toBuilder().validateOnly(true).build(), version);
            session.ask("set", change(TOPIC, name, new AlterableConfig("retention.ms", SET, "1000"), new AlterableConfig("cleanup.policy", SET, "compact")), version);
            shows(session, "after set v" + version, TOPIC, name, "retention.ms", "1000");
            session.ask("appended", change(TOPIC, name, new AlterableConfig("cleanup.policy", APPEND, "delete")), version);
            shows(session, "after append v" + version, TOPIC, name, "cleanup.policy", "compact,delete");
            session.ask("appended again", change(TOPIC, name, new AlterableConfig("cleanup.policy", APPEND, "delete")), version);
            session.ask("subtracted", change(TOPIC, name, new AlterableConfig("cleanup.policy", SUBTRACT, "compact")), version);
            shows(session, "after subtract v" + version, TOPIC, name, "cleanup.policy", "delete");
            session.ask("subtracted again", change(TOPIC, name, new AlterableConfig("cleanup.policy", SUBTRACT, "compact")), version);
            session.ask("deleted", change(TOPIC, name, new AlterableConfig("retention.ms", DELETE, null)), version);
            shows(session, "after delete v" + version, TOPIC, name, "retention.ms", null);
            session.ask("deleted what was not set", change(TOPIC, name, new AlterableConfig("segment.ms", DELETE, "")), version);
            session.ask("nothing of a topic", change(TOPIC, name), version);
            session.ask("nothing", IncrementalAlterConfigsRequest.builder().build(), version);
        });
        session.ask("a broker", change(BROKER, "1", new AlterableConfig("log.retention.ms", SET, "86400000")), 1);
        shows(session, "a broker after set", BROKER, "1", "log.retention.ms", "86400000");
        session.topic("configs.below.broker", 1);
        session.ask("a topic below", changed(TOPIC, "configs.below.broker"), 4);
        session.ask("all brokers", change(BROKER, "", new AlterableConfig("log.segment.bytes", SET, "2000000")), 1);
        shows(session, "all brokers after set", BROKER, "", "log.segment.bytes", "2000000");
        session.ask("a topic below all brokers", changed(TOPIC, "configs.below.broker"), 4);
        session.ask("a broker back", change(BROKER, "1", new AlterableConfig("log.retention.ms", DELETE, null)), 1);
        session.ask("all brokers back", change(BROKER, "", new AlterableConfig("log.segment.bytes", DELETE, null)), 1);
        shows(session, "all brokers after delete", BROKER, "", "log.segment.bytes", null);
        session.ask("client metrics", change(CLIENT_METRICS, "configs.metered", new AlterableConfig("interval.ms", SET, "60000")), 1);
        shows(session, "client metrics after set", CLIENT_METRICS, "configs.metered", "interval.ms", "60000");
        session.ask("a group", change(GROUP, "configs.grouped", new AlterableConfig("consumer.session.timeout.ms", SET, "50000")), 1);
        shows(session, "a group after set", GROUP, "configs.grouped", "consumer.session.timeout.ms", "50000");
    }

    private static void refused(Session session) {
        session.topic("configs.refused", 1, "retention.ms", "99");
        String name = "configs.refused";
        session.ask("an unknown config", change(TOPIC, name, new AlterableConfig("no.such.config", SET, "1")), 1);
        session.ask("an unknown config deleted", change(TOPIC, name, new AlterableConfig("no.such.config", DELETE, null)), 1);
        session.ask("no number", change(TOPIC, name, new AlterableConfig("retention.ms", SET, "soon")), 1);
        session.ask("out of bounds", change(TOPIC, name, new AlterableConfig("retention.ms", SET, "-5")), 1);
        session.ask("null to set", change(TOPIC, name, new AlterableConfig("retention.ms", SET, null)), 1);
        session.ask("null to append", change(TOPIC, name, new AlterableConfig("cleanup.policy", APPEND, null)), 1);
        session.ask("append to a number", change(TOPIC, name, new AlterableConfig("retention.ms", APPEND, "1")), 1);
        session.ask("subtract from a number", change(TOPIC, name, new AlterableConfig("retention.ms", SUBTRACT, "1")), 1);
        session.ask("an unknown operation", change(TOPIC, name, new AlterableConfig("retention.ms", (byte) 9, "1")), 1);
        session.ask("the same config twice", change(TOPIC, name, new AlterableConfig("retention.ms", SET, "1"), new AlterableConfig("retention.ms", SET, "2")), 1);
        session.ask("one right and one wrong", change(TOPIC, name, new AlterableConfig("segment.ms", SET, "1000000"), new AlterableConfig("retention.ms", SET, "soon")), 1);
        session.ask("the same topic twice", IncrementalAlterConfigsRequest.builder().resources(List.of(new AlterConfigsResource(TOPIC, name, List.of(new AlterableConfig("retention.ms", SET, "1"))),
                new AlterConfigsResource(TOPIC, name, List.of(new AlterableConfig("segment.ms", SET, "1000000"))))).build(), 1);
        session.ask("two resources", IncrementalAlterConfigsRequest.builder().resources(List.of(new AlterConfigsResource(TOPIC, name, List.of(new AlterableConfig("retention.ms", SET, "soon"))),
                new AlterConfigsResource(TOPIC, "configs.refused.none", List.of(new AlterableConfig("retention.ms", SET, "1"))))).build(), 1);
        session.ask("an absent topic", change(TOPIC, "configs.none", new AlterableConfig("retention.ms", SET, "1")), 1);
        session.ask("an invalid topic", change(TOPIC, "configs/none", new AlterableConfig("retention.ms", SET, "1")), 1);
        session.ask("a topic without name", change(TOPIC, "", new AlterableConfig("retention.ms", SET, "1")), 1);
        session.ask("another broker", change(BROKER, "7", new AlterableConfig("log.retention.ms", SET, "1")), 1);
        session.ask("no broker", change(BROKER, "one", new AlterableConfig("log.retention.ms", SET, "1")), 1);
        session.ask("a read-only broker config", change(BROKER, "1", new AlterableConfig("node.id", SET, "2")), 1);
        session.ask("a per-broker config for all", change(BROKER, "", new AlterableConfig("listeners", SET, "PLAINTEXT://127.0.0.1:1")), 1);
        session.ask("a wrong broker value", change(BROKER, "1", new AlterableConfig("log.retention.ms", SET, "soon")), 1);
        session.ask("an unknown broker config", change(BROKER, "1", new AlterableConfig("no.such.config", SET, "1")), 1);
        session.ask("a group without name", change(GROUP, "", new AlterableConfig("consumer.session.timeout.ms", SET, "1")), 1);
        session.ask("a wrong group value", change(GROUP, "g", new AlterableConfig("consumer.session.timeout.ms", SET, "x")), 1);
        session.ask("a group value below the bound", change(GROUP, "g", new AlterableConfig("consumer.session.timeout.ms", SET, "10")), 1);
        session.ask("an unknown group config", change(GROUP, "g", new AlterableConfig("nothing", SET, "10")), 1);
        session.ask("an unknown type", change((byte) 77, "g", new AlterableConfig("nothing", SET, "10")), 1);
        session.ask("nothing has changed", changed(TOPIC, name), 4);
    }

    private static AlterConfigsRequest replace(byte type, String name, String... pairs) {
        List<AlterConfigsRequest.AlterableConfig> configs = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) configs.add(new AlterConfigsRequest.AlterableConfig(pairs[i], pairs[i + 1]));
        return AlterConfigsRequest.builder().resources(List.of(new AlterConfigsRequest.AlterConfigsResource(type, name, configs))).build();
    }

    private static void alter(Session session) {
        Versions.each(ALTER_CONFIGS, version -> {
            String name = "configs.replaced.v" + version;
            session.topic(name, 1, "retention.ms", "77");
            session.ask("validated only", replace(TOPIC, name, "segment.ms", "1000000").toBuilder().validateOnly(true).build(), version);
            session.ask("replaced", replace(TOPIC, name, "segment.ms", "1000000"), version);
            shows(session, "after replace v" + version, TOPIC, name, "segment.ms", "1000000");
            session.ask("a wrong value", replace(TOPIC, name, "segment.ms", "soon"), version);
            session.ask("a null", replace(TOPIC, name, "segment.ms", null), version);
            session.ask("an unknown config", replace(TOPIC, name, "no.such.config", "1"), version);
            session.ask("twice the same", replace(TOPIC, name, "segment.ms", "1000000", "segment.ms", "2000000"), version);
            session.ask("an absent topic", replace(TOPIC, name + ".none", "segment.ms", "1000000"), version);
            session.ask("an unknown type", replace((byte) 99, name, "segment.ms", "1000000"), version);
            session.ask("emptied", replace(TOPIC, name), version);
            shows(session, "after emptied v" + version, TOPIC, name, "segment.ms", null);
        });
    }

    private static void list(Session session) {
        session.<ListConfigResourcesResponse>awaitQuietly(ListConfigResourcesRequest.builder().resourceTypes(List.of(TOPIC)).build(), 1, _ -> true);
        session.ask("client metrics only", ListConfigResourcesRequest.builder().build(), 0);
        session.ask("all", ListConfigResourcesRequest.builder().build(), 1);
        for (int type : new int[] {TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP, 0, 77}) {
            session.ask("type " + type, ListConfigResourcesRequest.builder().resourceTypes(List.of((byte) type)).build(), 1);
        }
        session.ask("two types", ListConfigResourcesRequest.builder().resourceTypes(List.of(GROUP, BROKER)).build(), 1);
        session.ask("a right and a wrong type", ListConfigResourcesRequest.builder().resourceTypes(List.of(GROUP, (byte) 77)).build(), 1);
        session.note("all API versions asked", Integer.toString(Versions.newest(LIST_CONFIG_RESOURCES)));
    }
}
