package millrace.sim.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import millrace.group.command.ConsumerSettings;
import millrace.group.command.GroupSettings;
import millrace.sim.Chance;
import millrace.sim.Fault;
import millrace.sim.FaultPlan;
import millrace.sim.Node;
import millrace.sim.SimulationFailed;
import millrace.sim.Violation;
import millrace.sim.World;
import millrace.sim.log.WholeNode;
import millrace.sim.net.Cuts;

/// One or two groups at a coordinator: a while of churn and trouble, then peace, in which every group becomes stable and each of its
/// partitions has an owner; then the laws are checked.
public final class GroupWorkload {
    private static final long TROUBLE_NANOS = 90_000_000_000L;
    private static final long TROUBLE_WITH_CONSUMERS_NANOS = 40_000_000_000L;
    private static final long PEACE_NANOS = 90_000_000_000L;
    private static final long WRITE_NANOS = 60_000_000;
    private static final long TICK_NANOS = 250_000_000;
    private static final long LONGEST_PAUSE_NANOS = 10_000_000_000L;
    private static final int FARTHEST_DISK_CALL = 40;
    private static final long HOUR_MS = 3_600_000L;
    private static final long FOREVER_MS = 100L * 365 * 24 * HOUR_MS;

    /// Makes the coordinator under test; a test of the checkers makes one with a planted bug.
    @FunctionalInterface
    public interface Nodes {
        GroupNode of(World world, GroupSettings settings);
    }

    /// @param consumers null for a classic group
    private record Group(String id, int partitions, GroupHistory history, ConsumerHistory consumers, List<Member> members, OffsetReader reader) {
        List<Violation> violations() {
            if (consumers == null) return GroupChecker.all().stream().flatMap(checker -> checker.violations(history).stream()).toList();
            List<Violation> found = new ArrayList<>(ConsumerLaws.violations(consumers, history));
            found.addAll(new CommittedOffsets().violations(history));
            return found;
        }
    }

    private final World world;
    private final FaultPlan faults;
    private final Chance chance;
    private final GroupNode node;
    private final List<Group> groups = new ArrayList<>();
    private final boolean withConsumers;
    private boolean peaceful;
    private long written;

    /// Classic groups alone.
    public GroupWorkload(World world, FaultPlan faults, Nodes nodes) {
        this(world, faults, nodes, false);
    }

    /// @param withConsumers whether there are groups of the consumer protocol too
    public GroupWorkload(World world, FaultPlan faults, Nodes nodes, boolean withConsumers) {
        this.world = world;
        this.faults = faults;
        this.withConsumers = withConsumers;
        this.chance = world.chance().split();
        this.node = nodes.of(world, new GroupSettings(1_000, 60_000, chance.oneOf(0, 500, 3_000), 100, 4_096, FOREVER_MS, FOREVER_MS, 60_000, 4_000, 1_048_576, 262_144,
                ConsumerSettings.DEFAULTS));
        int count = chance.between(1, 2);
        for (int i = 0; i < count; i++) groups.add(withConsumers && (i == 0 || chance.coin()) ? consumers("consumers-" + i) : group("group-" + i));
    }

    private Group group(String id) {
        var history = new GroupHistory();
        int partitions = chance.between(1, 8);
        List<Member> members = new ArrayList<>();
        int count = chance.between(1, 5);
        for (int i = 0; i < count; i++) {
            // Two processes may be given one instance id by mistake: then they fence each other.
            String instanceId = chance.perMille(400) ? "instance-" + (chance.perMille(150) ? 0 : i) : null;
            members.add(new GroupMember(world, node, history, id, i, instanceId, partitions));
        }
        return new Group(id, partitions, history, null, members, new OffsetReader(world, node, history, id, partitions));
    }

    /// A group of the consumer protocol, which has all of the topic.
    private Group consumers(String id) {
        var history = new GroupHistory();
        var consumers = new ConsumerHistory();
        List<Member> members = new ArrayList<>();
        int count = chance.between(1, 5);
        for (int i = 0; i < count; i++) members.add(new ConsumerMember(world, node, consumers, history, id, i, chance.perMille(300) ? "instance-" + i : null));
        return new Group(id, WireNode.PARTITIONS, history, consumers, members, new OffsetReader(world, node, history, id, WireNode.PARTITIONS));
    }

    public static FaultPlan draw(World world) {
        return world.faults(Fault.PROCESS_CRASH, Fault.PAUSE, Fault.CLOCK_JUMP, Fault.CLOCK_DRIFT, Fault.LATE_TIMERS, Fault.DISK_FULL);
    }

    /// Besides, what may happen to a coordinator whose log is on a disk.
    public static FaultPlan drawWithDisk(World world) {
        return world.faults(Fault.PROCESS_CRASH, Fault.POWER_LOSS, Fault.PAUSE, Fault.CLOCK_JUMP, Fault.CLOCK_DRIFT, Fault.LATE_TIMERS, Fault.INTERLEAVING, Fault.SLOW_DISK,
                Fault.READ_ERROR, Fault.WRITE_ERROR, Fault.SYNC_ERROR, Fault.DISK_FULL);
    }

    /// Besides, what may happen to a whole node and to the connections of its clients.
    public static FaultPlan drawWithNetwork(World world) {
        return world.faults(Fault.PROCESS_CRASH, Fault.POWER_LOSS, Fault.PAUSE, Fault.CLOCK_JUMP, Fault.CLOCK_DRIFT, Fault.LATE_TIMERS, Fault.INTERLEAVING, Fault.SLOW_DISK,
                Fault.CONNECTION_RESET, Fault.NETWORK_PARTITION, Fault.SLOW_NETWORK);
    }

    /// Runs the story to its end. The laws are asked for by [#check].
    public GroupWorkload run() {
        node.start();
        for (Group group : groups) {
            group.members().forEach(Member::begin);
            group.reader().begin();
        }
        tick();
        if (withConsumers) write();
        world.run(withConsumers ? TROUBLE_WITH_CONSUMERS_NANOS : TROUBLE_NANOS);
        peaceful = true;
        faults.heal();
        world.network().joinAll();
        node.node().platter().grow();
        world.note("peace");
        for (Group group : groups) group.members().forEach(Member::settle);
        for (Group group : groups) {
            peace(() -> isWhole(group), "every partition of " + group.id() + " has an owner: " + group.members());
            int answers = group.reader().answers();
            peace(() -> group.reader().answers() > answers, "the committed offsets of " + group.id() + " can be read");
        }
        return this;
    }

    private void tick() {
        world.at(TICK_NANOS, () -> {
            if (peaceful) return;
            strike(node.node());
            for (Group group : groups) trouble(chance.pick(group.members()));
            tick();
        });
    }

    /// What members of the consumer protocol read.
    private void write() {
        world.at(chance.heavyTailed(WRITE_NANOS), () -> {
            if (peaceful) return;
            if (node.isServing()) node.write(chance.below(WireNode.PARTITIONS), ++written);
            write();
        });
    }

    private void strike(Node machine) {
        if (faults.strikes(Fault.PROCESS_CRASH)) die(machine, false);
        if (faults.strikes(Fault.POWER_LOSS)) die(machine, true);
        if (faults.strikes(Fault.PAUSE)) machine.pause(chance.between(0, LONGEST_PAUSE_NANOS));
        if (faults.strikes(Fault.CLOCK_JUMP)) machine.clock().jumpMs(chance.oneOf(-HOUR_MS, HOUR_MS, 30 * 24 * HOUR_MS, -30 * 24 * HOUR_MS));
        if (faults.strikes(Fault.NETWORK_PARTITION)) Cuts.strike(world, chance, WholeNode.CLIENTS, machine.name(), LONGEST_PAUSE_NANOS);
        if (faults.strikes(Fault.DISK_FULL)) {
            machine.platter().leaveFreeBytes(chance.between(0, 3_000));
            world.at(chance.between(0, LONGEST_PAUSE_NANOS), machine.platter()::grow);
        }
    }

    private void die(Node machine, boolean power) {
        if (chance.coin()) machine.dieInsideDiskCall(chance.between(1, FARTHEST_DISK_CALL), power);
        else if (power) machine.powerLoss();
        else machine.crash();
    }

    private void trouble(Member member) {
        switch (chance.below(100)) {
            case 0, 1 -> member.hang();
            case 2 -> member.die();
            case 3 -> member.leave();
            default -> { }
        }
    }

    /// Members with one instance id between them fence each other for ever; then there is no whole to wait for.
    private static boolean isWhole(Group group) {
        var owned = new TreeSet<Integer>();
        for (Member member : group.members()) {
            if (member.isStable()) owned.addAll(member.owned());
        }
        return owned.size() == group.partitions();
    }

    private void peace(BooleanSupplier until, String what) {
        if (!world.runUntil(until, PEACE_NANOS)) throw new SimulationFailed("liveness: not within " + PEACE_NANOS / 1_000_000_000 + " s after healing: " + what);
    }

    public GroupNode node() {
        return node;
    }

    /// @return of groups of the consumer protocol
    public List<ConsumerHistory> consumerHistories() {
        return groups.stream().map(Group::consumers).filter(Objects::nonNull).toList();
    }

    public List<GroupHistory> histories() {
        return groups.stream().map(Group::history).toList();
    }

    /// @throws SimulationFailed when a law is broken
    public void check() {
        Violation.refuse(violations());
    }

    public List<Violation> violations() {
        return groups.stream().flatMap(group -> group.violations().stream()).toList();
    }
}
