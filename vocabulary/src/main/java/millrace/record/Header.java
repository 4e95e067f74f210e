package millrace.record;

import java.nio.ByteBuffer;
import java.util.Objects;

/// One header of a record. Source: KIP-82.
///
/// @param value null is a value of its own; position to limit are the bytes
public record Header(String key, ByteBuffer value) {
    public Header {
        Objects.requireNonNull(key, "a header's key");
    }
}
