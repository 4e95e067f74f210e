package millrace.record;

import java.util.Locale;
import millrace.protocol.ErrorCode;
import millrace.record.compression.Compression;

/// The compression of a batch: attribute bits 0 to 2.
public enum Codec {
    NONE, GZIP, SNAPPY, LZ4, ZSTD;

    private static final Codec[] BY_ID = values();

    public int id() {
        return ordinal();
    }

    /// @throws CorruptRecord `UNSUPPORTED_COMPRESSION_TYPE` for 5, 6, 7 and everything else that names no codec
    public static Codec forId(int id) {
        if (id < 0 || id >= BY_ID.length)
            throw new CorruptRecord(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, "compression type " + id + " does not exist; known are 0 to " + (BY_ID.length - 1));
        return BY_ID[id];
    }

    /// As `compression.type` spells it: `gzip`, `snappy`, `lz4`, `zstd`, and `none` (also `uncompressed`, the topic setting's word).
    /// @return null when the name is not a codec's (`producer` is not)
    public static Codec forName(String name) {
        if (name.equals("uncompressed")) return NONE;
        for (Codec codec : BY_ID) if (codec.settingName().equals(name)) return codec;
        return null;
    }

    public String settingName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Kafka's default of `compression.gzip.level`, `compression.lz4.level`, `compression.zstd.level`; 0 where there are no levels.
    public int defaultLevel() {
        return this == NONE ? 0 : compression().defaultLevel();
    }

    /// How this codec's bytes are made and read. `NONE` has none: its records lie in the batch as they are.
    Compression compression() {
        return switch (this) {
            case GZIP   -> Compression.GZIP;
            case SNAPPY -> Compression.SNAPPY;
            case LZ4    -> Compression.LZ4;
            case ZSTD   -> Compression.ZSTD;
            case NONE   -> throw new IllegalStateException("uncompressed records have no compression");
        };
    }
}
