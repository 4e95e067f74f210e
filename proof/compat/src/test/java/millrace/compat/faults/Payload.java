package millrace.compat.faults;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// A record's value: its id, a filling that follows from the id, and a checksum over both.
final class Payload {
    private static final int ID_BYTES = 8;
    private static final int CHECKSUM_BYTES = 4;

    private Payload() {}

    static byte[] of(long id, int bytes) {
        ByteBuffer value = ByteBuffer.allocate(Math.max(bytes, ID_BYTES + CHECKSUM_BYTES)).putLong(id);
        while (value.remaining() > CHECKSUM_BYTES) value.put((byte) (id * 31 + value.position()));
        return value.putInt(checksum(value.array())).array();
    }

    private static int checksum(byte[] value) {
        var crc = new CRC32C();
        crc.update(value, 0, value.length - CHECKSUM_BYTES);
        return (int) crc.getValue();
    }

    static boolean isWhole(byte[] value) {
        return value != null && value.length >= ID_BYTES + CHECKSUM_BYTES && ByteBuffer.wrap(value).getInt(value.length - CHECKSUM_BYTES) == checksum(value);
    }

    /// @param id what it says it is
    record Read(long id, boolean isWhole) {}

    static Read read(byte[] value) {
        return isWhole(value) ? new Read(id(value), true) : new Read(-1, false);
    }

    static long id(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }
}
