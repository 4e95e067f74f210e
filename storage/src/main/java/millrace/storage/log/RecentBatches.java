package millrace.storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/// The bytes of a `.recentbatches` file: what a `.snapshot` of the same offset leaves out.
///
/// Kafka's snapshot keeps one batch of each producer, and a producer may have five in flight. After a restart the older four would be
/// taken for out of order when they come again, and a client then sends them under a new epoch: duplicates. So they are kept beside it.
///
/// | at | bytes | field                                                                                      |
/// |----|-------|--------------------------------------------------------------------------------------------|
/// |  0 |   2   | version, 0                                                                                 |
/// |  2 |   4   | CRC-32C of everything from byte 6 on                                                       |
/// |  6 |   4   | number of producers                                                                        |
/// | 10 |       | each: producer id 8, epoch 2, batches 1, then for each batch, the oldest first:            |
/// |    |       | last sequence 4, last offset 8, offset delta 4, timestamp 8                                |
///
/// It is believed for a producer only where its newest batch is the snapshot's, so that a snapshot written by somebody else is never mixed
/// with it.
final class RecentBatches {
    private static final short VERSION = 0;
    private static final int CRC_AT = 2;
    private static final int CRC_FROM = 6;
    private static final int HEAD_BYTES = 10;
    private static final int PRODUCER_BYTES = 11;
    private static final int BATCH_BYTES = 24;

    private record Batch(int lastSequence, long lastOffset, int offsetDelta, long timestamp) {}

    private record Recent(short epoch, List<Batch> batches) {}

    private RecentBatches() {}

    /// @return null when the snapshot says it all
    static ByteBuffer write(Collection<Producer> producers) {
        int count = 0;
        int bytes = HEAD_BYTES;
        for (Producer each : producers) {
            if (each.batches() < 2) continue;
            count++;
            bytes += PRODUCER_BYTES + each.batches() * BATCH_BYTES;
        }
        if (count == 0) return null;
        ByteBuffer file = ByteBuffer.allocate(bytes).putShort(VERSION).putInt(0).putInt(count);
        for (Producer each : producers) if (each.batches() > 1) write(each, file);
        file.flip();
        return file.putInt(CRC_AT, crc(file));
    }

    private static void write(Producer producer, ByteBuffer file) {
        file.putLong(producer.producerId).putShort(producer.epoch()).put((byte) producer.batches());
        for (int i = 0; i < producer.batches(); i++) {
            int slot = producer.slot(i);
            file.putInt(producer.lastSequence(slot)).putLong(producer.lastOffset(slot)).putInt(producer.offsetDelta(slot)).putLong(producer.timestamp(slot));
        }
    }

    private static int crc(ByteBuffer file) {
        var crc = new CRC32C();
        crc.update(file.slice(CRC_FROM, file.limit() - CRC_FROM));
        return (int) crc.getValue();
    }

    static boolean isWhole(ByteBuffer file) {
        return file.limit() >= HEAD_BYTES && file.getShort(0) == VERSION && file.getInt(CRC_AT) == crc(file);
    }

    /// @param snapshot what the snapshot of the same offset says
    /// @return the same producers with the batches that it leaves out
    static List<Producer> addTo(List<Producer> snapshot, ByteBuffer file) {
        TreeMap<Long, Recent> recent = read(file);
        var whole = new ArrayList<Producer>(snapshot.size());
        for (Producer each : snapshot) whole.add(with(each, recent.get(each.producerId)));
        return whole;
    }

    private static Producer with(Producer producer, Recent recent) {
        if (recent == null || producer.hasNoBatches() || recent.epoch != producer.epoch() || recent.batches.getLast().lastOffset != producer.lastOffset()) return producer;
        var whole = new Producer(producer.producerId, producer.epoch(), producer.coordinatorEpoch(), producer.lastTimestamp(), producer.transactionFirstOffset());
        for (Batch each : recent.batches) whole.addBatch(recent.epoch, each.lastSequence, each.lastOffset, each.offsetDelta, each.timestamp);
        whole.lastSeenAt(producer.lastTimestamp());
        return whole;
    }

    /// @return nothing where the bytes are no such file
    private static TreeMap<Long, Recent> read(ByteBuffer file) {
        var recent = new TreeMap<Long, Recent>();
        if (!isWhole(file)) return recent;
        ByteBuffer in = file.slice(HEAD_BYTES, file.limit() - HEAD_BYTES);
        while (in.remaining() >= PRODUCER_BYTES) {
            long producerId = in.getLong();
            short epoch = in.getShort();
            int count = in.get();
            if (count < 1 || count > Producer.BATCHES || in.remaining() < count * BATCH_BYTES) break;
            var batches = new ArrayList<Batch>(count);
            for (int i = 0; i < count; i++) batches.add(new Batch(in.getInt(), in.getLong(), in.getInt(), in.getLong()));
            recent.put(producerId, new Recent(epoch, batches));
        }
        return recent;
    }
}
