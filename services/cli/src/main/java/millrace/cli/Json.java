package millrace.cli;

import tools.jackson.databind.json.JsonMapper;

/// What programs read: one document a line. Names are those of the records in [ClusterAdmin].
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static String of(Object value) {
        return MAPPER.writeValueAsString(value);
    }
}
