package millrace.bench.groups;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// What the members of one group have, by what they were told: the one place that sees all of them. Safe from any thread.
///
/// The group is whole while every partition is owned, and settled when besides all members are in the same, newest epoch (or generation) and
/// each has its share.
final class Board {
    private static final int NOBODY = -1;
    private static final int AWAY = 0;

    /// @param wholeNs since when every partition has had an owner
    /// @param settledNs since when all members have been in one epoch besides, each with its share
    /// @param askedNs when the last one asked to be counted in, where members do that
    record Settled(int epoch, long wholeNs, long settledNs, long askedNs) {}

    private final int[] ownerOf;
    private final int[] epochOf;
    private final List<List<Integer>> ownedBy = new ArrayList<>();
    /// Epoch ─▶ how many members are in it.
    private final NavigableMap<Integer, Integer> membersIn = new TreeMap<>();
    private int owned;
    private int present;
    private long wholeNs;
    private long changedNs;
    private long askedNs;
    private String failure;

    Board(int members, int partitions) {
        ownerOf = new int[partitions];
        Arrays.fill(ownerOf, NOBODY);
        epochOf = new int[members];
        for (int i = 0; i < members; i++) ownedBy.add(List.of());
    }

    /// The member has this and nothing else; it calls this before it tells the broker that it gave something up.
    synchronized void has(int member, int epoch, List<Integer> partitions) {
        for (int partition : ownedBy.get(member)) release(member, partition);
        for (int partition : partitions) take(member, partition);
        ownedBy.set(member, List.copyOf(partitions));
        moveTo(member, epoch);
        changedNs = System.nanoTime();
        notifyAll();
    }

    synchronized void isIn(int member, int epoch) {
        if (epochOf[member] == epoch) return;
        moveTo(member, epoch);
        changedNs = System.nanoTime();
        notifyAll();
    }

    /// A member asks to be counted in.
    synchronized void asks() {
        askedNs = System.nanoTime();
    }

    synchronized void left(int member) {
        has(member, AWAY, List.of());
    }

    synchronized List<Integer> of(int member) {
        return ownedBy.get(member);
    }

    private void take(int member, int partition) {
        if (ownerOf[partition] != NOBODY) failed("partition " + partition + " was given to member " + member + " while member " + ownerOf[partition] + " has it");
        ownerOf[partition] = member;
        owned++;
        if (owned == ownerOf.length) wholeNs = System.nanoTime();
    }

    private void release(int member, int partition) {
        if (ownerOf[partition] != member) return;
        ownerOf[partition] = NOBODY;
        owned--;
    }

    private void moveTo(int member, int epoch) {
        if (epochOf[member] != AWAY) {
            membersIn.merge(epochOf[member], -1, (count, less) -> count + less == 0 ? null : count + less);
            present--;
        }
        epochOf[member] = epoch;
        if (epoch == AWAY) return;
        membersIn.merge(epoch, 1, Integer::sum);
        present++;
    }

    /// @param what ends the run
    synchronized void failed(String what) {
        if (failure == null) failure = what;
        notifyAll();
    }

    /// @param members that are to be present
    /// @param afterEpoch which the group has to have left behind
    synchronized Settled awaitSettled(int members, int afterEpoch, long withinMs) throws InterruptedException {
        long untilNs = System.nanoTime() + withinMs * 1_000_000;
        while (failure == null && !isSettled(members, afterEpoch)) {
            long leftMs = (untilNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) throw new IllegalStateException("not settled within " + withinMs + " ms: " + present + " of " + members + " members, " + owned + " of "
                    + ownerOf.length + " partitions owned, members in epochs " + membersIn);
            wait(leftMs);
        }
        if (failure != null) throw new IllegalStateException(failure);
        return new Settled(membersIn.lastKey(), wholeNs, changedNs, askedNs);
    }

    private boolean isSettled(int members, int afterEpoch) {
        return present == members && owned == ownerOf.length && membersIn.size() == 1 && membersIn.lastKey() > afterEpoch && isShared(ownerOf.length / members);
    }

    /// The first one to come has all of it for a while.
    private boolean isShared(int least) {
        for (int member = 0; member < epochOf.length; member++) if (epochOf[member] != AWAY && ownedBy.get(member).size() < least) return false;
        return true;
    }
}
