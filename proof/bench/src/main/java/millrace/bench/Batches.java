package millrace.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import millrace.record.Codec;
import millrace.record.RecordBatchBuilder;

/// Batches as producers send them: a key, and a value that compresses about as well as JSON does.
final class Batches {
    private static final String[] WORDS = {"order", "customer", "amount", "currency", "EUR", "status", "shipped", "created", "true", "null", "item", "price"};
    private static final long TIMESTAMP_MS = 1_790_000_000_000L;

    private Batches() {}

    static ByteBuffer of(Codec codec, int records, int valueBytes) {
        var random = new SplittableRandom(42);
        try (var builder = new RecordBatchBuilder(records * (valueBytes + 40)).codec(codec)) {
            for (int i = 0; i < records; i++) builder.append(TIMESTAMP_MS + i, ascii("key-" + i), ascii(text(random, valueBytes)));
            return builder.build();
        }
    }

    private static String text(SplittableRandom random, int bytes) {
        var text = new StringBuilder(bytes + 16);
        while (text.length() < bytes) text.append(WORDS[random.nextInt(WORDS.length)]).append(':').append(random.nextInt(10_000)).append(',');
        return text.substring(0, bytes);
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
