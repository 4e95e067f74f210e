package millrace.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import millrace.record.Codec;
import millrace.record.DecodeLimits;
import millrace.record.RecordBatch;
import millrace.record.RecordCursor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A batch of 100 KiB built in a codec, and walked through record by record.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CodecBench {
    private static final int RECORDS = 100;
    private static final DecodeLimits LIMITS = new DecodeLimits(100 << 20);

    @Param({"NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD"})
    public Codec codec;

    private ByteBuffer batch;

    @Setup public void make() {
        batch = Batches.of(codec, RECORDS, 1024);
    }

    @Benchmark public ByteBuffer build() {
        return Batches.of(codec, RECORDS, 1024);
    }

    @Benchmark public long walk() {
        long last = 0;
        try (RecordCursor records = RecordBatch.at(batch, 0).records(LIMITS)) {
            while (records.advance()) last = records.offset();
        }
        return last;
    }
}
