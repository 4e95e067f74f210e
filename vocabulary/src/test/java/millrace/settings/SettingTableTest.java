package millrace.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;

import org.junit.jupiter.api.Test;

class SettingTableTest {
    @Test void everyKeyOfKafka44IsThere() {
        assertThat(SettingTable.BROKER.all()).filteredOn(setting -> !setting.millraceOwn()).hasSize(379);
        assertThat(SettingTable.TOPIC.all()).filteredOn(setting -> !setting.millraceOwn()).hasSize(38);
        assertThat(SettingTable.GROUP.all()).hasSize(27);
        assertThat(SettingTable.CLIENT_METRICS.all()).hasSize(3);
    }

    @Test void everySettingHasASentenceAndADefaultWithinItsBounds() {
        for (SettingTable table : List.of(SettingTable.BROKER, SettingTable.TOPIC, SettingTable.GROUP, SettingTable.CLIENT_METRICS))
            for (Setting setting : table.all()) {
                assertThat(setting.documentation()).as(setting.name()).endsWith(".").hasSizeGreaterThan(10);
                if (setting.defaultValue() != null) assertThat(setting.bounds().allow(setting.defaultValue())).as(setting.name()).isTrue();
            }
    }

    @Test void namesComeInOrder() {
        assertThat(SettingTable.BROKER.all()).extracting(Setting::name).isSorted();
    }

    @Test void aTypingMistakeLeadsToTheClosestKey() {
        assertThat(SettingTable.BROKER.closest("num.partition")).isEqualTo("num.partitions");
        assertThat(SettingTable.BROKER.closest("log.retenton.hours")).isEqualTo("log.retention.hours");
        assertThat(SettingTable.TOPIC.closest("clenaup.policy")).isEqualTo("cleanup.policy");
    }

    @Test void aWrongValueIsToldWithKeyValueAndBounds() {
        assertThat(SettingTable.BROKER.parse("num.partitions", "0"))
                .isEqualTo(new Setting.Wrong("num.partitions cannot be '0': it must be a whole number (32 bits), at least 1."));
        assertThat(SettingTable.BROKER.parse("num.partitions", "many")).isInstanceOf(Setting.Wrong.class);
        assertThat(SettingTable.TOPIC.parse("compression.gzip.level", "10"))
                .isEqualTo(new Setting.Wrong("compression.gzip.level cannot be '10': it must be a whole number (32 bits), from 1 to 9, or -1."));
        assertThat(SettingTable.TOPIC.parse("cleanup.policy", "delete,shrink"))
                .isEqualTo(new Setting.Wrong("cleanup.policy cannot be 'delete,shrink': it must be a list separated by commas, "
                        + "parts neither empty nor repeated, each one of compact, delete."));
        assertThat(SettingTable.TOPIC.parse("retention.mss", "1")).isInstanceOfSatisfying(Setting.Wrong.class,
                wrong -> assertThat(wrong.message()).contains("retention.mss").contains("'retention.ms'"));
    }

    @Test void valuesAreReadByType() {
        assertThat(SettingTable.BROKER.parse("num.partitions", " 12 ")).isEqualTo(new Setting.Parsed(12));
        assertThat(SettingTable.BROKER.parse("delete.topic.enable", "FALSE")).isEqualTo(new Setting.Parsed(false));
        assertThat(SettingTable.BROKER.parse("log.dirs", "a, b ,c")).isEqualTo(new Setting.Parsed(List.of("a", "b", "c")));
        assertThat(SettingTable.BROKER.parse("log.cleaner.min.cleanable.ratio", "0.25")).isEqualTo(new Setting.Parsed(0.25));
        assertThat(SettingTable.TOPIC.parse("cleanup.policy", "")).isEqualTo(new Setting.Parsed(List.of()));
        assertThat(SettingTable.BROKER.parse("group.consumer.migration.policy", "Upgrade")).isEqualTo(new Setting.Parsed("Upgrade"));
    }

    @Test void votersAndThrottledReplicasHaveTheirForm() {
        assertThat(SettingTable.BROKER.parse("controller.quorum.voters", "1@kafka-1:9093,2@[::1]:9093")).isInstanceOf(Setting.Parsed.class);
        assertThat(SettingTable.BROKER.parse("controller.quorum.voters", "kafka-1:9093")).isInstanceOf(Setting.Wrong.class);
        assertThat(SettingTable.TOPIC.parse("leader.replication.throttled.replicas", "0:1,5:2")).isInstanceOf(Setting.Parsed.class);
        assertThat(SettingTable.TOPIC.parse("leader.replication.throttled.replicas", "*")).isInstanceOf(Setting.Parsed.class);
        assertThat(SettingTable.TOPIC.parse("leader.replication.throttled.replicas", "0-1")).isInstanceOf(Setting.Wrong.class);
        assertThat(SettingTable.GROUP.parse("share.auto.offset.reset", "by_duration:PT1H")).isInstanceOf(Setting.Parsed.class);
        assertThat(SettingTable.GROUP.parse("share.auto.offset.reset", "by_duration:1h")).isInstanceOf(Setting.Wrong.class);
    }

    @Test void aPasswordIsNeverPrinted() {
        assertThat(SettingTable.BROKER.parse("ssl.key.password", "s3cret").toString()).doesNotContain("s3cret");
        assertThat(SettingType.write(new Password("s3cret"))).isEqualTo("[hidden]");
    }

    @Test void aListenersOwnKeyIsTheSameSetting() {
        assertThat(SettingTable.BROKER.find("listener.name.internal.ssl.keystore.location").name()).isEqualTo("ssl.keystore.location");
        assertThat(SettingTable.BROKER.find("listener.name.client.scram-sha-256.sasl.jaas.config").sensitive()).isTrue();
        assertThat(SettingTable.BROKER.find("listener.name.client.num.partitions")).isNull();
    }

    @Test void askingForAKeyThatDoesNotExistIsAMistakeOfTheCode() {
        assertThatThrownBy(() -> SettingTable.BROKER.get("num.partition")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("num.partition");
    }
}
