package millrace.record;

/// How far a reader follows a compressed batch that somebody else wrote.
///
/// A kilobyte can unfold to a gigabyte. Whoever opens a batch says how much it is willing to see; the reader gives up at most 64 KiB
/// later, with `INVALID_RECORD`. Uncompressed batches need no such limit: nothing in them can be longer than they are.
///
/// @param maxDecompressedBytes all records of one batch together, without the batch header; 1 or more
/// @param maxRecordBytes       one record, as its own length field states it; 1 or more. Kafka's `max.decompressed.message.bytes`
///                             is this one, and Kafka has no bound for the batch
public record DecodeLimits(long maxDecompressedBytes, int maxRecordBytes) {
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    /// Kafka's default of `max.decompressed.message.bytes` for both: the longest array of a JVM, so practically none.
    public static final DecodeLimits DEFAULT = new DecodeLimits(LONGEST_ARRAY);

    public DecodeLimits {
        if (maxDecompressedBytes < 1) throw new IllegalArgumentException("maxDecompressedBytes is " + maxDecompressedBytes + ", must be 1 or more");
        if (maxRecordBytes < 1) throw new IllegalArgumentException("maxRecordBytes is " + maxRecordBytes + ", must be 1 or more");
    }

    /// So many bytes in all, in however many records.
    public DecodeLimits(long maxDecompressedBytes) {
        this(maxDecompressedBytes, LONGEST_ARRAY);
    }

    /// What the setting `max.decompressed.message.bytes` asks for.
    public static DecodeLimits ofSetting(int maxDecompressedMessageBytes) {
        return new DecodeLimits(LONGEST_ARRAY, maxDecompressedMessageBytes);
    }
}
