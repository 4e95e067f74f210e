package millrace.codegen;

import static millrace.codegen.Schemas.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;

import org.junit.jupiter.api.Test;

class WireLayoutsTest {
    private static final String TOPIC = "{'name': 'Topic', 'type': 'string', 'versions': '0+'}";
    private static final WireLayouts ACCEPTED = layouts(TOPIC);

    @Test void whatWasWrittenIsReadBack() {
        assertThat(WireLayouts.parse(ACCEPTED.toString(), "here").differences(ACCEPTED)).isEmpty();
    }

    @Test void proseDefaultsAndWhatMayBeIgnoredDoNotChangeALayout() {
        assertThat(ACCEPTED.differences(layouts("{'name': 'Topic', 'type': 'string', 'versions': '0+', 'default': 'x', 'ignorable': true, 'about': 'prose'}"))).isEmpty();
    }

    @Test void aFieldInAPublishedVersionIsFound() {
        assertThat(ACCEPTED.differences(layouts(TOPIC + ", {'name': 'Late', 'type': 'int32', 'versions': '3+'}")))
            .containsExactly("message.SampleRequest version 3 has another layout; a published version never changes, so this breaks whoever speaks it");
    }

    @Test void aChangedTypeNullOrTagIsFoundInEachVersion() {
        assertThat(ACCEPTED.differences(layouts("{'name': 'Topic', 'type': 'uuid', 'versions': '0+'}"))).hasSize(4);
        assertThat(ACCEPTED.differences(layouts("{'name': 'Topic', 'type': 'string', 'versions': '0+', 'nullableVersions': '2+'}"))).hasSize(2);
        assertThat(layouts("{'name': 'A', 'type': 'int32', 'versions': '2+', 'taggedVersions': '2+', 'tag': 0}")
            .differences(layouts("{'name': 'A', 'type': 'int32', 'versions': '2+', 'taggedVersions': '2+', 'tag': 1}"))).hasSize(2);
    }

    @Test void aChangeInsideAStructIsFound() {
        var before = layouts("{'name': 'All', 'type': '[]One', 'versions': '0+', 'fields': [{'name': 'A', 'type': 'int32', 'versions': '0+'}]}");
        assertThat(before.differences(layouts("{'name': 'All', 'type': '[]One', 'versions': '0+', 'fields': [{'name': 'A', 'type': 'int64', 'versions': '0+'}]}"))).hasSize(4);
    }

    @Test void versionsAndMessagesThatAreGoneOrNewAreTold() {
        var fewer = WireLayouts.parse("message.SampleRequest 0:00000000\nmessage.Gone 0:11111111\n", "here");
        assertThat(fewer.differences(ACCEPTED)).contains("message.Gone is gone", "message.SampleRequest version 3 is new");
        assertThat(ACCEPTED.differences(fewer)).contains("message.Gone is new", "message.SampleRequest version 2 is gone; who still speaks it is shut out");
    }

    @Test void anUnstableVersionMayChangeButIsMentioned() {
        assertThat(WireLayouts.parse("message.SampleRequest 3:00000000~", "here").differences(ACCEPTED)).contains("message.SampleRequest version 3 was unstable and has changed or become stable");
    }

    @Test void theBuildEndsWithWhatToDo() {
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> ACCEPTED.check(WireLayouts.of(List.of()), "wire-layouts.txt"))
            .withMessageContaining("wire-layouts.txt: 1 changes").withMessageContaining("-Dprotocol.layouts=accept");
    }

    private static WireLayouts layouts(String fields) {
        return WireLayouts.of(List.of(request(fields)));
    }
}
