package millrace.codegen;

import static millrace.codegen.Schemas.request;
import static millrace.codegen.Schemas.schema;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.junit.jupiter.api.Test;

class EvolutionCheckTest {
    @Test void fieldsThatComeAndGoOnceAreFine() {
        assertThatNoException().isThrownBy(() -> EvolutionCheck.check(request("{'name': 'Old', 'type': 'string', 'versions': '0-1'}, {'name': 'New', 'type': 'uuid', 'versions': '2+'}, "
            + "{'name': 'Tagged', 'type': 'int32', 'versions': '3+', 'taggedVersions': '3+', 'tag': 0, 'default': '-1'}")));
    }

    @Test void aFieldMayNotChangeItsType() {
        refused("{'name': 'Topic', 'type': 'string', 'versions': '0-1'}, {'name': 'Topic', 'type': 'uuid', 'versions': '2+'}",
            "Sample.json SampleRequest.topic: is String in versions 0-1 and Uuid in versions 2+; a field keeps its type, a new type is a new field");
    }

    @Test void aFieldMayNotHaveAGapInItsVersions() {
        refused("{'name': 'Epoch', 'type': 'int32', 'versions': '0'}, {'name': 'Epoch', 'type': 'int32', 'versions': '2+'}", "have no gaps");
    }

    @Test void aTagMayNotBeUsedTwice() {
        refused("{'name': 'A', 'type': 'int32', 'versions': '2+', 'taggedVersions': '2+', 'tag': 0}, {'name': 'B', 'type': 'int32', 'versions': '3+', 'taggedVersions': '3+', 'tag': 0}",
            "uses tag 0, which belongs to a");
    }

    @Test void tagsAreCountedWithoutGaps() {
        refused("{'name': 'A', 'type': 'int32', 'versions': '2+', 'taggedVersions': '2+', 'tag': 1}", "has no field with tag 0 but one with tag 1");
    }

    @Test void aTagMayNotEndBecauseItCouldBeUsedAgain() {
        refused("{'name': 'A', 'type': 'int32', 'versions': '2', 'taggedVersions': '2', 'tag': 0}", "keep it open-ended");
    }

    @Test void onlyFlexibleVersionsHaveTags() {
        refused("{'name': 'A', 'type': 'int32', 'versions': '1+', 'taggedVersions': '1+', 'tag': 0}", "only versions 2+ are flexible");
    }

    @Test void aNumberIsNeverNull() {
        refused("{'name': 'A', 'type': 'int32', 'versions': '0+', 'nullableVersions': '0+'}", "is a number and cannot be null");
    }

    @Test void aDefaultOfNullNeedsNullToBeAllowed() {
        refused("{'name': 'A', 'type': 'string', 'versions': '0+', 'nullableVersions': '2+', 'default': 'null'}", "is null by default, but null is allowed in versions 2+ only");
    }

    @Test void theRulesHoldInsideStructsToo() {
        refused("{'name': 'All', 'type': '[]One', 'versions': '0+', 'fields': [{'name': 'A', 'type': 'int32', 'versions': '2+', 'taggedVersions': '2+', 'tag': 3}]}", "Sample.json One: has no field with tag 0");
    }

    @Test void whatBecameFlexibleStaysFlexible() {
        assertThatExceptionOfType(SchemaException.class)
            .isThrownBy(() -> EvolutionCheck.check(schema("{'type': 'data', 'name': 'S', 'validVersions': '0-5', 'flexibleVersions': '1-3', 'fields': []}")))
            .withMessageContaining("stays so");
    }

    private static void refused(String fields, String because) {
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> EvolutionCheck.check(request(fields))).withMessageContaining(because);
    }
}
