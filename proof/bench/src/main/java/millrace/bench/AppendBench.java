package millrace.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import millrace.record.Codec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// One batch into a log: validation, offsets, one write to the page cache, index. No sync.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AppendBench {
    /// So that a run writes no more than some gigabytes: the log is begun anew.
    private static final long MOST_BYTES = 512L << 20;

    @Param({"1", "15", "250"})
    public int recordsOf1KiB;

    private ByteBuffer batch;
    private ScratchLog scratch;

    @Setup(Level.Iteration) public void open() {
        ByteBuffer made = Batches.of(Codec.NONE, recordsOf1KiB, 1024);
        batch = ByteBuffer.allocateDirect(made.remaining()).put(made).flip();   // as it lies in the network's buffer
        scratch = new ScratchLog();
    }

    @TearDown(Level.Iteration) public void close() {
        scratch.close();
    }

    @Benchmark public void append() {
        if (scratch.log.sizeInBytes() > MOST_BYTES) {
            scratch.close();
            scratch = new ScratchLog();
        }
        scratch.append(batch);
    }
}
