package millrace.record;

/// How far a reader follows a batch that somebody else wrote.
///
/// A compressed batch of a kilobyte can unfold to a gigabyte. Whoever opens one says how much it is willing to see; the reader gives
/// up at most 64 KiB later. Uncompressed batches need no such limit: nothing in them can be longer than they are.
///
/// @param maxDecompressedBytes records of one batch, decompressed, without the batch header; 1 or more
public record DecodeLimits(long maxDecompressedBytes) {
    /// Kafka's default of `max.decompressed.message.bytes`: the longest array of a JVM, so practically none.
    public static final DecodeLimits DEFAULT = new DecodeLimits(Integer.MAX_VALUE - 8);

    public DecodeLimits {
        if (maxDecompressedBytes < 1) throw new IllegalArgumentException("maxDecompressedBytes is " + maxDecompressedBytes + ", must be 1 or more");
    }
}
