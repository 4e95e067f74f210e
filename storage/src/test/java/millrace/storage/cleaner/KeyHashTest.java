package millrace.storage.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The reference vectors of SipHash-2-4-128: key 00 01 ... 0f, input 00 01 02 ...
class KeyHashTest {
    private static final ByteBuffer KEY = ByteBuffer.wrap(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f")).order(ByteOrder.LITTLE_ENDIAN);

    private static String hashOfFirst(int bytes) {
        var hash = new KeyHash(KEY.getLong(0), KEY.getLong(8));
        ByteBuffer input = ByteBuffer.allocate(bytes);
        for (int i = 0; i < bytes; i++) input.put(i, (byte) i);
        hash.hash(input);
        return HexFormat.of().formatHex(ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(hash.high()).putLong(hash.low()).array());
    }

    @Test void equalsTheReferenceVectors() {
        assertThat(hashOfFirst(0)).isEqualTo("a3817f04ba25a8e66df67214c7550293");
        assertThat(hashOfFirst(1)).isEqualTo("da87c1d86b99af44347659119b22fc45");
        assertThat(hashOfFirst(15)).isEqualTo("5493e99933b0a8117e08ec0f97cfc3d9");
        assertThat(hashOfFirst(16)).isEqualTo("6ee2a4ca67b054bbfd3315bf85230577");
    }
}
