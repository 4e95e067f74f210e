package millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// The tables of APIs and errors say what Apache's say.
class ApiKeyTest {
    @Test void everyLiveApiOfKafkaIsThereAndNoOther() {
        assertThat(Arrays.stream(ApiKey.values()).map(Enum::name)).containsExactlyElementsOf(
            Arrays.stream(ApiKeys.values()).filter(ApiKeys::hasValidVersion).map(Enum::name).toList());
    }

    @Test void eachApiHasKafkasNumberVersionsHeadersAndListeners() {
        for (ApiKey key : ApiKey.values()) {
            ApiKeys apache = ApiKeys.forId(key.id());
            assertThat(key.name()).isEqualTo(apache.name());
            assertThat(key.lowestVersion()).as("%s", key).isEqualTo(apache.messageType.lowestSupportedVersion());
            assertThat(key.highestVersion()).as("%s", key).isEqualTo(apache.messageType.highestSupportedVersion(true));
            assertThat(key.latestVersionUnstable()).as("%s", key).isEqualTo(apache.messageType.latestVersionUnstable());
            assertThat(key.onBroker()).as("%s", key).isEqualTo(apache.inScope(ApiMessageType.ListenerType.BROKER));
            assertThat(key.onController()).as("%s", key).isEqualTo(apache.inScope(ApiMessageType.ListenerType.CONTROLLER));
            for (short version = key.lowestVersion(); version <= key.highestVersion(); version++) {
                assertThat(key.requestHeaderVersion(version)).as("%s %d", key, version).isEqualTo(apache.requestHeaderVersion(version));
                assertThat(key.responseHeaderVersion(version)).as("%s %d", key, version).isEqualTo(apache.responseHeaderVersion(version));
            }
        }
    }

    @Test void removedAndUnknownNumbersHaveNoApi() {
        assertThat(IntStream.rangeClosed(4, 7).mapToObj(id -> ApiKey.forId((short) id))).containsOnlyNulls();
        assertThat(ApiKey.forId((short) -1)).isNull();
        assertThat(ApiKey.forId((short) 95)).isNull();
        assertThat(ApiKey.forId(Short.MAX_VALUE)).isNull();
        assertThat(ApiKey.forId((short) 94)).isEqualTo(ApiKey.UNREGISTER_CONTROLLER);
    }

    @Test void everyErrorHasKafkasNumberNameAndRetriability() {
        assertThat(Arrays.stream(ErrorCode.values()).map(each -> each.code() + " " + each.name() + " " + each.retriable())).containsExactlyElementsOf(
            Arrays.stream(Errors.values()).map(each -> each.code() + " " + each.name() + " " + (each.exception() instanceof org.apache.kafka.common.errors.RetriableException)).toList());
    }

    @Test void anErrorIsFoundByItsNumberAndAnUnknownNumberIsAnUnknownError() {
        for (ErrorCode each : ErrorCode.values()) assertThat(ErrorCode.forCode(each.code())).isEqualTo(each);
        assertThat(ErrorCode.forCode((short) 999)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(ErrorCode.forCode((short) -2)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
