package millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import millrace.protocol.ApiKey;
import millrace.protocol.message.JoinGroupRequest;

import org.junit.jupiter.api.Test;

/// Valid sessions with bytes changed, cut, repeated and swapped, each from a seed: whatever comes, nothing but the connection it
/// came over is affected, nothing is left behind, and no failure is our own.
class HostileBytesTest {
    /// More for a longer night: `-Dsurefire.argLine=-Dmillrace.sessions=1000000`.
    private static final int SESSIONS = Integer.getInteger("millrace.sessions", 4_000);
    private static final long MEMORY_BYTES = 8 << 20;

    @Test void mutatedSessionsHurtNobody() {
        for (int batch = 0; batch < SESSIONS / 100; batch++) {
            var node = new Node(ListenerSettings.DEFAULTS.withMaxRequestBytes(1 << 20), new Random(batch), MEMORY_BYTES, ConnectionLimits.none(), Features.none());
            Peer honest = node.connect();
            for (int i = 0; i < 100; i++) {
                int seed = batch * 100 + i;
                hostileSession(node, new Random(seed));
                honest.sends(ServerConnectionTest.metadata(i));
                assertThat(honest.answered()).as("seed %d", seed).hasSize(i + 1);
                assertThat(node.tally.failed).as("seed %d: %s", seed, node.lines).isZero();
            }
            assertThat(node.listener.openConnections()).isEqualTo(1);
            assertThat(node.lines).allMatch(line -> line.startsWith("Closing the connection"));
            assertThat(node.memory.usedBytes()).isZero();
            assertThat(node.waiters()).isZero();
        }
    }

    @Test void tenThousandConnectionsWithHalfAFrameStayWithinTheBudget() {
        var node = new Node(ListenerSettings.DEFAULTS, null, MEMORY_BYTES, ConnectionLimits.none(), Features.none());
        byte[] announced = ByteBuffer.allocate(64).putInt(50 << 20).array();
        var peers = new ArrayList<Peer>();
        for (int i = 0; i < 10_000; i++) peers.add(node.connect().sends(announced));
        assertThat(node.memory.usedBytes()).isLessThan(MEMORY_BYTES + (1 << 20) + 10_000 * 64);
        assertThat(node.connect().sends(ServerConnectionTest.metadata(1)).answered()).containsExactly(1);
        for (Peer each : peers) each.goesAway();
        assertThat(node.memory.usedBytes()).isZero();
    }

    private static void hostileSession(Node node, Random random) {
        Peer peer = node.connect();
        List<byte[]> session = session(random);
        for (int i = random.nextInt(3); i >= 0; i--) mutate(session, random);
        for (byte[] message : session) {
            peer.sends(message);
            if (random.nextInt(4) == 0) acknowledge(node);
            if (random.nextInt(20) == 0) node.loop.advance(random.nextInt(40_000));
        }
        acknowledge(node);
        if (!peer.closed) peer.goesAway();
    }

    private static List<byte[]> session(Random random) {
        var session = new ArrayList<byte[]>();
        session.add(Peer.bytes(0, 3, ServerConnectionTest.hello()));
        for (int i = 1; i <= 1 + random.nextInt(6); i++) {
            session.add(switch (random.nextInt(5)) {
                case 0 -> ServerConnectionTest.metadata(i);
                case 1 -> ServerConnectionTest.produce(i, "p");
                case 2 -> ServerConnectionTest.produceOf(i, random.nextInt(20_000));
                case 3 -> Peer.bytes(i, 5, JoinGroupRequest.builder().groupId("g").build());
                default -> Peer.bytes(i, 12, ServerConnectionTest.fetch(random.nextInt(500)));
            });
        }
        return session;
    }

    private static void mutate(List<byte[]> session, Random random) {
        int at = random.nextInt(session.size());
        byte[] message = session.get(at).clone();
        if (message.length < 8) return;     // cut short already
        switch (random.nextInt(9)) {
            case 0 -> message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> message[random.nextInt(Math.min(24, message.length))] = (byte) random.nextInt(256);
            case 2 -> message = Arrays.copyOf(message, random.nextInt(message.length));
            case 3 -> ByteBuffer.wrap(message).putInt(0, random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(1 << 16));
            case 4 -> ByteBuffer.wrap(message).putShort(4, (short) (random.nextBoolean() ? random.nextInt(100) : random.nextInt()));
            case 5 -> ByteBuffer.wrap(message).putShort(6, (short) random.nextInt(20));
            case 6 -> session.add(random.nextInt(session.size()), message);
            case 7 -> {     // a body of another API
                byte[] other = session.get(random.nextInt(session.size()));
                message = Peer.concat(Arrays.copyOf(message, 8), Arrays.copyOfRange(other, Math.min(8, other.length), other.length));
                ByteBuffer.wrap(message).putInt(0, message.length - 4).putShort(4, ApiKey.FETCH.id());
            }
            default -> {
                byte[] noise = new byte[1 + random.nextInt(300)];
                random.nextBytes(noise);
                message = Peer.concat(message, noise);
            }
        }
        session.set(at, message);
    }

    private static void acknowledge(Node node) {
        for (Pending<Integer> each : List.copyOf(node.produced)) each.complete(1);
        for (Pending<Integer> each : List.copyOf(node.joined)) each.complete(1);
        node.loop.run();
    }
}
