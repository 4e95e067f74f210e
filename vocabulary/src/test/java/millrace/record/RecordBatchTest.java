package millrace.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import millrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

class RecordBatchTest {
    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static ByteBuffer batch(String... values) {
        var builder = new RecordBatchBuilder();
        for (String value : values) builder.append(1_000, null, text(value));
        return builder.build();
    }

    private static ByteBuffer joined(ByteBuffer... parts) {
        int size = 0;
        for (ByteBuffer part : parts) size += part.remaining();
        ByteBuffer joined = ByteBuffer.allocate(size);
        for (ByteBuffer part : parts) joined.put(part.duplicate());
        return joined.flip();
    }

    private static void refused(ErrorCode error, ByteBuffer bytes) {
        assertThatThrownBy(() -> RecordBatch.at(bytes, 0)).isInstanceOfSatisfying(CorruptRecord.class, corrupt -> assertThat(corrupt.error()).isEqualTo(error));
    }

    @Test void aViewSharesTheBytesAndMovesNothing() {
        ByteBuffer bytes = joined(batch("x"), batch("a", "b"));
        int second = RecordBatch.sizeOrShort(bytes, 0);
        RecordBatch.at(bytes, second).assign(500, 9);
        assertThat(bytes.getLong(second)).isEqualTo(500);
        assertThat(bytes.getInt(second + 12)).isEqualTo(9);
        assertThat(bytes.position()).isZero();
        assertThat(RecordBatch.at(bytes, second).crcMatches()).isTrue();
    }

    @Test void theByteOrderOfTheBufferDoesNotMatter() {
        ByteBuffer little = batch("a").order(java.nio.ByteOrder.LITTLE_ENDIAN);
        assertThat(RecordBatch.at(little, 0).recordCount()).isEqualTo(1);
    }

    @Test void aBatchThatIsNotWholeIsShort() {
        ByteBuffer whole = batch("hello");
        for (int size = 0; size < whole.limit(); size++) {
            ByteBuffer part = whole.slice(0, size);
            assertThat(RecordBatch.sizeOrShort(part, 0)).isEqualTo(-1);
            refused(ErrorCode.CORRUPT_MESSAGE, part);
        }
        assertThat(RecordBatch.sizeOrShort(whole, 0)).isEqualTo(whole.limit());
    }

    @Test void aLengthThatNoBatchCanHaveIsCorrupt() {
        for (int length : new int[] {-1, Integer.MIN_VALUE, 0, 13}) {
            ByteBuffer bytes = batch("hello").putInt(8, length);
            refused(ErrorCode.CORRUPT_MESSAGE, bytes);
            assertThatThrownBy(() -> RecordBatches.of(bytes).wholeBytes()).isInstanceOf(CorruptRecord.class);
        }
        refused(ErrorCode.CORRUPT_MESSAGE, batch("hello").putInt(8, 48));
    }

    @Test void oldFormatsAreRefusedByName() {
        refused(ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT, batch("hello").put(16, (byte) 0));
        refused(ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT, batch("hello").put(16, (byte) 1));
        refused(ErrorCode.CORRUPT_MESSAGE, batch("hello").put(16, (byte) 3));
        refused(ErrorCode.CORRUPT_MESSAGE, batch("hello").put(16, (byte) -1));
    }

    @Test void anUnknownCodecIsRefusedWhenAskedFor() {
        RecordBatch batch = RecordBatch.at(batch("hello").putShort(21, (short) 6), 0);
        assertThatThrownBy(batch::codec).isInstanceOfSatisfying(CorruptRecord.class,
                corrupt -> assertThat(corrupt.error()).isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE));
    }

    @Test void theChecksumCoversEverythingFromTheAttributesOn() {
        ByteBuffer bytes = batch("hello", "world");
        for (int at = 0; at < bytes.limit(); at++) {
            if (at >= 8 && at < 12 || at == 16) continue;
            byte kept = bytes.get(at);
            bytes.put(at, (byte) (kept ^ 0x40));
            assertThat(RecordBatch.at(bytes, 0).crcMatches()).as("byte %s", at).isEqualTo(at < 17);
            bytes.put(at, kept);
        }
    }

    @Test void sequencesWrapAfterTheLargestInt() {
        assertThat(RecordBatch.sequenceAfter(Integer.MAX_VALUE, 1)).isZero();
        assertThat(RecordBatch.sequenceAfter(Integer.MAX_VALUE - 1, 1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(RecordBatch.sequenceAfter(5, Integer.MAX_VALUE)).isEqualTo(4);
    }

    @Test void wholeBatchesAreWalkedAndTheRestIsCounted() {
        ByteBuffer one = batch("a"), two = batch("b", "c");
        ByteBuffer bytes = joined(one, two, one.slice(0, one.limit() - 1));
        RecordBatches batches = RecordBatches.of(bytes);
        var counts = new ArrayList<Integer>();
        for (RecordBatch batch : batches) counts.add(batch.recordCount());
        assertThat(counts).containsExactly(1, 2);
        assertThat(batches.isWhole()).isFalse();
        assertThat(batches.trailingBytes()).isEqualTo(one.limit() - 1);
        assertThat(batches.wholeBytes()).isEqualTo(one.limit() + two.limit());
        assertThat(RecordBatches.of(joined(one, two)).isWhole()).isTrue();
        assertThat(RecordBatches.of(ByteBuffer.allocate(0)).isWhole()).isTrue();
    }

    @Test void aBatchMayKeepItsOffsetsWhenItsRecordsAreGone() {
        RecordBatch empty = RecordBatch.at(new RecordBatchBuilder().baseOffset(10).producer(7, (short) 1, 3).lastOffset(14).build(), 0);
        assertThat(empty.lastOffset()).isEqualTo(14);
        assertThat(empty.lastSequence()).isEqualTo(7);
        assertThat(empty.crcMatches()).isTrue();
        assertThat(PlainRecord.read(empty)).isEmpty();
        assertThat(Kafka.first(empty.bytes()).lastOffset()).isEqualTo(14);
        Kafka.first(empty.bytes()).ensureValid();

        var builder = new RecordBatchBuilder().codec(Codec.ZSTD).baseOffset(10).deleteHorizon(99_000).lastOffset(20);
        RecordBatch compacted = RecordBatch.at(builder.appendAt(13, 5_000, text("k"), null, List.of()).appendAt(17, 6_000, text("l"), null, List.of()).build(), 0);
        assertThat(compacted.deleteHorizonMs()).isEqualTo(99_000);
        assertThat(Kafka.first(compacted.bytes()).deleteHorizonMs()).hasValue(99_000);
        assertThat(PlainRecord.read(compacted)).isEqualTo(Kafka.read(compacted.bytes())).extracting(PlainRecord::offset).containsExactly(13L, 17L);
        assertThat(PlainRecord.read(compacted)).extracting(PlainRecord::timestamp).containsExactly(5_000L, 6_000L);
    }

    @Test void theBuilderRefusesWhatNoLogMayHold() {
        var builder = new RecordBatchBuilder().baseOffset(5);
        assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> builder.append(-2, null, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.appendAt(4, 0, null, null, List.of())).isInstanceOf(IllegalArgumentException.class);
        builder.append(0, null, null);
        assertThatThrownBy(() -> builder.appendAt(5, 0, null, null, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.codec(Codec.LZ4)).isInstanceOf(IllegalStateException.class);
        builder.build();
        assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
    }

    @Test void theBuilderKnowsHowLargeItIs() {
        var builder = new RecordBatchBuilder();
        builder.append(7, text("key"), text("value"), List.of(new Header("h", null)));
        int before = builder.uncompressedBytes();
        builder.append(9_000_000, text("k"), text("v"));
        assertThat(builder.uncompressedBytes()).isLessThanOrEqualTo(before + RecordBatchBuilder.largestSizeOf(text("k"), text("v"), List.of()));
        int promised = builder.uncompressedBytes();
        assertThat(builder.build().limit()).isEqualTo(promised);
    }
}
