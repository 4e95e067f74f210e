package millrace.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import millrace.common.Uuid;
import millrace.record.MemoryRecords;
import millrace.record.Records;

/// Reads the protocol's types from one buffer, in order, and never beyond its end.
///
/// Bounds: a length or count is compared with the bytes that are left before anything is allocated (a count times the least
/// that one element takes); arrays hold at most 1,000,000 elements and begin with room for at most 1,000; a struct has at most
/// 10,000 tagged fields; a string at most 32,767 bytes. Nesting is bounded by the schemas, none of which contains itself.
///
/// Each method takes the name of the field that it reads, for the [MalformedMessage]; a boolean `flexible` chooses between the
/// two ways to write a length. Not thread-safe: one reader, one message.
public final class WireReader {
    public static final int MAX_ARRAY_ELEMENTS = 1_000_000;
    public static final int MAX_TAGGED_FIELDS = 10_000;
    public static final int MAX_INITIAL_CAPACITY = 1_000;
    public static final int MAX_STRING_BYTES = Short.MAX_VALUE;

    private static final int MAX_VARINT_BYTES = 5;
    private static final int MAX_VARLONG_BYTES = 10;

    private final ByteBuffer in;
    private final int start;
    private final String messageName;
    private final int version;

    private WireReader(ByteBuffer in, String messageName, int version) {
        this.in = in;
        this.start = in.position();
        this.messageName = messageName;
        this.version = version;
    }

    /// A reader over the remaining bytes of `buffer` (heap or direct), whose own position stays where it is.
    public static WireReader of(ByteBuffer buffer, String messageName, int version) {
        return new WireReader(buffer.duplicate(), messageName, version);
    }

    /// @return bytes read so far
    public int position() {
        return in.position() - start;
    }

    /// @return bytes left to read; inside a tagged field, those of that field
    public int remaining() {
        return in.remaining();
    }

    // ---- numbers ----

    public byte int8() {
        return int8("(int8)");
    }

    public short int16() {
        return int16("(int16)");
    }

    public int int32() {
        return int32("(int32)");
    }

    public long int64() {
        return int64("(int64)");
    }

    public boolean bool(String field) {
        return int8(field) != 0;
    }

    public byte int8(String field) {
        need(field, 1);
        return in.get();
    }

    public short int16(String field) {
        need(field, 2);
        return in.getShort();
    }

    public int uint16(String field) {
        return int16(field) & 0xffff;
    }

    public int int32(String field) {
        need(field, 4);
        return in.getInt();
    }

    public long uint32(String field) {
        return int32(field) & 0xffff_ffffL;
    }

    public long int64(String field) {
        need(field, 8);
        return in.getLong();
    }

    public double float64(String field) {
        need(field, 8);
        return in.getDouble();
    }

    public Uuid uuid(String field) {
        need(field, 16);
        long upper = in.getLong();
        long lower = in.getLong();
        return upper == 0 && lower == 0 ? Uuid.ZERO : new Uuid(upper, lower);
    }

    /// Seven bits a byte, lowest first. A number above 2^31 - 1 comes out negative.
    public int unsignedVarint(String field) {
        int value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            byte next = int8(field);
            value |= (next & 0x7f) << (7 * i);
            if (next >= 0) return value;
        }
        throw malformed(field, "a variable-length number goes on after " + MAX_VARINT_BYTES + " bytes");
    }

    /// Zig-zag: small negative numbers are short too.
    public int varint(String field) {
        int raw = unsignedVarint(field);
        return (raw >>> 1) ^ -(raw & 1);
    }

    public long varlong(String field) {
        long raw = 0;
        for (int i = 0; i < MAX_VARLONG_BYTES; i++) {
            byte next = int8(field);
            raw |= (next & 0x7fL) << (7 * i);
            if (next >= 0) return (raw >>> 1) ^ -(raw & 1);
        }
        throw malformed(field, "a variable-length number goes on after " + MAX_VARLONG_BYTES + " bytes");
    }

    // ---- lengths and what follows them ----

    public String string(String field, boolean flexible) {
        return notNull(field, nullableString(field, flexible));
    }

    public String nullableString(String field, boolean flexible) {
        int length = flexible ? compactLength(field) : int16(field);
        if (length == -1) return null;
        checkLength(field, length);
        if (length > MAX_STRING_BYTES) throw malformed(field, "a string of " + length + " bytes is longer than " + MAX_STRING_BYTES);
        if (length == 0) return "";
        if (in.hasArray()) {
            String text = new String(in.array(), in.arrayOffset() + in.position(), length, UTF_8);
            in.position(in.position() + length);
            return text;
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, UTF_8);
    }

    public ByteBuffer bytes(String field, boolean flexible) {
        return notNull(field, nullableBytes(field, flexible));
    }

    /// @return a read-only copy on the heap, so it may outlive the frame
    public ByteBuffer nullableBytes(String field, boolean flexible) {
        int length = flexible ? compactLength(field) : int32(field);
        if (length == -1) return null;
        checkLength(field, length);
        byte[] copy = new byte[length];
        in.get(copy);
        return ByteBuffer.wrap(copy).asReadOnlyBuffer();
    }

    public Records records(String field, boolean flexible) {
        return notNull(field, nullableRecords(field, flexible));
    }

    /// @return a view of this reader's buffer, valid as long as that is
    public Records nullableRecords(String field, boolean flexible) {
        int length = flexible ? compactLength(field) : int32(field);
        if (length == -1) return null;
        checkLength(field, length);
        return new MemoryRecords(slice(length));
    }

    /// The next `length` bytes as a view, and the reader behind them.
    public ByteBuffer slice(int length) {
        checkLength("(slice)", length);
        ByteBuffer view = in.slice(in.position(), length);
        in.position(in.position() + length);
        return view;
    }

    /// @return whether a nullable struct follows
    public boolean present(String field) {
        return int8(field) >= 0;
    }

    /// The same inside a tagged field, where Kafka counts differently: 0 for null, 1 for a struct.
    public boolean taggedPresent(String field) {
        return unsignedVarint(field) > 0;
    }

    // ---- arrays ----

    /// @param minElementBytes the least that one element takes in this version's encoding
    /// @return the number of elements
    public int arrayLength(String field, int minElementBytes, boolean flexible) {
        int count = nullableArrayLength(field, minElementBytes, flexible);
        if (count == -1) throw malformed(field, "null, which this version does not allow");
        return count;
    }

    /// @return the number of elements, or -1 for null
    public int nullableArrayLength(String field, int minElementBytes, boolean flexible) {
        int count = flexible ? compactLength(field) : int32(field);
        if (count == -1) return -1;
        if (count < 0) throw malformed(field, "an array of " + count + " elements");
        if (count > MAX_ARRAY_ELEMENTS) throw malformed(field, "an array of " + count + " elements is longer than " + MAX_ARRAY_ELEMENTS);
        if ((long) count * minElementBytes > in.remaining())
            throw malformed(field, "an array of " + count + " elements does not fit in the " + in.remaining() + " bytes that are left");
        return count;
    }

    /// An empty list for `count` elements, which the caller fills and hands to [#sealed].
    public <T> List<T> listOf(int count) {
        return new ArrayList<>(Math.min(count, MAX_INITIAL_CAPACITY));
    }

    /// The same list, unchangeable from here on, without another copy.
    public <T> List<T> sealed(List<T> filled) {
        return filled.isEmpty() ? List.of() : Collections.unmodifiableList(filled);
    }

    public List<Byte> int8s(String field, int count) {
        if (count < 0) return null;
        List<Byte> all = listOf(count);
        for (int i = 0; i < count; i++) all.add(int8(field));
        return sealed(all);
    }

    public List<Short> int16s(String field, int count) {
        if (count < 0) return null;
        List<Short> all = listOf(count);
        for (int i = 0; i < count; i++) all.add(int16(field));
        return sealed(all);
    }

    public List<Integer> int32s(String field, int count) {
        if (count < 0) return null;
        List<Integer> all = listOf(count);
        for (int i = 0; i < count; i++) all.add(int32(field));
        return sealed(all);
    }

    public List<Long> int64s(String field, int count) {
        if (count < 0) return null;
        List<Long> all = listOf(count);
        for (int i = 0; i < count; i++) all.add(int64(field));
        return sealed(all);
    }

    public List<Uuid> uuids(String field, int count) {
        if (count < 0) return null;
        List<Uuid> all = listOf(count);
        for (int i = 0; i < count; i++) all.add(uuid(field));
        return sealed(all);
    }

    public List<String> strings(String field, int count, boolean flexible) {
        if (count < 0) return null;
        List<String> all = listOf(count);
        for (int i = 0; i < count; i++) all.add(string(field, flexible));
        return sealed(all);
    }

    // ---- tagged fields ----

    /// @return how many tagged fields follow
    public int taggedFields() {
        int count = unsignedVarint("(tagged fields)");
        if (count < 0 || count > MAX_TAGGED_FIELDS)
            throw malformed("(tagged fields)", Integer.toUnsignedString(count) + " tagged fields are more than " + MAX_TAGGED_FIELDS);
        if ((long) count * 2 > in.remaining())
            throw malformed("(tagged fields)", count + " tagged fields do not fit in the " + in.remaining() + " bytes that are left");
        return count;
    }

    /// Where this reader must stop; to be kept over [#openTag] and given back to [#closeTag].
    public int limit() {
        return in.limit();
    }

    /// Reads a tag and the size of its payload, and narrows the reader to that payload.
    /// @return the tag; above 2^31 - 1 negative, which is no tag that we know
    public int openTag() {
        int tag = unsignedVarint("(tag)");
        int size = unsignedVarint("(tag size)");
        if (size < 0 || size > in.remaining())
            throw malformed("(tag " + Integer.toUnsignedString(tag) + ")", "a payload of " + Integer.toUnsignedString(size) + " bytes does not fit in the "
                + in.remaining() + " bytes that are left");
        in.limit(in.position() + size);
        return tag;
    }

    public void skipTag() {
        in.position(in.limit());
    }

    /// Widens the reader again; the payload must have been read to its end.
    public void closeTag(int tag, int outerLimit) {
        if (in.hasRemaining()) throw malformed("(tag " + Integer.toUnsignedString(tag) + ")", in.remaining() + " bytes of the payload are left over");
        in.limit(outerLimit);
    }

    // ---- refusals ----

    public void checkVersion(short asked, int lowest, int highest) {
        if (asked < lowest || asked > highest)
            throw new MalformedMessage(messageName, asked, "(version)", position(), "only versions " + lowest + " to " + highest + " can be read");
    }

    /// For readers of what the schemas do not describe, so that their refusals look the same.
    public MalformedMessage malformed(String field, String problem) {
        return new MalformedMessage(messageName, version, field, position(), problem);
    }

    private int compactLength(String field) {
        int plusOne = unsignedVarint(field);
        if (plusOne < 0) throw malformed(field, "a length of " + (Integer.toUnsignedLong(plusOne) - 1) + " is longer than any frame");
        return plusOne - 1;
    }

    private void checkLength(String field, int length) {
        if (length < 0) throw malformed(field, "a length of " + length + " bytes");
        if (length > in.remaining()) throw malformed(field, length + " bytes do not fit in the " + in.remaining() + " bytes that are left");
    }

    private void need(String field, int bytes) {
        if (in.remaining() < bytes) throw malformed(field, "needs " + bytes + " bytes, " + in.remaining() + " are left");
    }

    private <T> T notNull(String field, T value) {
        if (value == null) throw malformed(field, "null, which this version does not allow");
        return value;
    }
}
