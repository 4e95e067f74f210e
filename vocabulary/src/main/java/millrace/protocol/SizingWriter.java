package millrace.protocol;

import java.nio.ByteBuffer;

import millrace.record.Records;

/// Counts what a [BufferWriter] would write.
public final class SizingWriter extends WireWriter {
    private long size;
    private long spliced;

    public SizingWriter() {
    }

    /// @return all bytes of the message
    public long size() {
        return size;
    }

    /// @return the bytes that a [BufferWriter#into] needs room for: all but the records that it splices in
    public long inlineSize() {
        return size - spliced;
    }

    @Override public void int8(byte value) {
        size += 1;
    }

    @Override public void int16(short value) {
        size += 2;
    }

    @Override public void int32(int value) {
        size += 4;
    }

    @Override public void int64(long value) {
        size += 8;
    }

    @Override public void unsignedVarint(int value) {
        size += (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    @Override public void unsignedVarlong(long value) {
        size += (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    @Override void utf8(String text, int length) {
        size += length;
    }

    @Override public void raw(ByteBuffer value) {
        size += value.remaining();
    }

    @Override void rawRecords(Records records) {
        size += records.sizeInBytes();
        if (isSpliced(records)) spliced += records.sizeInBytes();
    }
}
