package millrace.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A batch from a seed: the same seed is the same batch, for ever.
record RandomBatch(Codec codec, TimestampType timestampType, long logAppendTimeMs, long baseOffset, int leaderEpoch, long producerId, short producerEpoch,
        int baseSequence, boolean transactional, List<Record> records) {

    static RandomBatch of(long seed, Codec codec) {
        var random = new Random(seed);
        boolean producer = random.nextBoolean();
        boolean stamped = random.nextInt(4) == 0;
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 2_000 : 20);
        long time = 1_700_000_000_000L + random.nextInt();
        var records = new ArrayList<Record>();
        for (int i = 0; i < count; i++) {
            time += random.nextInt(2_000) - 500;
            long timestamp = random.nextInt(20) == 0 ? RecordBatch.NO_TIMESTAMP : time;
            records.add(new Record(i, timestamp, -1, bytes(random), bytes(random), headers(random)));
        }
        return new RandomBatch(codec, stamped ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME, stamped ? time + 5 : RecordBatch.NO_TIMESTAMP,
                random.nextInt(3) == 0 ? random.nextLong(1L << 50) : 0, random.nextInt(3) - 1, producer ? random.nextLong(1L << 40) : -1,
                (short) (producer ? random.nextInt(100) : -1), producer ? (random.nextInt(5) == 0 ? Integer.MAX_VALUE - 3 : random.nextInt(10_000)) : -1,
                producer && random.nextBoolean(), records);
    }

    private static ByteBuffer bytes(Random random) {
        int kind = random.nextInt(100);
        if (kind < 15) return null;
        byte[] bytes = new byte[kind < 20 ? 0 : kind < 98 ? random.nextInt(100) : random.nextInt(100_000)];
        if (kind % 2 == 0) random.nextBytes(bytes);
        else for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) ('a' + i / 7 % 26);
        return ByteBuffer.wrap(bytes);
    }

    private static List<Header> headers(Random random) {
        var headers = new ArrayList<Header>();
        for (int left = random.nextInt(4) == 0 ? random.nextInt(6) : 0; left > 0; left--)
            headers.add(new Header(random.nextBoolean() ? "" : "Schlüssel-" + left, bytes(random)));
        return headers;
    }

    ByteBuffer write() {
        try (var builder = new RecordBatchBuilder()) {
            builder.codec(codec).baseOffset(baseOffset).partitionLeaderEpoch(leaderEpoch).producer(producerId, producerEpoch, baseSequence).transactional(transactional);
            if (timestampType == TimestampType.LOG_APPEND_TIME) builder.logAppendTime(logAppendTimeMs);
            for (Record record : records) builder.append(record.timestamp(), record.key(), record.value(), record.headers());
            return builder.build();
        }
    }
}
