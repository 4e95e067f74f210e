package millrace.settings;

import static millrace.settings.SettingSource.DEFAULT;
import static millrace.settings.SettingSource.DYNAMIC_BROKER;
import static millrace.settings.SettingSource.DYNAMIC_DEFAULT_BROKER;
import static millrace.settings.SettingSource.DYNAMIC_GROUP;
import static millrace.settings.SettingSource.DYNAMIC_TOPIC;
import static millrace.settings.SettingSource.STATIC_BROKER;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

class EffectiveSettingsTest {
    private static final BrokerSettings PLAIN = BrokerSettings.of(Map.of());

    @Test void aTopicFollowsTheDefaultWhereNobodySaysAnything() {
        SettingValues topic = TopicSettings.of(PLAIN, Map.of()).values();
        assertThat(topic.longValue("retention.ms")).isEqualTo(604_800_000);
        assertThat(topic.source("retention.ms")).isEqualTo(DEFAULT);
        assertThat(topic.list("cleanup.policy")).containsExactly("delete");
        assertThat(topic.string("millrace.durability")).isEqualTo("fsync");
    }

    @Test void retentionIsTakenFromMillisecondsElseMinutesElseHours() {
        assertThat(retention(Map.of("log.retention.hours", "2"))).isEqualTo(7_200_000);
        assertThat(retention(Map.of("log.retention.hours", "2", "log.retention.minutes", "3"))).isEqualTo(180_000);
        assertThat(retention(Map.of("log.retention.hours", "2", "log.retention.minutes", "3", "log.retention.ms", "4"))).isEqualTo(4);
        assertThat(retention(Map.of("log.retention.hours", "-1"))).isEqualTo(-1);
    }

    private static long retention(Map<String, String> file) {
        return TopicSettings.of(BrokerSettings.of(file), Map.of()).values().longValue("retention.ms");
    }

    @Test void eachLayerCoversTheOneBelow() {
        BrokerSettings broker = BrokerSettings.of(Map.of("log.segment.bytes", "2000000"));
        assertThat(segment(broker, Map.of())).isEqualTo("2000000 STATIC_BROKER");
        broker = broker.withDynamic(Map.of("log.segment.bytes", "3000000"), Map.of());
        assertThat(segment(broker, Map.of())).isEqualTo("3000000 DYNAMIC_DEFAULT_BROKER");
        broker = broker.withDynamic(Map.of("log.segment.bytes", "3000000"), Map.of("log.segment.bytes", "4000000"));
        assertThat(segment(broker, Map.of())).isEqualTo("4000000 DYNAMIC_BROKER");
        assertThat(segment(broker, Map.of("segment.bytes", "5000000"))).isEqualTo("5000000 DYNAMIC_TOPIC");
    }

    private static String segment(BrokerSettings broker, Map<String, String> overrides) {
        SettingValues topic = TopicSettings.of(broker, overrides).values();
        return topic.integer("segment.bytes") + " " + topic.source("segment.bytes");
    }

    @Test void aTopicsEntryListsEveryLayerTheOneInForceFirst() {
        BrokerSettings broker = BrokerSettings.of(Map.of("log.retention.minutes", "10")).withDynamic(Map.of("log.retention.ms", "9"), Map.of());
        ConfigEntry entry = entry(TopicSettings.of(broker, Map.of("retention.ms", "8")).entries(), "retention.ms");
        assertThat(entry.value()).isEqualTo("8");
        assertThat(entry.source()).isEqualTo(DYNAMIC_TOPIC);
        assertThat(entry.synonyms()).containsExactly(
                new ConfigEntry.Synonym("retention.ms", "8", DYNAMIC_TOPIC),
                new ConfigEntry.Synonym("log.retention.ms", "9", DYNAMIC_DEFAULT_BROKER),
                new ConfigEntry.Synonym("log.retention.minutes", "10", STATIC_BROKER),
                new ConfigEntry.Synonym("log.retention.hours", "168", DEFAULT));
    }

    /// As a running Kafka 4.4 answers: coarser units are named for retention only, though they decide the value elsewhere, too.
    @Test void entriesNameTheSynonymsThatKafkaNames() {
        BrokerSettings broker = BrokerSettings.of(Map.of("log.roll.hours", "2"));
        ConfigEntry segmentMs = entry(TopicSettings.of(broker, Map.of()).entries(), "segment.ms");
        assertThat(segmentMs.value()).isEqualTo("7200000");
        assertThat(segmentMs.source()).isEqualTo(DEFAULT);
        assertThat(segmentMs.synonyms()).isEmpty();
        assertThat(entry(broker.entries(), "log.retention.minutes").synonyms()).isEmpty();
        List<ConfigEntry> group = GroupSettings.of(broker, Map.of()).entries();
        assertThat(entry(group, "share.isolation.level").synonyms()).containsExactly(new ConfigEntry.Synonym("share.isolation.level", "read_uncommitted", DEFAULT));
        assertThat(entry(group, "streams.assignor.name").value()).isEqualTo("sticky");
    }

    @Test void aBrokersEntriesHideSecretsAndInternals() {
        List<ConfigEntry> entries = BrokerSettings.of(Map.of("ssl.key.password", "s3cret", "some.plugin.key", "x")).entries();
        ConfigEntry secret = entry(entries, "ssl.key.password");
        assertThat(secret.value()).isNull();
        assertThat(secret.sensitive()).isTrue();
        assertThat(secret.synonyms()).containsExactly(new ConfigEntry.Synonym("ssl.key.password", null, STATIC_BROKER));
        assertThat(entry(entries, "some.plugin.key").sensitive()).isTrue();
        assertThat(entries).extracting(ConfigEntry::name).isSorted().doesNotContain("unstable.api.versions.enable");
        assertThat(entries.toString()).doesNotContain("s3cret");
    }

    @Test void aDynamicTextThatDoesNotParseIsLeftOut() {
        BrokerSettings broker = PLAIN.withDynamic(Map.of("background.threads", "none"), Map.of("num.io.threads", "16"));
        assertThat(broker.values().integer("background.threads")).isEqualTo(10);
        assertThat(broker.values().source("num.io.threads")).isEqualTo(DYNAMIC_BROKER);
        assertThat(broker.rejected()).singleElement().asString().contains("background.threads");
    }

    @Test void aGroupStaysWithinTheBrokersLimits() {
        BrokerSettings broker = BrokerSettings.of(Map.of("group.consumer.max.session.timeout.ms", "50000"));
        SettingValues group = GroupSettings.of(broker, Map.of("consumer.session.timeout.ms", "60000")).values();
        assertThat(group.integer("consumer.session.timeout.ms")).isEqualTo(50_000);
        assertThat(group.source("consumer.session.timeout.ms")).isEqualTo(DYNAMIC_GROUP);
        assertThat(GroupSettings.of(PLAIN, Map.of()).values().integer("share.delivery.count.limit")).isEqualTo(5);
    }

    @Test void internalTopicsFollowTheNumberOfBrokersUnlessSet() {
        assertThat(InternalTopics.replicationFactor(PLAIN.values(), "offsets.topic.replication.factor", 1)).isEqualTo((short) 1);
        assertThat(InternalTopics.replicationFactor(PLAIN.values(), "offsets.topic.replication.factor", 5)).isEqualTo((short) 3);
        assertThat(InternalTopics.minInSyncReplicas(PLAIN.values(), "transaction.state.log.min.isr", 1)).isEqualTo(1);
        assertThat(InternalTopics.minInSyncReplicas(PLAIN.values(), "share.coordinator.state.topic.min.isr", 3)).isEqualTo(2);
        SettingValues set = BrokerSettings.of(Map.of("offsets.topic.replication.factor", "3", "transaction.state.log.min.isr", "2")).values();
        assertThat(InternalTopics.replicationFactor(set, "offsets.topic.replication.factor", 1)).isEqualTo((short) 3);
        assertThat(InternalTopics.minInSyncReplicas(set, "transaction.state.log.min.isr", 1)).isEqualTo(2);
    }

    private static ConfigEntry entry(List<ConfigEntry> entries, String name) {
        return entries.stream().filter(entry -> entry.name().equals(name)).findFirst().orElseThrow();
    }
}
