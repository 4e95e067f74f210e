package millrace.bench;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import millrace.record.Codec;
import millrace.storage.log.ReadResult;
import millrace.storage.log.TimestampOffset;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What a fetch costs before the bytes leave: finding the offset through the index, and the region of a file that is handed to the socket.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReadBench {
    private static final int BATCHES = 16_000;
    private static final int RECORDS_PER_BATCH = 15;
    private static final int MIB = 1 << 20;

    private final SplittableRandom random = new SplittableRandom(7);
    private ScratchLog scratch;
    private long end;

    @Setup(Level.Trial) public void fill() {
        scratch = new ScratchLog();
        ByteBuffer batch = Batches.of(Codec.NONE, RECORDS_PER_BATCH, 1024);
        for (int i = 0; i < BATCHES; i++) scratch.append(batch);
        end = scratch.log.logEndOffset();
        scratch.log.updateHighWatermark(end);
    }

    @TearDown(Level.Trial) public void empty() {
        scratch.close();
    }

    /// 1 MiB from anywhere: the index, a few batch headers, a region.
    @Benchmark public long fetchOneMebibyte() {
        return sizeOf(scratch.log.read(anywhere(), MIB, end, true));
    }

    /// The newest batch, as a consumer that keeps up asks for it.
    @Benchmark public long fetchTheTail() {
        return sizeOf(scratch.log.read(end - RECORDS_PER_BATCH, MIB, end, true));
    }

    @Benchmark public TimestampOffset offsetForTimestamp() {
        return scratch.log.offsetForTimestamp(1_790_000_000_000L + random.nextInt(RECORDS_PER_BATCH)).orElse(null);
    }

    private long anywhere() {
        return random.nextLong(end - 2_000);
    }

    private static long sizeOf(ReadResult result) {
        var read = (ReadResult.Read) result;
        read.release();
        return read.records().sizeInBytes();
    }
}
