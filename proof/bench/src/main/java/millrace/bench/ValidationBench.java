package millrace.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import millrace.record.BatchValidation;
import millrace.record.Codec;
import millrace.record.DecodeLimits;
import millrace.record.TimestampType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What a leader does with a producer's batch before the log's lock: CRC, header, and a look at every record.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ValidationBench {
    private static final BatchValidation.Rules RULES =
            new BatchValidation.Rules(TimestampType.CREATE_TIME, null, 0, false, Long.MAX_VALUE, Long.MAX_VALUE, 10 << 20, new DecodeLimits(100 << 20));

    @Param({"NONE", "LZ4", "ZSTD", "SNAPPY", "GZIP"})
    public Codec codec;

    /// Records times bytes: a record alone, a default batch of Kafka's producer in two record sizes.
    @Param({"1x1024", "15x1024", "130x100"})
    public String shape;

    private ByteBuffer batch;

    @Setup public void make() {
        int by = shape.indexOf('x');
        batch = Batches.of(codec, Integer.parseInt(shape.substring(0, by)), Integer.parseInt(shape.substring(by + 1)));
    }

    @Benchmark public Object fromClient() {
        return BatchValidation.fromClient(batch.duplicate(), RULES, 1_790_000_001_000L);
    }
}
