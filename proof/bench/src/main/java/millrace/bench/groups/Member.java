package millrace.bench.groups;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import millrace.common.Uuid;

/// One member of a group, on a thread and a connection of its own, from its coming to its going.
abstract sealed class Member implements Runnable permits ClassicMember, ConsumerMember {
    /// @param topics name ─▶ id; a partition's number counts on through all of them, in this order
    record Party(InetSocketAddress broker, String group, Map<String, Uuid> topics, int partitionsOfEach, int members, Board board) {
        int partitions() {
            return topics.size() * partitionsOfEach;
        }

        List<String> topicNames() {
            return List.copyOf(topics.keySet());
        }

        List<Uuid> topicIds() {
            return List.copyOf(topics.values());
        }
    }

    final Party party;
    final int number;
    private final CountDownLatch leaving = new CountDownLatch(1);
    private volatile long leftNs;

    Member(Party party, int number) {
        this.party = party;
        this.number = number;
    }

    /// Comes, stays until [#leave], and goes.
    @Override public final void run() {
        try (var link = new Link(party.broker(), "member-" + number)) {
            stay(link);
        } catch (IOException | InterruptedException | RuntimeException e) {
            party.board().failed("member " + number + " fails: " + e);
        }
    }

    abstract void stay(Link link) throws IOException, InterruptedException;

    /// Asks it to go, from any thread.
    final void leave() {
        leaving.countDown();
    }

    final boolean isLeaving() {
        return leaving.getCount() == 0;
    }

    /// Rests until the next heartbeat is due or it is to go.
    final void rest(long untilNs) throws InterruptedException {
        leaving.await(untilNs - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /// Members that have been there for long send their heartbeats at all times; those that have come together would send them together.
    /// @return a part of the interval that is this member's own
    final long spread(long intervalNs) {
        return intervalNs * (number + 1) / party.members();
    }

    final void saysThatItLeaves() {
        leftNs = System.nanoTime();
        party.board().left(number);
    }

    /// @return when it said so
    final long leftNs() {
        return leftNs;
    }
}
