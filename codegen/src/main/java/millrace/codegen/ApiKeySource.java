package millrace.codegen;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Prints the enum of all APIs from the pairs of request and response.
final class ApiKeySource {
    /// A client that does not know the node's versions yet must be able to read this answer, so its header never changes.
    private static final String API_VERSIONS = "API_VERSIONS";

    private ApiKeySource() {
    }

    static String constant(Schema schema) {
        return Schema.constantName(schema.name().replaceFirst("(Request|Response)$", ""));
    }

    static String of(List<Schema> all) {
        List<Schema> requests = all.stream().filter(schema -> schema.kind().equals("request")).sorted(Comparator.comparingInt(Schema::apiKey)).toList();
        var code = new Code();
        code.line("package millrace.protocol;").blank();
        for (Schema request : requests) {
            code.line("import %s.%s;", request.packageName(), request.name());
            code.line("import %s.%s;", request.packageName(), response(request, all).name());
        }
        code.blank();
        code.line("/// Every API of the protocol with the versions that are served. Generated from the schemas; edit the generator instead.");
        code.line("public enum ApiKey {");
        var constants = new ArrayList<String>();
        for (Schema request : requests) {
            Schema response = response(request, all);
            constants.add(String.format("%s(%d, %d, %d, %d, %d, %s, %s, %s)", constant(request), request.apiKey(), request.valid().lowest(), request.valid().highest(),
                flexibleFrom(request), constant(request).equals(API_VERSIONS) ? Short.MAX_VALUE : flexibleFrom(response),
                request.latestVersionUnstable(), request.listeners().contains("broker"), request.listeners().contains("controller")));
        }
        for (int i = 0; i < constants.size(); i++) code.line(constants.get(i) + (i + 1 < constants.size() ? "," : ";"));
        code.blank().line("private static final ApiKey[] BY_ID = new ApiKey[%d];", requests.getLast().apiKey() + 1).blank();
        code.line("static {").line("for (ApiKey key : values()) BY_ID[key.id] = key;").line("}").blank();
        for (String field : List.of("short id", "short lowestVersion", "short highestVersion", "short flexibleRequestFrom", "short flexibleAnswerHeaderFrom",
            "boolean latestVersionUnstable", "boolean onBroker", "boolean onController")) code.line("private final %s;", field);
        code.blank();
        code.line("ApiKey(int id, int lowestVersion, int highestVersion, int flexibleRequestFrom, int flexibleAnswerHeaderFrom, boolean latestVersionUnstable,");
        code.line("       boolean onBroker, boolean onController) {");
        for (String field : List.of("id", "lowestVersion", "highestVersion", "flexibleRequestFrom", "flexibleAnswerHeaderFrom"))
            code.line("this.%s = (short) %s;", field, field);
        for (String field : List.of("latestVersionUnstable", "onBroker", "onController")) code.line("this.%s = %s;", field, field);
        code.line("}").blank();
        code.line("/// @return null when no API has this number");
        method(code, "static ApiKey forId(short id)", "id < 0 || id >= BY_ID.length ? null : BY_ID[id]");
        method(code, "short id()", "id");
        method(code, "short lowestVersion()", "lowestVersion");
        method(code, "short highestVersion()", "highestVersion");
        code.line("/// Whether the highest version may still change, so that it is advertised only when unstable versions are asked for.");
        method(code, "boolean latestVersionUnstable()", "latestVersionUnstable");
        code.line("/// Whether a broker's listeners serve it.");
        method(code, "boolean onBroker()", "onBroker");
        code.line("/// Whether a controller's listeners serve it.");
        method(code, "boolean onController()", "onController");
        code.line("/// @return the version of the header before a request of version `version`: 1, or 2 when it is flexible");
        method(code, "short requestHeaderVersion(short version)", "(short) (version >= flexibleRequestFrom ? 2 : 1)");
        code.line("/// @return the version of the header before an answer of version `version`: 0, or 1 when it is flexible; for ApiVersions always 0");
        method(code, "short responseHeaderVersion(short version)", "(short) (version >= flexibleAnswerHeaderFrom ? 1 : 0)");
        dispatcher(code, "ApiRequest readRequest", requests, requests);
        code.blank();
        dispatcher(code, "ApiResponse readResponse", requests, requests.stream().map(request -> response(request, all)).toList());
        code.line("}");
        return code.toString();
    }

    private static void dispatcher(Code code, String method, List<Schema> keys, List<Schema> messages) {
        code.line("/// @throws MalformedMessage if the version is not one of this API, or the bytes do not follow its schema");
        code.line("public %s(WireReader in, short version) {", method).line("return switch (this) {");
        for (int i = 0; i < keys.size(); i++) code.line("case %s -> %s.read(in, version);", constant(keys.get(i)), messages.get(i).name());
        code.line("};").line("}");
    }

    private static void method(Code code, String signature, String value) {
        code.line("public %s {", signature).line("return %s;", value).line("}").blank();
    }

    private static int flexibleFrom(Schema schema) {
        return schema.flexible().isEmpty() ? Short.MAX_VALUE : schema.flexible().lowest();
    }

    private static Schema response(Schema request, List<Schema> all) {
        List<Schema> found = all.stream().filter(schema -> schema.kind().equals("response") && schema.apiKey() == request.apiKey()).toList();
        if (found.size() != 1) throw new SchemaException(request.file(), "API " + request.apiKey() + " has " + found.size() + " responses instead of one");
        if (!found.getFirst().valid().equals(request.valid()))
            throw new SchemaException(request.file(), "is valid in versions " + request.valid() + ", its response in " + found.getFirst().valid() + "; they must agree");
        return found.getFirst();
    }
}
