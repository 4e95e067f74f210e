package millrace.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import millrace.record.MemoryRecords;
import millrace.record.Records;

/// Writes into a buffer that was made large enough with a [SizingWriter].
///
/// Records are not copied but spliced: the message becomes a list of parts, slices of the buffer and the records between them,
/// which go to the socket one after the other. A response to Fetch therefore never touches the bytes of a segment file.
public final class BufferWriter extends WireWriter {
    private final ByteBuffer target;
    private final boolean splicing;
    private final List<Object> parts = new ArrayList<>(1);
    private int partStart;

    private BufferWriter(ByteBuffer target, boolean splicing) {
        this.target = target;
        this.splicing = splicing;
        this.partStart = target.position();
    }

    /// Writes from `target`'s position on and moves it; records are spliced, see [#parts].
    public static BufferWriter into(ByteBuffer target) {
        return new BufferWriter(target, true);
    }

    /// As [#into], but copies all records, which must be in memory; `target` then holds the whole message.
    public static BufferWriter copyingInto(ByteBuffer target) {
        return new BufferWriter(target, false);
    }

    /// @return what was written so far, in order: `ByteBuffer` slices of the target, and `Records`
    public List<Object> parts() {
        var all = new ArrayList<>(parts);
        if (target.position() > partStart) all.add(target.slice(partStart, target.position() - partStart));
        return all;
    }

    @Override public void int8(byte value) {
        target.put(value);
    }

    @Override public void int16(short value) {
        target.putShort(value);
    }

    @Override public void int32(int value) {
        target.putInt(value);
    }

    @Override public void int64(long value) {
        target.putLong(value);
    }

    @Override public void unsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    @Override public void unsignedVarlong(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    @Override void utf8(String text, int length) {
        target.put(text.getBytes(UTF_8));
    }

    @Override public void raw(ByteBuffer value) {
        target.put(target.position(), value, value.position(), value.remaining());
        target.position(target.position() + value.remaining());
    }

    @Override void rawRecords(Records records) {
        if (splicing && isSpliced(records)) splice(records);
        else if (records instanceof MemoryRecords inMemory) raw(inMemory.bytes());
        else throw new IllegalArgumentException(records.getClass().getSimpleName() + " of " + records.sizeInBytes()
            + " bytes are not in memory and cannot be copied; write with BufferWriter.into");
    }

    private void splice(Records records) {
        if (target.position() > partStart) parts.add(target.slice(partStart, target.position() - partStart));
        partStart = target.position();
        parts.add(records);
    }
}
