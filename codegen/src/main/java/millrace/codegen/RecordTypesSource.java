package millrace.codegen;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Prints what the records of a package share: a sealed interface, so that a `switch` over them is checked for completeness,
/// constants for their types, and a reader that picks the record by its type.
final class RecordTypesSource {
    private RecordTypesSource() {
    }

    static String recordInterface(String packageName) {
        return packageName.endsWith(".metadata") ? "MetadataRecord" : "RemoteLogRecord";
    }

    static String dispatcher(String packageName) {
        String group = packageName.substring(packageName.lastIndexOf('.') + 1);
        return Character.toUpperCase(group.charAt(0)) + group.substring(1) + "Records";
    }

    static void put(String group, String packageName, List<Schema> all, GeneratedFolder folder) {
        folder.put(packageName, "package-info", packageInfo(group, packageName));
        List<Schema> records = ofKind("metadata", all);
        if (!records.isEmpty()) {
            String type = recordInterface(packageName);
            folder.put(packageName, type, recordInterfaceSource(type, packageName, records));
            folder.put(packageName, type + "s", recordReader(type, packageName, records));
        }
        List<Schema> keys = ofKind("coordinator-key", all);
        if (!keys.isEmpty()) folder.put(packageName, dispatcher(packageName), coordinatorReader(dispatcher(packageName), packageName, keys, ofKind("coordinator-value", all)));
    }

    private static String packageInfo(String group, String packageName) {
        String what = switch (group) {
            case "message" -> "Requests, responses, their headers, control records and what clients put into opaque fields.";
            case "metadata" -> "Records of the metadata log. Start reading at [MetadataRecord].";
            case "group" -> "Keys and values of the records in `__consumer_offsets`. Start reading at [GroupRecords].";
            case "transaction" -> "Keys and values of the records in `__transaction_state`. Start reading at [TransactionRecords].";
            case "share" -> "Keys and values of the records in `__share_group_state`. Start reading at [ShareRecords].";
            case "raft" -> "What a voter keeps in its `quorum-state` file.";
            case "storage" -> "The snapshot of a partition's producers, and the records of `__remote_log_metadata`.";
            default -> "Messages of the group " + group + ".";
        };
        return "/// " + what + "\n/// Generated from the schemas of Apache Kafka's artefacts; see `millrace.protocol` for the rules.\npackage " + packageName + ";\n";
    }

    private static String recordInterfaceSource(String type, String packageName, List<Schema> records) {
        var code = new Code();
        code.line("package %s;", packageName).blank().line("import millrace.protocol.Message;").blank();
        code.line("/// Any record of this package that has a key, which the log writes before it. Generated; edit the generator instead.");
        code.line("public sealed interface %s extends Message permits %s {", type, names(records));
        code.line("short recordKey();").line("}");
        return code.toString();
    }

    private static String recordReader(String type, String packageName, List<Schema> records) {
        var code = new Code();
        code.line("package %s;", packageName).blank().line("import millrace.protocol.WireReader;").blank();
        code.line("/// Finds a record by its key. Generated; edit the generator instead.");
        code.line("public final class %ss {", type);
        for (Schema each : records) code.line("public static final short %s = %d;", Schema.constantName(each.name()), each.apiKey());
        code.blank().line("private %ss() {", type).line("}").blank();
        knows(code, records, "key");
        code.line("/// @throws millrace.protocol.MalformedMessage if no record has this key, or the bytes do not follow its schema");
        code.line("public static %s read(short key, WireReader in, short version) {", type).line("return switch (key) {");
        for (Schema each : records) code.line("case %d -> %s.read(in, version);", each.apiKey(), each.name());
        code.line("default -> throw in.malformed(\"(record key)\", \"no record has the key \" + key);");
        code.line("};").line("}").line("}");
        return code.toString();
    }

    private static String coordinatorReader(String name, String packageName, List<Schema> keys, List<Schema> values) {
        var code = new Code();
        code.line("package %s;", packageName).blank();
        code.line("import millrace.protocol.CoordinatorKey;").line("import millrace.protocol.CoordinatorValue;").line("import millrace.protocol.WireReader;").blank();
        code.line("/// Finds keys and values by the record type that precedes a key. Generated; edit the generator instead.");
        code.line("public final class %s {", name);
        for (Schema each : keys) code.line("public static final short %s = %d;", Schema.constantName(each.name().replaceFirst("Key$", "")), each.apiKey());
        code.blank();
        code.line("public sealed interface Key extends CoordinatorKey permits %s {", names(keys)).line("}").blank();
        code.line("public sealed interface Value extends CoordinatorValue permits %s {", names(values)).line("}").blank();
        code.line("private %s() {", name).line("}").blank();
        knows(code, keys, "type");
        code.line("/// @throws millrace.protocol.MalformedMessage if there is no such record type, or the bytes do not follow its schema");
        code.line("public static Key readKey(short type, WireReader in) {").line("return switch (type) {");
        for (Schema each : keys) code.line("case %d -> %s.read(in, %s.HIGHEST_VERSION);", each.apiKey(), each.name(), each.name());
        code.line("default -> throw in.malformed(\"(record type)\", \"there is no record type \" + type);").line("};").line("}").blank();
        code.line("/// @throws millrace.protocol.MalformedMessage if there is no such record type, or the bytes do not follow its schema");
        code.line("public static Value readValue(short type, WireReader in, short version) {").line("return switch (type) {");
        for (Schema each : values) code.line("case %d -> %s.read(in, version);", each.apiKey(), each.name());
        code.line("default -> throw in.malformed(\"(record type)\", \"there is no record type \" + type);").line("};").line("}").line("}");
        return code.toString();
    }

    private static void knows(Code code, List<Schema> all, String parameter) {
        code.line("/// Whether there is such a record: what a newer version wrote may be skipped by who cannot read it.");
        code.line("public static boolean knows(short %s) {", parameter).line("return switch (%s) {", parameter);
        code.line("case %s -> true;", all.stream().map(each -> "" + each.apiKey()).collect(Collectors.joining(", ")));
        code.line("default -> false;").line("};").line("}").blank();
    }

    private static List<Schema> ofKind(String kind, List<Schema> all) {
        return all.stream().filter(schema -> schema.kind().equals(kind)).sorted(Comparator.comparingInt(Schema::apiKey)).toList();
    }

    private static String names(List<Schema> all) {
        return all.stream().map(Schema::name).collect(Collectors.joining(", "));
    }
}
