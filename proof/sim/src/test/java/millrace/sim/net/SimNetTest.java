package millrace.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import millrace.ports.EventLoop;
import millrace.ports.Net;
import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.FaultPlan;
import millrace.sim.Incarnation;
import millrace.sim.World;
import org.junit.jupiter.api.Test;

class SimNetTest {
    private static final long SECOND = 1_000_000_000L;

    /// Writes down what it hears; a server's answers with an echo.
    private static final class Ear implements Net.ConnectionDriver {
        final StringBuilder heard = new StringBuilder();
        final List<Integer> segments = new ArrayList<>();
        final boolean echo;
        Net.Link link;
        String end;

        Ear(boolean echo) {
            this.echo = echo;
        }

        @Override public void onOpen(Net.Link opened) {
            link = opened;
        }

        @Override public void onBytes(ByteBuffer bytes) {
            segments.add(bytes.remaining());
            String text = StandardCharsets.UTF_8.decode(bytes).toString();
            heard.append(text);
            if (echo) say(text);
        }

        void say(String text) {
            link.write(List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))), null);
            link.flush();
        }

        @Override public void onWritable() {}

        @Override public void onClosed(Throwable cause) {
            end = cause == null ? "orderly" : cause.getMessage();
        }
    }

    private final List<Ear> accepted = new ArrayList<>();

    private Incarnation serverOn(World world) {
        Incarnation server = world.node("server").start();
        accept(listenOn(server));
        return server;
    }

    private static Net.Listening listenOn(Incarnation server) {
        try {
            return server.net(2).listen("server", 9092);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void accept(Net.Listening listening) {
        listening.accept(link -> {
            var ear = new Ear(true);
            accepted.add(ear);
            return ear;
        });
    }

    private static Ear connect(Incarnation client) {
        Net net = client.net(1);
        EventLoop loop = net.loops().getFirst();
        var ear = new Ear(false);
        loop.execute(() -> net.connect("server", 9092, loop, ear));
        return ear;
    }

    private static void say(Ear ear, String text) {
        ear.link.loop().execute(() -> ear.say(text));
    }

    @Test void bytesComeInOrderCutIntoAnySegments() {
        var segmentCounts = new java.util.TreeSet<Integer>();
        for (long seed = 0; seed < 30; seed++) {
            World world = World.of(seed);
            serverOn(world);
            Ear client = connect(world.node("client").start());
            world.run(SECOND);
            for (int i = 0; i < 10; i++) say(client, "message " + i + ";");
            world.run(SECOND);
            assertThat(client.heard.toString()).isEqualTo("message 0;message 1;message 2;message 3;message 4;message 5;message 6;message 7;message 8;message 9;");
            segmentCounts.add(client.segments.size());
        }
        assertThat(segmentCounts).hasSizeGreaterThan(3);
    }

    @Test void aNewerConnectionMayOvertakeAnOlderOne() {
        boolean overtaken = false;
        for (long seed = 0; seed < 50 && !overtaken; seed++) {
            World world = World.of(seed);
            serverOn(world);
            Incarnation process = world.node("client").start();
            Ear older = connect(process);
            Ear newer = connect(process);
            world.run(SECOND);
            say(older, "x");
            say(newer, "y");
            overtaken = world.runUntil(() -> !newer.heard.isEmpty(), SECOND) && older.heard.isEmpty();
        }
        assertThat(overtaken).isTrue();
    }

    @Test void connectingWhereNobodyListensIsRefused() {
        World world = World.of(1);
        world.node("server").start();
        Ear client = connect(world.node("client").start());
        world.run(SECOND);
        assertThat(client.end).contains("refused");
        assertThat(client.link).isNull();
    }

    @Test void whoComesEarlyWaitsUntilItIsAccepted() {
        World world = World.of(1);
        Net.Listening listening = listenOn(world.node("server").start());
        Ear client = connect(world.node("client").start());
        world.run(SECOND);
        say(client, "early");
        Ear impatient = connect(world.node("client").running());
        world.run(SECOND);
        say(impatient, "too early");
        impatient.link.loop().execute(() -> impatient.link.close(true));
        world.run(SECOND);
        assertThat(accepted).isEmpty();
        accept(listening);
        world.run(SECOND);
        assertThat(accepted.getFirst().heard.toString()).isEqualTo("early");
        assertThat(accepted.getLast().heard.toString()).isEqualTo("too early");
        assertThat(accepted.getLast().end).isEqualTo("orderly");
    }

    @Test void whoWaitsWhenTheListenerIsClosedIsTurnedAway() {
        World world = World.of(1);
        Net.Listening listening = listenOn(world.node("server").start());
        Ear client = connect(world.node("client").start());
        world.run(SECOND);
        listening.close();
        world.run(SECOND);
        assertThat(client.end).contains("the listener was closed");
    }

    @Test void bytesWaitBehindAPartitionAndComeWhenItEnds() {
        World world = World.of(1);
        serverOn(world);
        Ear client = connect(world.node("client").start());
        world.run(SECOND);
        world.network().cut("client", "server");
        say(client, "hello");
        world.run(5 * SECOND);
        assertThat(client.heard).isEmpty();
        world.network().join("client", "server");
        world.run(SECOND);
        assertThat(client.heard.toString()).isEqualTo("hello");
    }

    @Test void aPartitionThatLastsBreaksTheConnection() {
        World world = World.of(1);
        serverOn(world);
        Ear client = connect(world.node("client").start());
        world.run(SECOND);
        world.network().cut("client", "server");
        say(client, "hello");
        world.run(60 * SECOND);
        assertThat(client.end).contains("no answer");
    }

    @Test void aResetComesAfterAnyByteAndBothEndsHearOfIt() {
        var heard = new java.util.TreeSet<Integer>();
        for (long seed = 0; seed < 60; seed++) {
            World world = World.of(seed);
            world.faults(FaultPlan.always(Chance.of(seed), 1_000, Fault.CONNECTION_RESET));
            accepted.clear();
            serverOn(world);
            Ear client = connect(world.node("client").start());
            world.run(SECOND);
            say(client, "12345");
            world.run(SECOND);
            assertThat(client.end).contains("reset");
            assertThat(accepted.getFirst().end).contains("reset");
            heard.add(accepted.getFirst().heard.length());
        }
        assertThat(heard).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test void whenAProcessDiesItsPeersHearOfIt() {
        World world = World.of(1);
        serverOn(world);
        Ear client = connect(world.node("client").start());
        world.run(SECOND);
        world.node("server").crash();
        world.run(SECOND);
        assertThat(client.end).contains("went down");
        Ear again = connect(world.node("client").running());
        world.run(SECOND);
        assertThat(again.end).contains("refused");
    }

    @Test void anOrderlyEndComesAfterWhatWasSent() {
        World world = World.of(1);
        serverOn(world);
        Ear client = connect(world.node("client").start());
        world.run(SECOND);
        client.link.loop().execute(() -> {
            client.say("last words");
            client.link.close(true);
        });
        world.run(SECOND);
        assertThat(accepted.getFirst().heard.toString()).isEqualTo("last words");
        assertThat(accepted.getFirst().end).isEqualTo("orderly");
        assertThat(client.end).isEqualTo("orderly");
    }

    @Test void aPeerThatDoesNotReadFillsTheLink() {
        World world = World.of(1);
        serverOn(world);
        Ear client = connect(world.node("client").start());
        world.run(SECOND);
        Ear server = accepted.getFirst();
        server.link.loop().execute(() -> server.link.setReading(false));
        world.run(SECOND);
        say(client, "x".repeat(100_000));
        world.run(SECOND);
        assertThat(client.link.isWritable()).isFalse();
        server.link.loop().execute(() -> server.link.setReading(true));
        world.run(SECOND);
        assertThat(client.link.isWritable()).isTrue();
        assertThat(client.heard).hasSize(100_000);
    }
}
