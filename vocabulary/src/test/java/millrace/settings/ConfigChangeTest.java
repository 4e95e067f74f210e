package millrace.settings;

import static millrace.settings.ConfigChange.Operation.APPEND;
import static millrace.settings.ConfigChange.Operation.DELETE;
import static millrace.settings.ConfigChange.Operation.SET;
import static millrace.settings.ConfigChange.Operation.SUBTRACT;
import static millrace.settings.ConfigChange.Reason.INVALID_CONFIG;
import static millrace.settings.ConfigChange.Reason.INVALID_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import millrace.settings.ConfigChange.Accepted;
import millrace.settings.ConfigChange.Alteration;
import millrace.settings.ConfigChange.Operation;
import millrace.settings.ConfigChange.Outcome;
import millrace.settings.ConfigChange.Refused;

import org.junit.jupiter.api.Test;

class ConfigChangeTest {
    private static final BrokerSettings BROKER = BrokerSettings.of(Map.of());

    @Test void settingAndDeletingAreTheDifferenceToWhatIsThere() {
        Outcome outcome = ConfigChange.ofTopic(BROKER, Map.of("retention.ms", "1", "segment.ms", "2", "flush.ms", "3"))
                .alter(List.of(new Alteration(SET, "retention.ms", "10"), new Alteration(DELETE, "segment.ms", null), new Alteration(SET, "flush.ms", "3")));
        assertThat(((Accepted) outcome).changes()).containsExactly(entry("retention.ms", "10"), entry("segment.ms", null));
    }

    @Test void appendAndSubtractStartFromWhatIsInForce() {
        assertThat(changes(topic(Map.of()).alter(List.of(new Alteration(APPEND, "cleanup.policy", "compact"))))).containsExactly(entry("cleanup.policy", "delete,compact"));
        assertThat(changes(topic(Map.of("cleanup.policy", "compact,delete")).alter(List.of(new Alteration(SUBTRACT, "cleanup.policy", "delete")))))
                .containsExactly(entry("cleanup.policy", "compact"));
        assertThat(changes(topic(Map.of("cleanup.policy", "compact")).alter(List.of(new Alteration(APPEND, "cleanup.policy", "compact"))))).isEmpty();
    }

    @Test void whatIsNoListCannotBeAppendedTo() {
        assertThat(refusal(topic(Map.of()).alter(List.of(new Alteration(APPEND, "retention.ms", "1")))).reason()).isEqualTo(INVALID_CONFIG);
    }

    @Test void aRequestMustBeWellFormed() {
        assertThat(refusal(topic(Map.of()).alter(List.of(new Alteration(SET, "retention.ms", null)))).reason()).isEqualTo(INVALID_REQUEST);
        assertThat(refusal(topic(Map.of()).alter(List.of(new Alteration(null, "retention.ms", "1")))).reason()).isEqualTo(INVALID_REQUEST);
        assertThat(refusal(topic(Map.of()).alter(Arrays.asList(new Alteration(SET, "retention.ms", "1"), new Alteration(DELETE, "retention.ms", null)))).reason())
                .isEqualTo(INVALID_REQUEST);
        assertThat(Operation.forId((byte) 3)).isEqualTo(SUBTRACT);
        assertThat(Operation.forId((byte) 4)).isNull();
    }

    @Test void anUnknownTopicKeyIsRefusedAndTheClosestNamed() {
        Refused refused = refusal(topic(Map.of()).alter(List.of(new Alteration(SET, "retention.m", "1"))));
        assertThat(refused.message()).contains("Unknown topic config name: retention.m").contains("retention.ms");
    }

    @Test void valuesThatContradictEachOtherAreRefused() {
        assertThat(refusal(topic(Map.of("max.compaction.lag.ms", "5")).alter(List.of(new Alteration(SET, "min.compaction.lag.ms", "6")))).message())
                .contains("min.compaction.lag.ms (6)").contains("max.compaction.lag.ms (5)");
        assertThat(refusal(topic(Map.of()).create(Map.of("remote.storage.enable", "true"))).reason()).isEqualTo(INVALID_CONFIG);
    }

    @Test void replacingAllSendsTheRestBackToItsDefault() {
        assertThat(changes(topic(Map.of("retention.ms", "1", "segment.ms", "2")).replaceAll(Map.of("segment.ms", "3"))))
                .containsExactly(entry("retention.ms", null), entry("segment.ms", "3"));
    }

    @Test void aBrokerChangesOnlyWhatIsDynamic() {
        assertThat(changes(broker(new Alteration(SET, "log.cleaner.threads", "2")))).hasSize(1);
        assertThat(refusal(broker(new Alteration(SET, "num.partitions", "2"))).message()).contains("num.partitions dynamically");
        assertThat(refusal(broker(new Alteration(SET, "ssl.keystore.location", "x"))).message()).contains("listener.name.<listener>.ssl.keystore.location");
        assertThat(changes(broker(new Alteration(SET, "listener.name.external.ssl.keystore.location", "x")))).hasSize(1);
        assertThat(changes(broker(new Alteration(SET, "follower.replication.throttled.rate", "1000")))).hasSize(1);
    }

    @Test void theClusterDefaultTakesNothingThatBelongsToOneBroker() {
        Outcome outcome = ConfigChange.ofClusterDefault(BROKER, Map.of()).alter(List.of(new Alteration(SET, "listeners", "PLAINTEXT://:9092")));
        assertThat(refusal(outcome).message()).contains("broker id must be specified");
    }

    @Test void aGroupIsHeldToTheBrokersLimits() {
        assertThat(changes(group("consumer.session.timeout.ms", "50000"))).hasSize(1);
        assertThat(refusal(group("consumer.session.timeout.ms", "70000")).message()).contains("group.consumer.max.session.timeout.ms");
        assertThat(refusal(group("share.delivery.count.limit", "11")).message()).contains("group.share.max.delivery.count.limit");
    }

    @Test void aClientMetricsSubscriptionIsChecked() {
        ConfigChange change = ConfigChange.ofClientMetrics(BROKER, Map.of());
        assertThat(changes(change.replaceAll(Map.of("interval.ms", "1000", "metrics", "*", "match", "client_id=a.*")))).hasSize(3);
        assertThat(refusal(change.replaceAll(Map.of("interval.ms", "99"))).message()).contains("from 100 to 3600000");
        assertThat(refusal(change.replaceAll(Map.of("match", "colour=red"))).message()).contains("client_id");
    }

    private static ConfigChange topic(Map<String, String> present) {
        return ConfigChange.ofTopic(BROKER, present);
    }

    private static Outcome broker(Alteration alteration) {
        return ConfigChange.ofBroker(BROKER, Map.of()).alter(List.of(alteration));
    }

    private static Outcome group(String name, String value) {
        return ConfigChange.ofGroup(BROKER, Map.of()).alter(List.of(new Alteration(SET, name, value)));
    }

    private static Map<String, String> changes(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Accepted.class);
        return ((Accepted) outcome).changes();
    }

    private static Refused refusal(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Refused.class);
        return (Refused) outcome;
    }
}
