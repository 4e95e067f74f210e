package millrace.storage.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The checksum that Kafka's transaction index lacks: `<base offset>.txnsum`, ours alone.
///
/// Why: an index whose bits have changed, or that is gone, shows aborted records to read_committed readers, and nothing else would tell.
///
/// | at | bytes | field                                                                |
/// |----|-------|----------------------------------------------------------------------|
/// |  0 |   4   | `MRTX`                                                               |
/// |  4 |   8   | generation of the log directory: one of an older generation is void  |
/// | 12 |   4   | how many entries of the index it speaks of, from the first on        |
/// | 16 |   4   | CRC-32C of those entries as they are in the file                     |
/// | 20 |   4   | CRC-32C of the bytes before                                          |
///
/// It is written behind the index, which only grows. So after a crash in between it speaks of fewer entries, and is right. Where the index is
/// written anew for another reason the segment lies in recovery's way, which makes both anew.
final class TransactionSum {
    private static final int MAGIC = 'M' << 24 | 'R' << 16 | 'T' << 8 | 'X';
    private static final int BYTES = 24;
    private static final int OWN_CRC_AT = BYTES - Integer.BYTES;

    private TransactionSum() {}

    static ByteBuffer bytes(TransactionIndex index, long generation) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putInt(MAGIC).putLong(generation).putInt(index.entries().size()).putInt(crc(index.bytes(), index.entries().size() * TransactionIndex.ENTRY_BYTES));
        return bytes.putInt(crc(bytes, OWN_CRC_AT)).flip();
    }

    private static int crc(ByteBuffer bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes.slice(0, length));
        return (int) crc.getValue();
    }

    /// @return whether the index is what the sum speaks of; a sum that is damaged itself, or somebody else's, says nothing against it
    static boolean bearsOut(ByteBuffer sum, TransactionIndex index, long generation) {
        if (sum.limit() != BYTES || sum.getInt(0) != MAGIC || sum.getInt(OWN_CRC_AT) != crc(sum, OWN_CRC_AT) || sum.getLong(4) != generation) return true;
        int entries = sum.getInt(12);
        return entries <= index.entries().size() && sum.getInt(16) == crc(index.bytes(), entries * TransactionIndex.ENTRY_BYTES);
    }
}
