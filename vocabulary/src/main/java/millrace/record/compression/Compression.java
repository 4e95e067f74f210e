package millrace.record.compression;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// One codec: a stream in, a stream out.
///
/// Streams are for one thread and one batch; they are to be closed, since some hold native memory.
public sealed interface Compression permits Gzip, Snappy, Lz4, Zstd {
    Compression GZIP = new Gzip();
    Compression SNAPPY = new Snappy();
    Compression LZ4 = new Lz4();
    Compression ZSTD = new Zstd();

    /// @param compressed position to limit, heap or direct; not moved. Must stay valid until the stream is closed
    /// @param maxBytes   what the caller is willing to see
    /// @return a stream that throws [TooMuchData] once more than `maxBytes` come out, and an `IOException` where the input is malformed
    InputStream decompress(ByteBuffer compressed, long maxBytes) throws IOException;

    /// @param level between [#lowestLevel] and [#highestLevel], or [#defaultLevel]; ignored where there are none
    /// @return a stream that writes into `target`; closing it completes the frame
    OutputStream compress(OutputStream target, int level) throws IOException;

    int lowestLevel();

    int highestLevel();

    /// What Kafka uses where no level is set.
    int defaultLevel();
}
