package millrace.record.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A node that never meets a codec must not unpack its native library: seen from outside, in a process of its own.
class LazyLibrariesTest {
    /// What the other process does: names every codec, asks for bounds, and uses gzip.
    public static final class OnlyGzip {
        public static void main(String[] args) throws IOException {
            for (Compression compression : List.of(Compression.SNAPPY, Compression.LZ4, Compression.ZSTD)) System.out.println(compression.highestLevel());
            var bytes = new ByteArrayOutputStream();
            try (OutputStream out = Compression.GZIP.compress(bytes, -1)) {
                out.write(1);
            }
            try (InputStream in = Compression.GZIP.decompress(ByteBuffer.wrap(bytes.toByteArray()), 1)) {
                System.out.println("read " + in.read());
            }
        }
    }

    @Test void librariesOfUnusedCodecsAreNotLoaded() throws Exception {
        String path = String.join(File.pathSeparator, home(Compression.class), home(OnlyGzip.class), home(net.jpountz.lz4.LZ4Factory.class),
                home(com.github.luben.zstd.ZstdInputStreamNoFinalizer.class), home(org.xerial.snappy.SnappyInputStream.class));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xlog:class+init=info", "-Xshare:auto",
                "-cp", path, OnlyGzip.class.getName()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        List<String> initialized = output.lines().filter(line -> line.contains("nitializ")).toList();
        assertThat(output).contains("read 1");
        assertThat(initialized).anyMatch(line -> line.contains("millrace/record/compression/Gzip'"));
        assertThat(initialized).noneMatch(line -> line.contains("com/github/luben") || line.contains("org/xerial") || line.contains("net/jpountz"));
    }

    private static String home(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }
}
