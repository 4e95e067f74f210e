package millrace.compat.differential;

import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import millrace.common.Uuid;
import millrace.protocol.ErrorCode;
import millrace.record.CorruptRecord;
import millrace.record.DecodeLimits;
import millrace.record.MemoryRecords;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordBatches;
import millrace.record.RecordCursor;

/// Turns an answer into lines `path=value` that two nodes can agree on.
///
/// An element of a list is called by what identifies it (`topics{orders}.partitions{0}`), so that lists are compared without regard to
/// their order, except where the protocol promises one ([#ORDERED]). Ids become names in their order of appearance, and stay the same
/// name for the same id throughout a script: whether two answers mean the same member is compared, its id is not.
final class Rendering {
    /// Kafka computes assignments aside unless told otherwise, and tells them with a later heartbeat. The reference is told otherwise, by a setting that
    /// Millrace does not need, and that Kafka shows only where it is set.
    static final String ASSIGNMENTS_ASIDE = "consumer.assignor.offload.enable";
    private static final List<String> IDENTITIES = List.of("name", "topic", "topicName", "groupId", "key", "resourceName", "partitionIndex", "partition", "index",
            "nodeId", "brokerId", "apiKey", "batchIndex", "groupInstanceId", "memberId", "topicId", "transactionalId", "producerId");
    private static final Set<String> ORDERED = Set.of("synonyms", "recordErrors");
    private static final Set<String> TEXTS = Set.of("errorMessage", "batchIndexErrorMessage", "documentation");
    private static final Set<String> TIMES = Set.of("transactionStartTimeMs", "lastTimestamp");
    private static final Set<String> MEMBERS = Set.of("memberId", "leader");
    /// Settings that name this node's ports and folders; whether they are set is the affair of who started it.
    private static final Set<String> PLACES = Set.of("log.dirs", "log.dir", "listeners", "advertised.listeners", "controller.quorum.voters", "metadata.log.dir",
            "controller.quorum.bootstrap.servers");

    private final Map<String, Map<Object, String>> names = new HashMap<>();
    private final Map<Uuid, String> topics = new HashMap<>();

    List<String> lines(Object answer) {
        List<String> lines = new ArrayList<>();
        struct("", answer, lines);
        return lines;
    }

    /// @return the name under which this id appears, a new one for an id that was not seen before
    String nameOf(String kind, Object id) {
        Map<Object, String> ofKind = names.computeIfAbsent(kind, _ -> new LinkedHashMap<>());
        return ofKind.computeIfAbsent(id, _ -> kind + " #" + (ofKind.size() + 1));
    }

    void topicIs(Uuid id, String name) {
        if (!id.equals(Uuid.ZERO) && name != null && !name.isEmpty()) topics.putIfAbsent(id, "id of " + name);
    }

    private void struct(String path, Object struct, List<String> lines) {
        Map<String, Object> fields = fields(struct);
        if (fields.get("name") instanceof String place && PLACES.contains(place)) {
            lines.add(path + "=a place");
            return;
        }
        if (fields.get("topicId") instanceof Uuid id && (fields.containsKey("name") ? fields.get("name") : fields.get("topic")) instanceof String name) topicIs(id, name);
        fields.forEach((name, value) -> {
            String at = path.isEmpty() ? name : path + "." + name;
            switch (value) {
                case List<?> list when !list.isEmpty() && list.getFirst() instanceof java.lang.Record -> structs(at, name, list, lines);
                case java.lang.Record nested when !(nested instanceof Uuid) && !(nested instanceof MemoryRecords) -> struct(at, nested, lines);
                case MemoryRecords(ByteBuffer bytes) -> records(at, bytes, lines);
                case null, default -> lines.add(at + "=" + scalar(name, value));
            }
        });
    }

    private void structs(String path, String name, List<?> list, List<String> lines) {
        List<Object> elements = new ArrayList<>(list);
        elements.removeIf(Rendering::isOfOneSideAlone);
        lines.add(path + ".size=" + elements.size());
        boolean ordered = ORDERED.contains(name);
        if (!ordered) elements.sort(Comparator.comparing(Rendering::sortKey));
        Map<String, Integer> seen = new TreeMap<>();
        for (int i = 0; i < elements.size(); i++) {
            String label = ordered ? Integer.toString(i) : identity(elements.get(i));
            int count = seen.merge(label, 1, Integer::sum);
            struct(path + "{" + label + (count > 1 ? " again " + count : "") + "}", elements.get(i), lines);
        }
    }

    /// Settings beside Kafka's are allowed (docs/COMPATIBILITY.md); a client that does not know them passes them by.
    private static boolean isOfOneSideAlone(Object struct) {
        return fields(struct).get("name") instanceof String name && (name.startsWith("millrace.") || name.endsWith(ASSIGNMENTS_ASIDE));
    }

    /// Names of ids are given in this order, so it must not depend on the ids themselves.
    private static String sortKey(Object struct) {
        var key = new StringBuilder();
        fields(struct).forEach((name, value) -> {
            if (!(value instanceof Uuid) && !MEMBERS.contains(name) && !(value instanceof List<?>)) key.append(value).append('|');
        });
        return key.toString();
    }

    private String identity(Object struct) {
        Map<String, Object> fields = fields(struct);
        for (String candidate : IDENTITIES) {
            Object value = fields.get(candidate);
            if (value == null || value.equals("") || value.equals(Uuid.ZERO)) continue;
            return scalar(candidate, value);
        }
        return "";
    }

    private static Map<String, Object> fields(Object struct) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (RecordComponent component : struct.getClass().getRecordComponents()) {
            try {
                fields.put(component.getName(), component.getAccessor().invoke(struct));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return fields;
    }

    private String scalar(String name, Object value) {
        return switch (value) {
            case null                                                         -> "null";
            case Uuid id                                                      -> id.equals(Uuid.ZERO) ? "no id" : topics.containsKey(id) ? topics.get(id) : nameOf("id", id);
            case ByteBuffer bytes                                             -> text(bytes);
            case List<?> topics when name.equals("subscribedTopicNames")     -> topics.stream().sorted().toList().toString();
            case Short code when name.equals("errorCode") || name.equals("topicConfigErrorCode") -> code + " " + ErrorCode.forCode(code);
            case String text when TEXTS.contains(name)                        -> text.isEmpty() ? "empty" : "a text";
            case String text when name.equals("clusterId") || name.equals("logDir") -> text.isEmpty() ? "empty" : "a " + name;
            case String text when MEMBERS.contains(name) && !text.isEmpty()   -> nameOf("member", text);
            case Integer port when name.equals("port") && port > 0            -> "the port";
            case Integer session when name.equals("sessionId") && session > 0 -> nameOf("session", session);
            case Long id when name.equals("producerId") && id >= 0            -> nameOf("producer", id);
            case Long time when TIMES.contains(name) && time >= 0              -> "a time";
            case Long time when name.equals("logAppendTimeMs") && time >= 0   -> "a time";
            case Long bytes when name.equals("totalBytes") || name.equals("usableBytes") -> bytes > 0 ? "positive" : bytes.toString();
            case Long epoch when name.equals("finalizedFeaturesEpoch")        -> epoch >= 0 ? "an epoch" : epoch.toString();
            default                                                           -> value.toString();
        };
    }

    private void records(String path, ByteBuffer bytes, List<String> lines) {
        RecordBatches batches = RecordBatches.of(bytes);
        int index = 0;
        for (RecordBatch batch : batches) lines.add(path + "[" + index++ + "]=" + batch(batch));
        lines.add(path + ".trailingBytes=" + batches.trailingBytes());
    }

    private String batch(RecordBatch batch) {
        var text = new StringBuilder();
        text.append(batch.baseOffset()).append("..").append(batch.lastOffset()).append(" leader epoch ").append(batch.partitionLeaderEpoch())
                .append(" magic ").append(batch.magic()).append(" attributes ").append(batch.attributes()).append(" timestamps ").append(time(batch, batch.baseTimestamp()))
                .append("..").append(time(batch, batch.maxTimestamp())).append(" producer ").append(batch.producerId() < 0 ? "none" : nameOf("producer", batch.producerId()))
                .append('/').append(batch.producerEpoch()).append('/').append(batch.baseSequence()).append(" size ").append(batch.sizeInBytes())
                .append(batch.crcMatches() ? "" : " WRONG CRC").append(" records");
        try (RecordCursor records = batch.records(DecodeLimits.DEFAULT)) {
            while (records.advance()) {
                Record record = records.record();
                text.append(" [").append(record.offset()).append(' ').append(time(batch, record.timestamp())).append(' ').append(text(record.key())).append(':').append(text(record.value()));
                record.headers().forEach(header -> text.append(' ').append(header.key()).append('=').append(text(header.value())));
                text.append(']');
            }
        } catch (CorruptRecord e) {
            text.append(" CORRUPT: ").append(e.getMessage());
        }
        return text.toString();
    }

    /// A transaction marker bears the time at which its coordinator came to write it.
    private static String time(RecordBatch batch, long timestampMs) {
        return batch.isControl() ? "a time" : Long.toString(timestampMs);
    }

    private static String text(ByteBuffer bytes) {
        if (bytes == null) return "null";
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        for (byte each : copy) if (each < ' ' || each > '~') return "0x" + HexFormat.of().formatHex(copy);
        return new String(copy, StandardCharsets.US_ASCII);
    }
}
