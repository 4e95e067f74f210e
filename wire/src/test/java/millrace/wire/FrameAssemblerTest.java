package millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

class FrameAssemblerTest {
    private static final int MAX = 200_000;

    private final RequestMemory memory = RequestMemory.undivided(1 << 20);
    private final List<RequestMemory.Lease> granted = new ArrayList<>();
    private final List<Short> keys = new ArrayList<>();
    private boolean open = true;
    private final FrameAssembler assembler = new FrameAssembler(memory, 8, new FrameAssembler.Owner() {
        @Override public int maxFrameBytes() {
            return MAX;
        }

        @Override public boolean mayBegin(short apiKey) {
            if (open) keys.add(apiKey);
            return open;
        }

        @Override public void memoryGranted(RequestMemory.Lease lease) {
            granted.add(lease);
        }
    });

    @Test void everySegmentationYieldsTheSameFrames() {
        for (int seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            List<byte[]> frames = randomFrames(random);
            assertThat(cut(random, Peer.concat(frames.stream().map(FrameAssemblerTest::framed).toArray(byte[][]::new))))
                .as("seed %d", seed).usingElementComparator(java.util.Arrays::compare).isEqualTo(frames);
            assertThat(memory.usedBytes()).isZero();
            assertThat(assembler.isUnfinished()).isFalse();
        }
    }

    @Test void aFrameThatHasComeWholeIsAWritableViewOfTheIncomingBuffer() {
        ByteBuffer in = ByteBuffer.wrap(framed(new byte[100]));
        ByteBuffer frame = assembler.next(in);
        frame.put(50, (byte) 7);
        assertThat(in.get(54)).isEqualTo((byte) 7);
        assertThat(memory.usedBytes()).isZero();
        assertThat(in.hasRemaining()).isFalse();
    }

    @Test void aGatheredFrameIsWritableToo() {
        byte[] bytes = framed(new byte[100]);
        assertThat(assembler.next(ByteBuffer.wrap(bytes, 0, 60))).isNull();
        ByteBuffer frame = assembler.next(ByteBuffer.wrap(bytes, 60, bytes.length - 60));
        frame.put(99, (byte) 7);
        assertThat(frame.remaining()).isEqualTo(100);
        assembler.done();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test void whoOnlyAnnouncesALargeFrameHoldsLittleMemory() {
        byte[] large = framed(new byte[MAX]);
        assembler.next(ByteBuffer.wrap(large, 0, 10));
        assertThat(memory.usedBytes()).isEqualTo(RequestMemory.SMALLEST_BYTES);
        assembler.next(ByteBuffer.wrap(large, 10, 5_000));
        assertThat(memory.usedBytes()).isLessThanOrEqualTo(5_010 * 20);
        assembler.next(ByteBuffer.wrap(large, 5_010, 100_000));
        assertThat(memory.usedBytes()).isEqualTo(RequestMemory.capacityFor(MAX));
        assembler.close();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test void lengthsThatNoFrameHasAreRefused() {
        for (int length : new int[] {-1, Integer.MIN_VALUE, 0, 7, MAX + 1, Integer.MAX_VALUE}) {
            var fresh = new FrameAssembler(memory, 8, new Everything());
            assertThatThrownBy(() -> fresh.next(ByteBuffer.allocate(4).putInt(length).flip()))
                .isInstanceOf(BadFrame.class).hasMessageContaining("frame of " + length + " bytes");
        }
    }

    @Test void aRefusalGuessesWhatTheBytesAre() {
        assertThatThrownBy(() -> assembler.next(ByteBuffer.wrap("GET / HTTP/1.1\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII))))
            .hasMessageContaining("HTTP");
        var fresh = new FrameAssembler(memory, 8, new Everything());
        assertThatThrownBy(() -> fresh.next(ByteBuffer.wrap(new byte[] {0x16, 3, 1, 2, 0, 1}))).hasMessageContaining("TLS");
    }

    @Test void behindAClosedGateBytesStayAndNoMemoryIsTaken() {
        open = false;
        ByteBuffer in = ByteBuffer.wrap(framed(new byte[] {0, 3, 0, 0, 0, 0, 0, 1}));
        assertThat(assembler.next(in)).isNull();
        assertThat(in.remaining()).isEqualTo(8);
        assertThat(memory.usedBytes()).isZero();
        open = true;
        assertThat(assembler.next(in).remaining()).isEqualTo(8);
        assertThat(keys).containsExactly((short) 3);
    }

    @Test void whenMemoryIsShortBytesStayUntilItIsGranted() {
        RequestMemory.Lease others = memory.take(1 << 20, null);
        RequestMemory.Lease overdraft = memory.take(1 << 20, null);
        ByteBuffer in = ByteBuffer.wrap(framed(new byte[1_000])).limit(500);
        assertThat(assembler.next(in)).isNull();
        assertThat(assembler.isStarved()).isTrue();
        assertThat(in.remaining()).isEqualTo(496);
        overdraft.giveBack();
        assembler.accept(granted.removeFirst());
        assertThat(assembler.next(in)).isNull();
        in.limit(1_004);
        assertThat(assembler.next(in).remaining()).isEqualTo(1_000);
        assembler.done();
        others.giveBack();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test void closingWhileStarvedLeavesTheQueue() {
        RequestMemory.Lease others = memory.take(1 << 20, null);
        RequestMemory.Lease overdraft = memory.take(1 << 20, null);
        assembler.next(ByteBuffer.wrap(framed(new byte[1_000])).limit(500));
        assembler.close();
        others.giveBack();
        overdraft.giveBack();
        assertThat(granted).isEmpty();
        assertThat(memory.usedBytes()).isZero();
    }

    private List<byte[]> cut(Random random, byte[] stream) {
        var frames = new ArrayList<byte[]>();
        int from = 0;
        while (from < stream.length) {
            int most = random.nextInt(3) == 0 ? 3 : random.nextInt(3) == 0 ? 1_000 : stream.length;
            int size = Math.min(stream.length - from, 1 + random.nextInt(most));
            ByteBuffer in = random.nextBoolean() ? ByteBuffer.allocateDirect(size).put(stream, from, size).flip() : ByteBuffer.wrap(stream, from, size);
            for (ByteBuffer frame = assembler.next(in); frame != null; frame = assembler.next(in)) {
                byte[] copy = new byte[frame.remaining()];
                frame.get(copy);
                frames.add(copy);
                assembler.done();
            }
            assertThat(in.hasRemaining()).isFalse();
            from += size;
        }
        return frames;
    }

    private static List<byte[]> randomFrames(Random random) {
        var frames = new ArrayList<byte[]>();
        for (int i = random.nextInt(12); i >= 0; i--) {
            byte[] frame = new byte[8 + random.nextInt(switch (random.nextInt(4)) { case 0 -> 10; case 1 -> 200; case 2 -> 6_000; default -> MAX - 8; })];
            random.nextBytes(frame);
            frames.add(frame);
        }
        return frames;
    }

    private static byte[] framed(byte[] frame) {
        return ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array();
    }

    private static final class Everything implements FrameAssembler.Owner {
        @Override public int maxFrameBytes() {
            return MAX;
        }

        @Override public boolean mayBegin(short apiKey) {
            return true;
        }

        @Override public void memoryGranted(RequestMemory.Lease lease) {
            throw new AssertionError();
        }
    }
}
