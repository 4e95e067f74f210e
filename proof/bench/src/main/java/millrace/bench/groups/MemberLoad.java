package millrace.bench.groups;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// One group with very many members: they come, they rest, and one after the other leaves.
final class MemberLoad {
    enum Protocol { CLASSIC, CONSUMER }

    private static final int LEAVES = 3;
    private static final long WINDOW_MS = 10_000;
    private static final long SETTLED_WITHIN_MS = 150_000;

    private final InetSocketAddress broker;
    private final BrokerCpu cpu;
    private final Protocol protocol;
    private final int memberCount;
    private final int topics;
    private final int partitionsOfEach;

    MemberLoad(InetSocketAddress broker, BrokerCpu cpu, Protocol protocol, int members, int topics, int partitionsOfEach) {
        this.broker = broker;
        this.cpu = cpu;
        this.protocol = protocol;
        this.memberCount = members;
        this.topics = topics;
        this.partitionsOfEach = partitionsOfEach;
    }

    String run() throws IOException, InterruptedException {
        Member.Party party = prepare();
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < memberCount; i++) members.add(protocol == Protocol.CLASSIC ? new ClassicMember(party, i) : new ConsumerMember(party, i));
        String joined = join(party, members);
        Thread.sleep(WINDOW_MS);    // until the last heartbeats that belong to the joining are over
        double atRest = cpuAtRest();
        return joined + String.format(Locale.ROOT, " rest_broker_cpu_ms_per_s=%.1f ", atRest) + leave(party, members, atRest);
    }

    private Member.Party prepare() throws IOException, InterruptedException {
        String run = Long.toString(System.nanoTime(), Character.MAX_RADIX);
        String group = "crowd-" + run;
        var ids = Topics.create(broker, group + "-", topics, partitionsOfEach);
        Topics.awaitCoordinator(broker, group);
        cpu.awaitRest();
        return new Member.Party(broker, group, ids, partitionsOfEach, memberCount, new Board(memberCount, topics * partitionsOfEach));
    }

    private String join(Member.Party party, List<Member> members) throws InterruptedException {
        long cpuBefore = cpu.milliseconds();
        long beganNs = System.nanoTime();
        for (Member member : members) Thread.ofVirtual().start(member);
        Board.Settled settled = party.board().awaitSettled(memberCount, 0, SETTLED_WITHIN_MS);
        return String.format(Locale.ROOT, "join_settled_ms=%d join_broker_cpu_ms=%d", (settled.settledNs() - beganNs) / 1_000_000, cpu.milliseconds() - cpuBefore);
    }

    private double cpuAtRest() throws InterruptedException {
        long before = cpu.milliseconds();
        Thread.sleep(WINDOW_MS);
        return (cpu.milliseconds() - before) * 1_000.0 / WINDOW_MS;
    }

    /// Members leave one after the other, each when the group has settled after the one before; told are the medians. Members of the classic protocol hear of it
    /// in the answers to their heartbeats; the coordinator's own part is the round: from the last one's joining again until everybody has an assignment.
    private String leave(Member.Party party, List<Member> members, double atRest) throws InterruptedException {
        long[] wholeMs = new long[LEAVES];
        long[] settledMs = new long[LEAVES];
        long[] roundMs = new long[LEAVES];
        long[] cpuMs = new long[LEAVES];
        int epoch = party.board().awaitSettled(memberCount, 0, SETTLED_WITHIN_MS).epoch();
        for (int i = 0; i < LEAVES; i++) {
            Member leaver = members.get((i + 1) * memberCount / (LEAVES + 1));
            long cpuBefore = cpu.milliseconds();
            long beganNs = System.nanoTime();
            leaver.leave();
            Board.Settled settled = party.board().awaitSettled(memberCount - i - 1, epoch, SETTLED_WITHIN_MS);
            epoch = settled.epoch();
            wholeMs[i] = (settled.wholeNs() - leaver.leftNs()) / 1_000_000;
            settledMs[i] = (settled.settledNs() - leaver.leftNs()) / 1_000_000;
            roundMs[i] = (settled.settledNs() - settled.askedNs()) / 1_000_000;
            Thread.sleep(Math.max(0, WINDOW_MS - (System.nanoTime() - beganNs) / 1_000_000));
            long windowMs = (System.nanoTime() - beganNs) / 1_000_000;
            cpuMs[i] = Math.max(0, cpu.milliseconds() - cpuBefore - Math.round(atRest * windowMs / 1_000));
        }
        String round = protocol == Protocol.CLASSIC ? " leave_round_ms=" + median(roundMs) : "";
        return String.format(Locale.ROOT, "leave_whole_ms=%d leave_settled_ms=%d leave_broker_cpu_ms=%d", median(wholeMs), median(settledMs), median(cpuMs)) + round;
    }

    private static long median(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
