package millrace.protocol;

import java.nio.ByteBuffer;

/// Anything that has a schema: it knows its versions and how to write itself. Reading is a static method of each record.
public interface Message {
    /// The schema's name, `FetchRequest`.
    String messageName();

    short lowestVersion();

    short highestVersion();

    /// @throws UnsupportedField if the version is outside the bounds above, or cannot carry one of the values
    void write(WireWriter out, short version);

    /// @return bytes that `write` produces, with all records
    default int size(short version) {
        var sizing = new SizingWriter();
        write(sizing, version);
        return Math.toIntExact(sizing.size());
    }

    /// The message as bytes of its own: for what is small and written once (record keys and values, tokens, tests).
    /// @return position 0, limit at the end; records in memory are copied into it
    default ByteBuffer toBytes(short version) {
        ByteBuffer bytes = ByteBuffer.allocate(size(version));
        write(BufferWriter.copyingInto(bytes), version);
        return bytes.flip();
    }
}
