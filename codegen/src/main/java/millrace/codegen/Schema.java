package millrace.codegen;

import java.util.List;
import java.util.Locale;

/// One message: its own fields and all structs inside it.
///
/// @param file where it was read from, for errors
/// @param kind request, response, header, data, metadata, coordinator-key or coordinator-value
/// @param apiKey -1 when it has none
/// @param structs those inside, each once, outer before inner
record Schema(String file, String packageName, String name, String kind, int apiKey, Versions valid, Versions flexible, List<String> listeners,
              boolean latestVersionUnstable, Struct root, List<Struct> structs) {
    boolean isFlexibleAt(int version) {
        return flexible.contains(version);
    }

    Struct struct(String structName) {
        for (Struct each : structs) if (each.name().equals(structName)) return each;
        throw new SchemaException(file, "there is no struct \"" + structName + "\"; define it with fields in place or in commonStructs");
    }

    /// `OffsetForLeaderEpochRequest` -> `OFFSET_FOR_LEADER_EPOCH`, the way Kafka writes constants.
    static String constantName(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    /// The least bytes that one value of `type` takes, over all versions in which it can appear.
    int minBytes(FieldType type, Versions context) {
        int least = Integer.MAX_VALUE;
        for (int version = Math.max(context.lowest(), valid.lowest()); version <= Math.min(context.highest(), valid.highest()); version++)
            least = Math.min(least, minBytesAt(type, version, isFlexibleAt(version), false));
        return least == Integer.MAX_VALUE ? 0 : least;
    }

    private int minBytesAt(FieldType type, int version, boolean flexible, boolean nullableHere) {
        return switch (type) {
            case FieldType.Number number -> number.bytes;
            case FieldType.Id _ -> 16;
            case FieldType.Text _ -> flexible ? 1 : 2;
            case FieldType.Bytes _, FieldType.Records _, FieldType.ArrayOf _ -> flexible ? 1 : 4;
            case FieldType.StructOf of -> {
                if (nullableHere) yield 1;
                int sum = flexible ? 1 : 0;
                for (Field field : struct(of.name()).fields())
                    if (!field.tagged() && field.versions().contains(version))
                        sum += minBytesAt(field.type(), version, flexible && !field.neverFlexible(), field.nullable().contains(version));
                yield sum;
            }
        };
    }
}
