package millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import millrace.protocol.message.FetchResponse;
import millrace.protocol.message.MetadataRequest;
import millrace.record.MemoryRecords;
import millrace.record.Records;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireWriterTest {
    /// What a segment file's region looks like to the protocol.
    private record InAFile(int sizeInBytes) implements Records {}

    @ParameterizedTest @ValueSource(longs = {0, 1, 63, 64, 127, 128, 8_191, 8_192, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455, 268_435_456,
        Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -64, -65, Long.MAX_VALUE, Long.MIN_VALUE})
    void variableLengthNumbersComeBackAndAreCountedRight(long value) {
        ByteBuffer bytes = ByteBuffer.allocate(64);
        var sizing = new SizingWriter();
        for (WireWriter out : List.of(sizing, BufferWriter.copyingInto(bytes))) {
            out.unsignedVarint((int) value);
            out.varint((int) value);
            out.varlong(value);
        }
        assertThat(sizing.size()).isEqualTo(bytes.position());
        WireReader in = WireReader.of(bytes.flip(), "Any", 0);
        assertThat(in.unsignedVarint("a")).isEqualTo((int) value);
        assertThat(in.varint("b")).isEqualTo((int) value);
        assertThat(in.varlong("c")).isEqualTo(value);
    }

    @ParameterizedTest @ValueSource(strings = {"", "plain", "größe", "日本語", "\uD83D\uDE80", "\uD83D", "\uDE80x", "a\uD83Db", "\u0080\u07ff\u0800\uffff"})
    void theLengthOfAStringIsKnownWithoutEncodingIt(String text) {
        assertThat(WireWriter.utf8Length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }

    @Test void aStringLongerThanItsLengthCanSayIsRefused() {
        assertThatExceptionOfType(UnsupportedField.class).isThrownBy(() -> new SizingWriter().string("x".repeat(32_768), true)).withMessageContaining("A string of 32768 bytes is longer than 32767").withMessageContaining("\"xxxx");
    }

    @Test void recordsInAFileAreSplicedBetweenSlicesOfTheBuffer() {
        var inAFile = new InAFile(5_000);
        var response = fetched(inAFile, new MemoryRecords(ByteBuffer.wrap(new byte[2_000])), new MemoryRecords(ByteBuffer.wrap(new byte[] {1, 2, 3})));
        var sizing = new SizingWriter();
        response.write(sizing, (short) 12);
        assertThat(sizing.size() - sizing.inlineSize()).isEqualTo(7_000);
        ByteBuffer target = ByteBuffer.allocate((int) sizing.inlineSize());
        BufferWriter out = BufferWriter.into(target);
        response.write(out, (short) 12);
        assertThat(target.hasRemaining()).isFalse();
        assertThat(out.parts()).hasSize(5).element(1).isEqualTo(inAFile);
        assertThat(out.parts()).element(3).isInstanceOf(MemoryRecords.class);
        assertThat(bytesOf(out.parts())).isEqualTo(sizing.size());
    }

    @Test void partsWithoutSplicedRecordsAreOneSliceOfWhatWasWritten() {
        ByteBuffer target = ByteBuffer.allocate(64).position(4);
        BufferWriter out = BufferWriter.into(target);
        MetadataRequest.builder().build().write(out, (short) 13);
        assertThat(out.parts()).containsExactly(target.duplicate().flip().position(4));
    }

    @Test void recordsInAFileCannotBeCopied() {
        assertThatIllegalArgumentException().isThrownBy(() -> fetched(new InAFile(5)).toBytes((short) 12)).withMessageContaining("not in memory");
    }

    @Test void aValueThatTheVersionCannotCarryIsRefusedAndNamed() {
        var byId = MetadataRequest.builder().topics(List.of(MetadataRequest.MetadataRequestTopic.builder().name(null).build())).build();
        assertThatExceptionOfType(UnsupportedField.class).isThrownBy(() -> byId.toBytes((short) 9))
            .withMessage("MetadataRequest version 9, field name: null cannot be written in this version");
        var quiet = MetadataRequest.builder().allowAutoTopicCreation(false).build();
        assertThatExceptionOfType(UnsupportedField.class).isThrownBy(() -> quiet.toBytes((short) 3))
            .withMessageContaining("field allowAutoTopicCreation: this version has no such field");
        assertThatExceptionOfType(UnsupportedField.class).isThrownBy(() -> quiet.toBytes((short) 14)).withMessageContaining("only versions 0 to 13");
    }

    @Test void aBuilderKeepsItsOwnLists() {
        var topics = new ArrayList<>(List.of(MetadataRequest.MetadataRequestTopic.builder().name("a").build()));
        var request = MetadataRequest.builder().topics(topics).build();
        topics.clear();
        assertThat(request.topics()).hasSize(1).isUnmodifiable();
        assertThat(request.toBuilder().build()).isEqualTo(request);
    }

    private static FetchResponse fetched(Records... records) {
        var partitions = new ArrayList<FetchResponse.PartitionData>();
        for (Records each : records) partitions.add(FetchResponse.PartitionData.builder().records(each).build());
        return FetchResponse.builder().responses(List.of(FetchResponse.FetchableTopicResponse.builder().topic("t").partitions(partitions).build())).build();
    }

    private static long bytesOf(List<Object> parts) {
        return parts.stream().mapToLong(part -> part instanceof ByteBuffer bytes ? bytes.remaining() : ((Records) part).sizeInBytes()).sum();
    }
}
