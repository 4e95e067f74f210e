package millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import millrace.protocol.message.ApiVersionsRequest;
import millrace.protocol.message.MetadataRequest;
import millrace.protocol.message.RequestHeader;
import millrace.protocol.message.SaslAuthenticateRequest;
import millrace.protocol.message.SyncGroupRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever arrives, reading ends in a message or in a [MalformedMessage] that says where, and allocates no more than the
/// bytes that arrived can justify.
class HostileInputTest {
    static List<AllMessages.Kind> messages() {
        return AllMessages.all();
    }

    // ---- every message ----

    @ParameterizedTest @MethodSource("messages")
    void inputThatEndsTooEarlyIsRefusedWhereverItEnds(AllMessages.Kind kind) {
        for (short version : new short[] {kind.lowest(), kind.highest()}) {
            byte[] whole = sample(kind, version, 1);
            for (int cut = 0; cut < whole.length; cut++) {
                MalformedMessage refused = refusal(kind, ByteBuffer.wrap(whole, 0, cut), version);
                assertThat(refused).as("%s version %d cut at %d of %d", kind, version, cut, whole.length).isNotNull();
                assertThat(refused.messageName()).isEqualTo(kind.name());
                assertThat(refused.version()).isEqualTo(version);
                assertThat(refused.field()).isNotEmpty();
                assertThat(refused.position()).isBetween(0, cut);
            }
        }
    }

    @ParameterizedTest @MethodSource("messages")
    void flippedBytesAreReadOrRefusedAndCostLittle(AllMessages.Kind kind) {
        var random = new Random(kind.name().hashCode());
        for (int round = 0; round < 60; round++) {
            short version = (short) random.nextInt(kind.lowest(), kind.highest() + 1);
            byte[] bytes = sample(kind, version, round);
            if (bytes.length == 0) continue;
            for (int flips = random.nextInt(1, 6); flips > 0; flips--) bytes[random.nextInt(bytes.length)] = EVIL[random.nextInt(EVIL.length)];
            long before = Allocation.soFar();
            refusal(kind, ByteBuffer.wrap(bytes), version);
            assertThat(Allocation.soFar() - before).as("bytes allocated for %d bytes of %s version %d", bytes.length, kind, version).isLessThan(100_000 + 200L * bytes.length);
        }
    }

    @ParameterizedTest @MethodSource("messages")
    void versionsOutsideItsRangeAreRefused(AllMessages.Kind kind) {
        for (int version : new int[] {kind.lowest() - 1, kind.highest() + 1, Short.MIN_VALUE, Short.MAX_VALUE}) {
            MalformedMessage refused = refusal(kind, ByteBuffer.allocate(64), (short) version);
            assertThat(refused).as("%s version %d", kind, version).hasMessageContaining("only versions " + kind.lowest() + " to " + kind.highest());
        }
    }

    // ---- counts ----

    @Test void anArrayThatCannotFitIsRefusedBeforeAnythingIsAllocated() {
        long before = Allocation.soFar();
        MalformedMessage refused = refusal(() -> MetadataRequest.read(reader("MetadataRequest", 4, bytes("000F4240 0000")), (short) 4));
        assertThat(Allocation.soFar() - before).isLessThan(50_000);
        assertThat(refused).hasMessage("MetadataRequest version 4, field topics at byte 4: an array of 1000000 elements does not fit in the 2 bytes that are left");
    }

    @Test void anArrayOfMoreThanAMillionElementsIsRefusedEvenIfItsBytesAreThere() {
        ByteBuffer frame = ByteBuffer.allocate(4 + 2 * 1_000_001).putInt(0, 1_000_001);
        assertThat(refusal(() -> MetadataRequest.read(reader("MetadataRequest", 4, frame), (short) 4))).hasMessageContaining("longer than 1000000");
    }

    @Test void aNegativeCountThatIsNotNullIsRefused() {
        assertThat(refusal(() -> MetadataRequest.read(reader("MetadataRequest", 4, bytes("FFFFFFFE 00")), (short) 4))).hasMessageContaining("an array of -2 elements");
    }

    @Test void aCompactCountBeyondThirtyOneBitsIsRefused() {
        assertThat(refusal(() -> MetadataRequest.read(reader("MetadataRequest", 9, bytes("FFFFFFFF0F 00")), (short) 9))).hasMessageContaining("4294967294");
    }

    @Test void aNumberThatNeverEndsIsRefused() {
        assertThat(refusal(() -> MetadataRequest.read(reader("MetadataRequest", 9, bytes("808080808000")), (short) 9))).hasMessageContaining("goes on after 5 bytes");
    }

    // ---- lengths ----

    @Test void aStringLongerThanTheRestIsRefused() {
        assertThat(refusal(() -> RequestHeader.read(reader("RequestHeader", 1, bytes("0012 0000 00000007 0010 6162")), (short) 1)))
            .hasMessage("RequestHeader version 1, field clientId at byte 10: 16 bytes do not fit in the 2 bytes that are left");
    }

    @Test void aNegativeLengthThatIsNotNullIsRefused() {
        assertThat(refusal(() -> RequestHeader.read(reader("RequestHeader", 1, bytes("0012 0000 00000007 FFFE")), (short) 1))).hasMessageContaining("a length of -2 bytes");
        assertThat(refusal(() -> SaslAuthenticateRequest.read(reader("SaslAuthenticateRequest", 0, bytes("80000000")), (short) 0))).hasMessageContaining("a length of -2147483648 bytes");
    }

    @Test void nullWhereTheVersionDoesNotAllowItIsRefused() {
        assertThat(refusal(() -> SaslAuthenticateRequest.read(reader("SaslAuthenticateRequest", 0, bytes("FFFFFFFF")), (short) 0)))
            .hasMessageContaining("field authBytes").hasMessageContaining("null, which this version does not allow");
        assertThat(refusal(() -> MetadataRequest.read(reader("MetadataRequest", 0, bytes("FFFFFFFF")), (short) 0))).hasMessageContaining("null, which this version does not allow");
    }

    @Test void aCompactStringLongerThanStringsMayBeIsRefused() {
        ByteBuffer frame = ByteBuffer.allocate(70_000).put(new byte[] {(byte) 0x81, (byte) 0x80, 0x02}).rewind();     // length 32,768
        assertThat(refusal(() -> reader("Any", 1, frame).string("name", true))).hasMessageContaining("longer than 32767");
    }

    // ---- tags ----

    @Test void tenThousandUnknownTagsAreSkippedAndOneMoreIsRefused() {
        assertThat(ApiVersionsRequest.read(reader("ApiVersionsRequest", 3, tags(10_000)), (short) 3).clientSoftwareName()).isEqualTo("a");
        assertThat(refusal(() -> ApiVersionsRequest.read(reader("ApiVersionsRequest", 3, tags(10_001)), (short) 3))).hasMessageContaining("10001 tagged fields are more than 10000");
    }

    @Test void moreTagsThanFitAreRefused() {
        assertThat(refusal(() -> ApiVersionsRequest.read(reader("ApiVersionsRequest", 3, bytes("0261 0262 9001 0000")), (short) 3))).hasMessageContaining("144 tagged fields do not fit");
    }

    @Test void aTagThatReachesBeyondTheMessageIsRefused() {
        assertThat(refusal(() -> ApiVersionsRequest.read(reader("ApiVersionsRequest", 3, bytes("0261 0262 01 63 05 00")), (short) 3)))
            .hasMessageContaining("(tag 99)").hasMessageContaining("a payload of 5 bytes does not fit");
    }

    @Test void aKnownTagMustFillItsPayloadAndMayNotLeaveIt() {
        // FetchRequest's tag 1 is a ReplicaState: 4 + 8 bytes and the count of its own tags, 13 in all.
        byte[] fetch = HEX.parseHex("00000000" + "00000000" + "00000000" + "00" + "00000000" + "00000000" + "01" + "01" + "01" + "01" + "01" + "0D" + "00000001" + "0000000000000002" + "00");
        assertThat(fetchVersion15(fetch)).isNull();
        byte[] tooLong = Arrays.copyOf(fetch, fetch.length + 1);
        tooLong[tooLong.length - 15] = 0x0E;
        assertThat(fetchVersion15(tooLong)).hasMessageContaining("(tag 1)").hasMessageContaining("1 bytes of the payload are left over");
        byte[] tooShort = fetch.clone();
        tooShort[tooShort.length - 14] = 0x0C;
        assertThat(fetchVersion15(tooShort)).hasMessageContaining("(tagged fields)");
    }

    @Test void aRefusalIsCheapBecausePeersDecideHowOftenItHappens() {
        assertThat(refusal(() -> reader("Any", 0, bytes("00")).int32("x")).getStackTrace()).isEmpty();
    }

    @Test void opaqueBytesOutliveTheirFrame() {
        byte[] frame = HEX.parseHex("00000003" + "616263");
        ByteBuffer token = SaslAuthenticateRequest.read(reader("SaslAuthenticateRequest", 0, ByteBuffer.wrap(frame)), (short) 0).authBytes();
        Arrays.fill(frame, (byte) 0);
        assertThat(token).isEqualTo(ByteBuffer.wrap(new byte[] {'a', 'b', 'c'}));
        assertThat(token.isReadOnly()).isTrue();
        assertThat(token.isDirect()).isFalse();
    }

    @Test void whoReadsOpaqueBytesDoesNotMoveThemForOthers() {
        var request = SyncGroupRequest.SyncGroupRequestAssignment.builder().assignment(ByteBuffer.wrap(new byte[] {1, 2, 3})).build();
        request.assignment().get();
        assertThat(request.assignment().remaining()).isEqualTo(3);
    }

    // ---- tools ----

    private static final java.util.HexFormat HEX = java.util.HexFormat.of();
    private static final byte[] EVIL = {0, 1, 2, 0x7f, (byte) 0x80, (byte) 0xff, (byte) 0xfe, 0x10, 0x40};

    private static MalformedMessage fetchVersion15(byte[] bytes) {
        return refusal(() -> ApiKey.FETCH.readRequest(reader("FetchRequest", 15, ByteBuffer.wrap(bytes)), (short) 15));
    }

    private static ByteBuffer tags(int count) {
        var out = ByteBuffer.allocate(2 * count + 16);
        BufferWriter writer = BufferWriter.copyingInto(out);
        writer.string("a", true);
        writer.string("b", true);
        writer.unsignedVarint(count);
        for (int i = 0; i < count; i++) {
            writer.unsignedVarint(100);
            writer.unsignedVarint(0);
        }
        return out.flip();
    }

    private static byte[] sample(AllMessages.Kind kind, short version, int seed) {
        var oracle = new ApacheOracle(kind);
        return oracle.write(oracle.random(version, new Random(seed), 0), version);
    }

    private static WireReader reader(String name, int version, ByteBuffer bytes) {
        return WireReader.of(bytes, name, version);
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HEX.parseHex(hex.replace(" ", "")));
    }

    private static MalformedMessage refusal(AllMessages.Kind kind, ByteBuffer bytes, short version) {
        return refusal(() -> kind.read(WireReader.of(bytes, kind.name(), version), version));
    }

    /// @return the refusal, or null when it was read; anything else that is thrown fails the test
    private static MalformedMessage refusal(Runnable reading) {
        try {
            reading.run();
            return null;
        } catch (MalformedMessage refused) {
            return refused;
        }
    }
}
