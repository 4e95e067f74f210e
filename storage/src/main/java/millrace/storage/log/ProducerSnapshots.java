package millrace.storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;
import millrace.protocol.BufferWriter;
import millrace.protocol.MalformedMessage;
import millrace.protocol.WireReader;
import millrace.protocol.storage.ProducerSnapshot;
import millrace.protocol.storage.ProducerSnapshot.ProducerEntry;

/// The bytes of a `.snapshot` file: the producers of a log as they were when its next offset was the file's name.
///
/// | at | bytes | field                                                          |
/// |----|-------|----------------------------------------------------------------|
/// |  0 |   2   | version, 1                                                     |
/// |  2 |   4   | CRC-32C of everything from byte 6 on                           |
/// |  6 |   4   | number of entries                                              |
/// | 10 |  46*n | `ProducerSnapshot.json`: of each producer only the last batch  |
final class ProducerSnapshots {
    private static final short VERSION = ProducerSnapshot.HIGHEST_VERSION;
    private static final int VERSION_BYTES = 2;
    private static final int CRC_AT = 2;
    private static final int CRC_FROM = 6;

    private ProducerSnapshots() {}

    static ByteBuffer write(Collection<Producer> producers) {
        var entries = new ArrayList<ProducerEntry>(producers.size());
        for (Producer each : producers)
            entries.add(new ProducerEntry(each.producerId, each.epoch(), each.lastSequence(), each.lastOffset(), each.lastOffsetDelta(), each.lastTimestamp(),
                    each.coordinatorEpoch(), each.transactionFirstOffset()));
        var message = new ProducerSnapshot(0, List.copyOf(entries));
        ByteBuffer bytes = ByteBuffer.allocate(VERSION_BYTES + message.size(VERSION));
        bytes.putShort(VERSION);
        message.write(BufferWriter.copyingInto(bytes), VERSION);
        bytes.flip();
        return bytes.putInt(CRC_AT, (int) crc(bytes));
    }

    private static long crc(ByteBuffer file) {
        var crc = new CRC32C();
        crc.update(file.slice(CRC_FROM, file.limit() - CRC_FROM));
        return crc.getValue();
    }

    /// @return null when the bytes are no such snapshot: then the log is read instead
    static List<Producer> read(ByteBuffer file) {
        List<ProducerEntry> entries = entries(file);
        if (entries == null) return null;
        var producers = new ArrayList<Producer>(entries.size());
        for (ProducerEntry each : entries) producers.add(producer(each));
        return producers;
    }

    /// The same as it is written.
    static List<ProducerEntry> entries(ByteBuffer file) {
        if (file.limit() < CRC_FROM + 4 || file.getShort(0) != VERSION || Integer.toUnsignedLong(file.getInt(CRC_AT)) != crc(file)) return null;
        try {
            return ProducerSnapshot.read(WireReader.of(file.slice(VERSION_BYTES, file.limit() - VERSION_BYTES), "ProducerSnapshot", VERSION), VERSION).producerEntries();
        } catch (MalformedMessage malformed) {
            return null;
        }
    }

    private static Producer producer(ProducerEntry entry) {
        var producer = new Producer(entry.producerId(), entry.epoch(), entry.coordinatorEpoch(), entry.timestamp(), entry.currentTxnFirstOffset());
        if (entry.lastOffset() >= 0) producer.addBatch(entry.epoch(), entry.lastSequence(), entry.lastOffset(), entry.offsetDelta(), entry.timestamp());
        return producer;
    }
}
