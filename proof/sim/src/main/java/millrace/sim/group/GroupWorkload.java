package millrace.sim.group;

import java.util.ArrayList;
import java.util.List;
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

/// One or two groups at a coordinator: a while of churn and trouble, then peace, in which every group becomes stable and each of its
/// partitions has an owner; then the laws are checked.
public final class GroupWorkload {
    private static final long TROUBLE_NANOS = 90_000_000_000L;
    private static final long PEACE_NANOS = 90_000_000_000L;
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

    private record Group(String id, int partitions, GroupHistory history, List<GroupMember> members, OffsetReader reader) {}

    private final World world;
    private final FaultPlan faults;
    private final Chance chance;
    private final GroupNode node;
    private final List<Group> groups = new ArrayList<>();
    private boolean peaceful;

    public GroupWorkload(World world, FaultPlan faults, Nodes nodes) {
        this.world = world;
        this.faults = faults;
        this.chance = world.chance().split();
        this.node = nodes.of(world, new GroupSettings(1_000, 60_000, chance.oneOf(0, 500, 3_000), 100, 4_096, FOREVER_MS, FOREVER_MS, 60_000, 1_048_576, 262_144,
                ConsumerSettings.DEFAULTS));
        int count = chance.between(1, 2);
        for (int i = 0; i < count; i++) groups.add(group("group-" + i));
    }

    private Group group(String id) {
        var history = new GroupHistory();
        int partitions = chance.between(1, 8);
        List<GroupMember> members = new ArrayList<>();
        int count = chance.between(1, 5);
        for (int i = 0; i < count; i++) {
            // Two processes may be given one instance id by mistake: then they fence each other.
            String instanceId = chance.perMille(400) ? "instance-" + (chance.perMille(150) ? 0 : i) : null;
            members.add(new GroupMember(world, node, history, id, i, instanceId, partitions));
        }
        return new Group(id, partitions, history, members, new OffsetReader(world, node, history, id, partitions));
    }

    public static FaultPlan draw(World world) {
        return world.faults(Fault.PROCESS_CRASH, Fault.PAUSE, Fault.CLOCK_JUMP, Fault.CLOCK_DRIFT, Fault.LATE_TIMERS, Fault.DISK_FULL);
    }

    /// Besides, what may happen to a coordinator whose log is on a disk.
    public static FaultPlan drawWithDisk(World world) {
        return world.faults(Fault.PROCESS_CRASH, Fault.POWER_LOSS, Fault.PAUSE, Fault.CLOCK_JUMP, Fault.CLOCK_DRIFT, Fault.LATE_TIMERS, Fault.INTERLEAVING, Fault.SLOW_DISK,
                Fault.READ_ERROR, Fault.WRITE_ERROR, Fault.SYNC_ERROR, Fault.DISK_FULL);
    }

    /// Runs the story to its end. The laws are asked for by [#check].
    public GroupWorkload run() {
        node.start();
        for (Group group : groups) {
            group.members().forEach(GroupMember::begin);
            group.reader().begin();
        }
        tick();
        world.run(TROUBLE_NANOS);
        peaceful = true;
        faults.heal();
        node.node().platter().grow();
        world.note("peace");
        for (Group group : groups) group.members().forEach(GroupMember::settle);
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

    private void strike(Node machine) {
        if (faults.strikes(Fault.PROCESS_CRASH)) die(machine, false);
        if (faults.strikes(Fault.POWER_LOSS)) die(machine, true);
        if (faults.strikes(Fault.PAUSE)) machine.pause(chance.between(0, LONGEST_PAUSE_NANOS));
        if (faults.strikes(Fault.CLOCK_JUMP)) machine.clock().jumpMs(chance.oneOf(-HOUR_MS, HOUR_MS, 30 * 24 * HOUR_MS, -30 * 24 * HOUR_MS));
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

    private void trouble(GroupMember member) {
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
        for (GroupMember member : group.members()) {
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

    public List<GroupHistory> histories() {
        return groups.stream().map(Group::history).toList();
    }

    /// @throws SimulationFailed when a law is broken
    public void check() {
        Violation.refuse(violations());
    }

    public List<Violation> violations() {
        return groups.stream().flatMap(group -> GroupChecker.all().stream().flatMap(checker -> checker.violations(group.history()).stream())).toList();
    }
}
