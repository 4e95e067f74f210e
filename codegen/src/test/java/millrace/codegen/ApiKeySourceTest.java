package millrace.codegen;

import static millrace.codegen.Schemas.request;
import static millrace.codegen.Schemas.schema;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;

import org.junit.jupiter.api.Test;

class ApiKeySourceTest {
    @Test void aRequestAndItsResponseBecomeAConstant() {
        assertThat(ApiKeySource.of(List.of(request(""), response("0-3")))).contains("SAMPLE(1, 0, 3, 2, 2, false, true, false);",
            "case SAMPLE -> SampleRequest.read(in, version);", "case SAMPLE -> SampleResponse.read(in, version);");
    }

    @Test void aRequestWithoutItsResponseIsRefused() {
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> ApiKeySource.of(List.of(request("")))).withMessageContaining("has 0 responses instead of one");
    }

    @Test void versionsOfRequestAndResponseMustAgree() {
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> ApiKeySource.of(List.of(request(""), response("0-2")))).withMessageContaining("they must agree");
    }

    private static Schema response(String versions) {
        return schema("{'apiKey': 1, 'type': 'response', 'name': 'SampleResponse', 'validVersions': '" + versions + "', 'flexibleVersions': '2+', 'fields': []}");
    }
}
