package millrace.codegen;

import static millrace.codegen.Schemas.request;
import static millrace.codegen.Schemas.schema;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaReaderTest {
    @ParameterizedTest @CsvSource({"3+, 3, 32767", "0-7, 0, 7", "5, 5, 5", "none, 0, -1"})
    void aRangeOfVersionsIsReadInItsFourForms(String text, int lowest, int highest) {
        assertThat(Versions.parse(text, "here")).isEqualTo(new Versions(lowest, highest)).hasToString(text);
    }

    @Test void versionsThatAreNoneOfThemAreRefused() {
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> Versions.parse("3-", "here")).withMessageContaining("here: versions \"3-\"");
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> Versions.parse("7-3", "here")).withMessageContaining("end before they begin");
    }

    @Test void aConditionSaysOnlyWhatTheContextLeavesOpen() {
        var context = new Versions(2, 9);
        assertThat(Versions.parse("0+", "").condition(context)).isEqualTo("true");
        assertThat(Versions.parse("2-12", "").condition(context)).isEqualTo("true");
        assertThat(Versions.parse("5+", "").condition(context)).isEqualTo("wireVersion >= 5");
        assertThat(Versions.parse("0-5", "").condition(context)).isEqualTo("wireVersion <= 5");
        assertThat(Versions.parse("5-7", "").condition(context)).isEqualTo("wireVersion >= 5 && wireVersion <= 7");
        assertThat(Versions.parse("5", "").condition(context)).isEqualTo("wireVersion == 5");
        assertThat(Versions.parse("10+", "").condition(context)).isEqualTo("false");
    }

    @Test void commentsAndProseAreLeftAsideAndNamesBeginSmall() {
        Schema schema = request("// a comment\n{'name': 'TopicName', 'type': 'string', 'versions': '0+', 'about': 'prose', 'entityType': 'topicName'}");
        assertThat(schema.root().fields()).singleElement().extracting(Field::name).isEqualTo("topicName");
        assertThat(MessageSource.of(schema)).doesNotContain("prose");
    }

    @Test void onlyTheTextNullIsADefaultOfNull() {
        Schema schema = request("{'name': 'A', 'type': '[]int32', 'versions': '2+', 'nullableVersions': '2+', 'default': null}, "
            + "{'name': 'B', 'type': '[]int32', 'versions': '2+', 'nullableVersions': '2+', 'default': 'null'}");
        assertThat(schema.root().fields()).extracting(Field::defaultsToNull).containsExactly(false, true);
        assertThat(MessageSource.of(schema)).contains("private List<Integer> a = List.of();", "private List<Integer> b = null;");
    }

    @Test void aStructKnowsTheVersionsInWhichItCanBeMet() {
        Schema schema = request("{'name': 'Outer', 'type': '[]Outer', 'versions': '1+', 'fields': [{'name': 'Inner', 'type': 'Inner', 'versions': '3+', 'fields': ["
            + "{'name': 'Id', 'type': 'int32', 'versions': '0+'}]}]}");
        assertThat(schema.structs()).extracting(Struct::name).containsExactly("Outer", "Inner");
        assertThat(schema.structs()).extracting(Struct::versions).containsExactly(new Versions(1, 3), new Versions(3, 3));
    }

    @Test void anAttributeThatIsNotKnownIsRefusedBecauseItMayChangeTheBytes() {
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> request("{'name': 'A', 'type': 'int32', 'versions': '0+', 'encrypted': true}"))
            .withMessageContaining("SampleRequest.A").withMessageContaining("\"encrypted\"");
    }

    @Test void whatCannotBeGeneratedIsRefusedAndNamed() {
        refused("{'name': 'A', 'type': 'int24', 'versions': '0+'}", "unknown type \"int24\"");
        refused("{'name': 'A', 'type': '[]bytes', 'versions': '0+'}", "an array of bytes");
        refused("{'name': 'A', 'type': 'Missing', 'versions': '0+'}", "unknown struct \"Missing\"");
        refused("{'name': 'A', 'type': 'int32'}", "neither versions nor taggedVersions");
        refused("{'name': 'A', 'type': 'int32', 'versions': '2+', 'tag': 0}", "go together");
        refused("{'name': 'A', 'type': 'int32', 'versions': '0+', 'taggedVersions': '2+', 'tag': 0}", "both tagged and plain");
        refused("{'name': 'A', 'type': 'S', 'versions': '0+', 'fields': [{'name': 'B', 'type': 'S', 'versions': '0+'}]}", "contains itself");
    }

    @Test void aSchemaWithoutFlexibleVersionsIsRefused() {
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> schema("{'type': 'data', 'name': 'S', 'validVersions': '0', 'fields': []}"))
            .withMessageContaining("flexibleVersions is missing");
    }

    private static void refused(String field, String because) {
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> request(field)).withMessageContaining(because).withMessageContaining("Sample.json");
    }
}
