package millrace.protocol;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

import millrace.common.Uuid;
import millrace.record.MemoryRecords;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;

/// Apache Kafka's own generated class beside ours: fills it at random, writes and reads with it, and turns it into our record.
///
/// What a version has, and where null is allowed, is asked of Apache's `SCHEMA_n` constants, not of our generator, so that a
/// misunderstanding of a schema cannot hide in the test.
final class ApacheOracle {
    private static final Map<String, String> PACKAGES = Map.of(
        "message", "org.apache.kafka.common.message", "metadata", "org.apache.kafka.common.metadata",
        "group", "org.apache.kafka.coordinator.group.generated", "transaction", "org.apache.kafka.coordinator.transaction.generated",
        "share", "org.apache.kafka.coordinator.share.generated", "raft", "org.apache.kafka.raft.generated",
        "storage", "org.apache.kafka.server.log.remote.metadata.storage.generated");
    private static final int MAX_ELEMENTS = 3;
    private static final List<String> TEXTS = List.of("", "a", "orders", "größe", "日本", "\uD83D\uDE80 rocket", "x".repeat(126), "x".repeat(127), "y".repeat(400));

    private final AllMessages.Kind kind;
    private final Class<?> apache;

    ApacheOracle(AllMessages.Kind kind) {
        this.kind = kind;
        this.apache = find(kind);
    }

    /// A random instance for `version`: all its fields at random, null where it may be.
    /// @param strayChance how often a field that the version does not have is set nevertheless
    Object random(short version, Random random, double strayChance) {
        return fill(apache, version, random, strayChance);
    }

    /// @return null when Apache refuses to write this at this version
    byte[] write(Object instance, short version) {
        var message = (org.apache.kafka.common.protocol.Message) instance;
        try {
            var cache = new ObjectSerializationCache();
            ByteBuffer bytes = ByteBuffer.allocate(message.size(cache, version));
            message.write(new ByteBufferAccessor(bytes), cache, version);
            return Arrays.copyOf(bytes.array(), bytes.position());
        } catch (org.apache.kafka.common.errors.UnsupportedVersionException refused) {
            return null;
        }
    }

    Object read(byte[] bytes, short version) {
        try {
            return apache.getConstructor(org.apache.kafka.common.protocol.Readable.class, short.class)
                .newInstance(new ByteBufferAccessor(ByteBuffer.wrap(bytes)), version);
        } catch (ReflectiveOperationException failed) {
            throw new AssertionError("Apache cannot read " + kind + " version " + version, failed);
        }
    }

    /// The same values in our record.
    Message ours(Object instance) {
        return (Message) convert(instance, kind.type());
    }

    // ---- filling ----

    private static Object fill(Class<?> type, short version, Random random, double strayChance) {
        try {
            Object instance = type.getConstructor().newInstance();
            Map<String, Boolean> present = presentFields(type, version);
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || field.getName().startsWith("_")) continue;
                Method setter = setter(type, field.getName());
                if (setter == null) continue;
                Boolean nullable = present.get(field.getName().toLowerCase(Locale.ROOT));
                if (nullable == null && random.nextDouble() >= strayChance) continue;
                boolean hasDefault = setter.getParameterTypes()[0] != org.apache.kafka.common.record.internal.BaseRecords.class;
                if (nullable != null && hasDefault && random.nextInt(5) == 0) continue;
                Object value = Boolean.TRUE.equals(nullable) && random.nextInt(4) == 0 ? null : value(setter.getGenericParameterTypes()[0], version, random, strayChance);
                set(instance, setter, value);
            }
            return instance;
        } catch (ReflectiveOperationException failed) {
            throw new AssertionError("cannot fill " + type, failed instanceof InvocationTargetException thrown ? thrown.getCause() : failed);
        }
    }

    /// Unsigned fields are wider in Java than on the wire, and Apache's setters refuse what does not fit.
    private static void set(Object instance, Method setter, Object value) throws ReflectiveOperationException {
        try {
            setter.invoke(instance, value);
        } catch (InvocationTargetException outOfRange) {
            setter.invoke(instance, value instanceof Long wide ? (Object) (wide & 0xffff_ffffL) : (Object) ((int) value & 0xffff));
        }
    }

    /// Lower-case names of the fields that `version` has -> whether null is allowed.
    private static Map<String, Boolean> presentFields(Class<?> type, short version) throws ReflectiveOperationException {
        var present = new HashMap<String, Boolean>();
        Schema schema;
        try {
            schema = (Schema) type.getField("SCHEMA_" + version).get(null);
        } catch (NoSuchFieldException structIsNotInThisVersion) {
            return present;
        }
        for (BoundField field : schema.fields()) {
            if (field.def.type instanceof TaggedFields tagged) {
                for (var each : tagged.fields().values()) present.put(each.name.replace("_", ""), each.type.isNullable());
            } else present.put(field.def.name.replace("_", ""), field.def.type.isNullable());
        }
        return present;
    }

    private static Method setter(Class<?> type, String field) {
        String name = "set" + Character.toUpperCase(field.charAt(0)) + field.substring(1);
        for (Method method : type.getMethods()) if (method.getName().equals(name) && method.getParameterCount() == 1) return method;
        return null;
    }

    private static Object value(Type type, short version, Random random, double strayChance) throws ReflectiveOperationException {
        if (type instanceof ParameterizedType list) {
            var all = new ArrayList<>();
            for (int left = random.nextInt(MAX_ELEMENTS + 1); left > 0; left--) all.add(value(list.getActualTypeArguments()[0], version, random, strayChance));
            return all;
        }
        var raw = (Class<?>) type;
        if (raw == boolean.class) return random.nextBoolean();
        if (raw == byte.class || raw == Byte.class) return (byte) random.nextInt();
        if (raw == short.class || raw == Short.class) return (short) random.nextInt();
        if (raw == int.class || raw == Integer.class) return random.nextInt(3) == 0 ? random.nextInt(-1, 1_000) : random.nextInt();
        if (raw == long.class || raw == Long.class) return random.nextInt(3) == 0 ? random.nextLong(-1, 1_000) : random.nextLong();
        if (raw == double.class) return random.nextDouble();
        if (raw == String.class) return TEXTS.get(random.nextInt(TEXTS.size()));
        if (raw == org.apache.kafka.common.Uuid.class) return new org.apache.kafka.common.Uuid(random.nextLong(), random.nextLong());
        if (raw == byte[].class) return bytes(random);
        if (raw == ByteBuffer.class) return ByteBuffer.wrap(bytes(random));
        if (raw == org.apache.kafka.common.record.internal.BaseRecords.class) return org.apache.kafka.common.record.internal.MemoryRecords.readableRecords(ByteBuffer.wrap(bytes(random)));
        if (Collection.class.isAssignableFrom(raw)) return collection(raw, version, random, strayChance);
        return fill(raw, version, random, strayChance);
    }

    @SuppressWarnings("unchecked")
    private static Object collection(Class<?> type, short version, Random random, double strayChance) throws ReflectiveOperationException {
        var element = (Class<?>) ((ParameterizedType) type.getGenericSuperclass()).getActualTypeArguments()[0];
        var all = (Collection<Object>) type.getConstructor().newInstance();
        for (int left = random.nextInt(MAX_ELEMENTS + 1); left > 0; left--) all.add(fill(element, version, random, strayChance));
        return all;
    }

    private static byte[] bytes(Random random) {
        var bytes = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    // ---- conversion ----

    private static Object convert(Object instance, Class<? extends Record> target) {
        try {
            RecordComponent[] components = target.getRecordComponents();
            var values = new Object[components.length];
            var types = new Class<?>[components.length];
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = value(instance.getClass().getMethod(components[i].getName()).invoke(instance), components[i].getGenericType());
            }
            Constructor<? extends Record> constructor = target.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException failed) {
            throw new AssertionError("cannot convert " + instance.getClass() + " to " + target, failed);
        }
    }

    private static Object value(Object value, Type type) {
        return switch (value) {
            case null -> null;
            case org.apache.kafka.common.Uuid id -> new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
            case byte[] bytes -> ByteBuffer.wrap(bytes).asReadOnlyBuffer();
            case ByteBuffer bytes -> bytes.duplicate();
            case org.apache.kafka.common.record.internal.MemoryRecords records -> new MemoryRecords(records.buffer());
            case Collection<?> all -> all.stream().map(each -> value(each, ((ParameterizedType) type).getActualTypeArguments()[0])).toList();
            case org.apache.kafka.common.protocol.Message struct -> convert(struct, ((Class<?>) type).asSubclass(Record.class));
            default -> value;
        };
    }

    private static Class<?> find(AllMessages.Kind kind) {
        String name = PACKAGES.get(kind.group()) + "." + kind.name();
        try {
            return Class.forName(kind.name().matches(".*(Request|Response|Header)") ? name + "Data" : name);
        } catch (ClassNotFoundException missing) {
            throw new AssertionError("Apache has no class for " + kind, missing);
        }
    }
}
