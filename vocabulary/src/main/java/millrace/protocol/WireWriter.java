package millrace.protocol;

import java.nio.ByteBuffer;
import java.util.List;

import millrace.common.Uuid;
import millrace.record.MemoryRecords;
import millrace.record.Records;

/// Writes the protocol's types, in order. Two kinds: [SizingWriter] counts, [BufferWriter] writes; a message's one `write`
/// method serves both, so size and bytes cannot disagree.
public abstract sealed class WireWriter permits SizingWriter, BufferWriter {
    /// Records in memory up to this many bytes are copied; larger ones, and all in files, are spliced in as they are.
    static final int COPIED_RECORDS_BYTES = 1_024;
    /// The default of a `bytes` field.
    public static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0).asReadOnlyBuffer();

    WireWriter() {
    }

    public abstract void int8(byte value);

    public abstract void int16(short value);

    public abstract void int32(int value);

    public abstract void int64(long value);

    public abstract void unsignedVarint(int value);

    public abstract void unsignedVarlong(long value);

    /// The bytes of a string, without a length; `length` is what [#utf8Length] says.
    abstract void utf8(String text, int length);

    /// The remaining bytes of `value`, without a length; its position stays.
    public abstract void raw(ByteBuffer value);

    /// The records' bytes, without a length.
    abstract void rawRecords(Records records);

    public final void bool(boolean value) {
        int8(value ? (byte) 1 : 0);
    }

    public final void uint16(int value) {
        int16((short) value);
    }

    public final void uint32(long value) {
        int32((int) value);
    }

    public final void float64(double value) {
        int64(Double.doubleToRawLongBits(value));
    }

    public final void uuid(Uuid value) {
        int64(value.mostSignificantBits());
        int64(value.leastSignificantBits());
    }

    /// Zig-zag: small negative numbers are short too.
    public final void varint(int value) {
        unsignedVarint((value << 1) ^ (value >> 31));
    }

    public final void varlong(long value) {
        unsignedVarlong((value << 1) ^ (value >> 63));
    }

    // ---- lengths and what follows them; null is written as null, whether the schema allows it is checked before ----

    public final void string(String value, boolean flexible) {
        if (value == null) {
            if (flexible) unsignedVarint(0); else int16((short) -1);
            return;
        }
        int length = utf8Length(value);
        if (length > WireReader.MAX_STRING_BYTES) throw UnsupportedField.tooLong(value, length);
        if (flexible) unsignedVarint(length + 1); else int16((short) length);
        utf8(value, length);
    }

    public final void bytes(ByteBuffer value, boolean flexible) {
        length(value == null ? -1 : value.remaining(), flexible);
        if (value != null) raw(value);
    }

    public final void records(Records value, boolean flexible) {
        length(value == null ? -1 : value.sizeInBytes(), flexible);
        if (value != null) rawRecords(value);
    }

    /// What precedes a nullable struct.
    public final void present(boolean present) {
        int8(present ? (byte) 1 : -1);
    }

    /// What precedes a nullable struct that is the payload of a tag.
    public final void taggedPresent(boolean present) {
        unsignedVarint(present ? 1 : 0);
    }

    // ---- arrays ----

    public final void arrayLength(List<?> all, boolean flexible) {
        length(all == null ? -1 : all.size(), flexible);
    }

    public final void int8s(List<Byte> all, boolean flexible) {
        arrayLength(all, flexible);
        if (all != null) for (byte each : all) int8(each);
    }

    public final void int16s(List<Short> all, boolean flexible) {
        arrayLength(all, flexible);
        if (all != null) for (short each : all) int16(each);
    }

    public final void int32s(List<Integer> all, boolean flexible) {
        arrayLength(all, flexible);
        if (all != null) for (int each : all) int32(each);
    }

    public final void int64s(List<Long> all, boolean flexible) {
        arrayLength(all, flexible);
        if (all != null) for (long each : all) int64(each);
    }

    public final void uuids(List<Uuid> all, boolean flexible) {
        arrayLength(all, flexible);
        if (all != null) for (Uuid each : all) uuid(each);
    }

    public final void strings(List<String> all, boolean flexible) {
        arrayLength(all, flexible);
        if (all != null) for (String each : all) string(each, flexible);
    }

    // ---- tagged fields ----

    /// What precedes the payload of a tagged field: its number, and its length as a dry run has counted it.
    public final void tag(int tag, SizingWriter payload) {
        unsignedVarint(tag);
        unsignedVarint(Math.toIntExact(payload.size()));
    }

    static boolean isSpliced(Records records) {
        return !(records instanceof MemoryRecords inMemory) || inMemory.sizeInBytes() > COPIED_RECORDS_BYTES;
    }

    /// How long `text` is in UTF-8. Half a surrogate pair becomes a question mark, as `String.getBytes` has it.
    static int utf8Length(String text) {
        int chars = text.length();
        int bytes = chars;
        for (int i = 0; i < chars; i++) {
            char each = text.charAt(i);
            if (each < 0x80) continue;
            if (each < 0x800) bytes += 1;
            else if (!Character.isSurrogate(each)) bytes += 2;
            else if (Character.isHighSurrogate(each) && i + 1 < chars && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 2;
                i++;
            }
        }
        return bytes;
    }

    private void length(int length, boolean flexible) {
        if (flexible) unsignedVarint(length + 1); else int32(length);
    }
}
