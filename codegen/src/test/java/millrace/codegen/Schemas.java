package millrace.codegen;

/// Small schemas for tests, written with single quotes.
final class Schemas {
    private Schemas() {
    }

    static Schema schema(String json) {
        return SchemaReader.read(json.replace('\'', '"'), "Sample.json", "millrace.protocol.message");
    }

    /// A request of versions 0-3, flexible from 2, with these fields.
    static Schema request(String fields) {
        return schema("{'apiKey': 1, 'type': 'request', 'name': 'SampleRequest', 'listeners': ['broker'], 'validVersions': '0-3', 'flexibleVersions': '2+', 'fields': [" + fields + "]}");
    }
}
