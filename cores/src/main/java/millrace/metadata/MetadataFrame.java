package millrace.metadata;

import java.nio.ByteBuffer;

import millrace.protocol.BufferWriter;
import millrace.protocol.MalformedMessage;
import millrace.protocol.SizingWriter;
import millrace.protocol.WireReader;
import millrace.protocol.WireWriter;
import millrace.protocol.metadata.MetadataRecord;
import millrace.protocol.metadata.MetadataRecords;

/// A metadata record as the value of a log record:
///
/// | bytes | meaning |
/// |---|---|
/// | unsigned varint | frame version, 1 |
/// | unsigned varint | record key (which record) |
/// | unsigned varint | record version |
/// | rest | the record |
public final class MetadataFrame {
    private static final int FRAME_VERSION = 1;
    private static final String NAME = "MetadataRecord";

    private MetadataFrame() {}

    public static ByteBuffer write(MetadataRecord given, MetadataVersion metadataVersion) {
        short version = metadataVersion.recordVersion(given);
        MetadataRecord record = metadataVersion.fitted(given);
        var sizing = new SizingWriter();
        write(record, version, sizing);
        var bytes = ByteBuffer.allocate(Math.toIntExact(sizing.size()));
        write(record, version, BufferWriter.copyingInto(bytes));
        return bytes.flip();
    }

    /// @throws MalformedMessage when the bytes are not a metadata record that this build knows
    public static MetadataRecord read(ByteBuffer value) {
        WireReader in = WireReader.of(value, NAME, FRAME_VERSION);
        int frameVersion = in.unsignedVarint("frameVersion");
        if (frameVersion != FRAME_VERSION) throw in.malformed("frameVersion", "frame version " + frameVersion + " is unknown, expected " + FRAME_VERSION);
        int key = in.unsignedVarint("recordKey");
        int version = in.unsignedVarint("recordVersion");
        if (key > Short.MAX_VALUE || version > Short.MAX_VALUE || key < 0 || version < 0)
            throw in.malformed("recordKey", "key " + key + " version " + version + " cannot be");
        return MetadataRecords.read((short) key, in, (short) version);
    }

    private static void write(MetadataRecord record, short version, WireWriter out) {
        out.unsignedVarint(FRAME_VERSION);
        out.unsignedVarint(record.recordKey());
        out.unsignedVarint(version);
        record.write(out, version);
    }
}
