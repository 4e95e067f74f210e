package millrace.sim.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import millrace.record.Codec;
import millrace.record.DecodeLimits;
import millrace.record.Record;
import millrace.record.RecordBatch;
import millrace.record.RecordBatchBuilder;
import millrace.record.RecordBatches;
import millrace.sim.log.LogHistory.Produce;
import millrace.sim.log.LogHistory.Seen;

/// Records that can be recognised: the value begins with the record's id, and every byte behind it follows from the id.
public final class Payload {
    private static final int ID_BYTES = 8;
    private static final int MOST_FILLER_BYTES = 400;

    private Payload() {}

    static ByteBuffer batchOf(Produce produce, Codec codec, long producerId, short producerEpoch, int baseSequence, long timestampMs) {
        try (var builder = new RecordBatchBuilder()) {
            builder.codec(codec);
            if (produce.idempotent()) builder.producer(producerId, producerEpoch, baseSequence);
            for (int i = 0; i < produce.count(); i++) builder.append(timestampMs, ByteBuffer.wrap(new byte[] {(byte) produce.producer()}), value(produce.recordId(i)));
            return builder.build();
        }
    }

    public static ByteBuffer value(long recordId) {
        int filler = (int) Math.floorMod(mix(recordId), (long) MOST_FILLER_BYTES);
        ByteBuffer value = ByteBuffer.allocate(ID_BYTES + filler).putLong(recordId);
        for (int i = 0; i < filler; i++) value.put((byte) mix(recordId + i / 16));
        return value.flip();
    }

    private static long mix(long of) {
        long mixed = of * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 32;
    }

    public static Seen seen(Record record) {
        if (!record.hasValue() || record.value().remaining() < ID_BYTES) return new Seen(record.offset(), -1, false);
        long recordId = record.value().getLong(record.value().position());
        return new Seen(record.offset(), recordId, record.value().equals(value(recordId)));
    }

    /// @param seen     the records of whole batches, from `from` on
    /// @param next     where a reader goes on
    /// @param corrupt  a batch did not pass its checksum: a client stops there
    public record Contents(List<Seen> seen, long next, boolean corrupt) {}

    /// Reads what a consumer would: whole batches, records from the asked offset on.
    public static Contents read(ByteBuffer bytes, long from) {
        List<Seen> seen = new ArrayList<>();
        long next = from;
        for (RecordBatch batch : RecordBatches.of(bytes)) {
            if (!batch.crcMatches()) return new Contents(seen, next, true);
            try (var records = batch.records(DecodeLimits.DEFAULT)) {
                while (records.hasNext()) {
                    Record record = records.next();
                    if (record.offset() >= from) seen.add(seen(record));
                }
            }
            next = Math.max(next, batch.nextOffset());
        }
        return new Contents(seen, next, false);
    }
}
