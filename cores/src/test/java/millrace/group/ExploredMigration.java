package millrace.group;

import static millrace.protocol.ErrorCode.NONE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.ConsumerHeard;
import millrace.group.command.GroupAnswer.HeartbeatHeard;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.Synced;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupCommand.Assignment;
import millrace.group.command.GroupCommand.Belated;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.LeaveGroup;
import millrace.group.command.GroupCommand.Leaving;
import millrace.group.command.GroupCommand.Protocol;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.group.command.GroupSettings;
import millrace.group.migration.EmbeddedProtocol;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.GroupChange;
import millrace.group.stored.Partitions;
import millrace.protocol.ErrorCode;
import millrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions;
import millrace.protocol.message.ConsumerProtocolAssignment;
import millrace.protocol.message.ConsumerProtocolSubscription;

/// One moment of a group that migrates: two members of the classic protocol who share two partitions, and one of the consumer protocol that comes and
/// goes. [#next] has every event that can follow; a moment is made by letting the events before it happen again.
///
/// Members of the classic protocol give up everything before they join (eager), as the Java client does with the range assignor. The coordinator is the
/// real [GroupCore] with its log; once it is replaced by one that reads the log. One request comes a second time, as late as may be, from an older
/// connection.
///
/// Laws, of every moment:
///
///     G1  nobody has, or is told to have, what another member has
///     G4  generations and epochs do not go back, from one protocol to the other either
///     G7  what the log says is what the coordinator does
///     and if from now on everything arrives, everything is soon shared among those that are there
final class ExploredMigration {
    private static final String GROUP = ConsumerWorld.GROUP;
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 2;
    private static final int ALL = (1 << PARTITIONS) - 1;
    private static final int LONG_MS = 1_800_000;
    private static final int ROUNDS_TO_SETTLE = 10;
    private static final String CONSUMER = "bob";
    private static final GroupSettings SETTINGS = GroupSettings.DEFAULTS;

    /// What a careless coordinator would do.
    enum Bug { NONE, NO_FENCE, CONSUMER_GETS_EVERYTHING, GENERATION_BEGINS_ANEW }

    /// @param copies   requests that come once more
    /// @param reloads  of the coordinator
    /// @param losses   answers to the consumer that never come
    record Setting(int copies, int reloads, int losses, Bug bug) {}

    /// @param who 0 and 1 are the members of the classic protocol, 2 is the consumer, 3 the coordinator
    record Event(int who, String what) {
        @Override public String toString() {
            return (who < 2 ? "classic-" + who : who == 2 ? CONSUMER : "the coordinator") + " " + what;
        }
    }

    /// Of the classic protocol.
    private final class Classic {
        private final int number;
        private String memberId = "";
        private int generation = -1;
        private int has;
        private boolean gone;
        private boolean mustJoin = true;
        private boolean mustSync;
        private long joining = -1;
        private long syncing = -1;
        private List<GroupAnswer.JoinedMember> toAssign = List.of();

        Classic(int number) {
            this.number = number;
        }

        boolean waits() {
            return joining >= 0 || syncing >= 0;
        }

        /// What has come in the meantime.
        void look() {
            if (joining >= 0 && world.world.answers.get(joining) instanceof Joined joined) joined(joined);
            if (syncing >= 0 && world.world.answers.get(syncing) instanceof Synced synced) synced(synced);
        }

        void join() {
            has = 0;
            mustJoin = false;
            mustSync = false;
            ByteBuffer metadata = framed(new ConsumerProtocolSubscription(List.of(TOPIC), null, List.of(), generation, null).toBytes((short) 3));
            String as = memberId;
            joining = send(t -> new JoinGroup(t, GROUP, as, null, "classic-" + number, "/h", LONG_MS, LONG_MS, "consumer", List.of(new Protocol("range", metadata)), false, true, null,
                    world.world.random(), world.times, world.world.image));
            look();
        }

        private void joined(Joined joined) {
            joining = -1;
            if (joined.error() != NONE) {
                unknown(joined.error());
                return;
            }
            if (memberId.equals(joined.memberId()) && joined.generationId() < generation) wentBack = "G4: " + memberId + " joins generation " + joined.generationId() + " after " + generation;
            memberId = joined.memberId();
            generation = joined.generationId();
            toAssign = joined.leader().equals(memberId) && !joined.skipAssignment() ? joined.members() : List.of();
            mustSync = true;
        }

        void sync() {
            mustSync = false;
            List<Assignment> given = new ArrayList<>();
            for (int i = 0; i < toAssign.size(); i++) {
                var share = new ArrayList<Integer>();
                for (int partition = i; partition < PARTITIONS; partition += toAssign.size()) share.add(partition);
                var assignment = new ConsumerProtocolAssignment(List.of(new ConsumerProtocolAssignment.TopicPartition(TOPIC, share)), null);
                given.add(new Assignment(toAssign.get(i).memberId(), framed(assignment.toBytes((short) 3))));
            }
            String as = memberId;
            int in = generation;
            syncing = send(t -> new SyncGroup(t, GROUP, as, null, in, "consumer", "range", given, world.world.image));
            look();
        }

        private void synced(Synced synced) {
            syncing = -1;
            if (synced.error() != NONE) unknown(synced.error());
            else if (!synced.assignment().hasRemaining()) wentBack = "a client cannot read its assignment: it is empty";
            else has = bits(EmbeddedProtocol.partitions(EmbeddedProtocol.assignment(synced.assignment()), world.world.image.topics()));
        }

        /// Heartbeats go on while it waits for others, and tell it of the next rebalance.
        void beat() {
            GroupAnswer answer = world.world.answers.get(send(t -> new Heartbeat(t, GROUP, memberId, null, generation, false)));
            if (((HeartbeatHeard) answer).error() != NONE) unknown(((HeartbeatHeard) answer).error());
        }

        private void unknown(ErrorCode error) {
            mustJoin = true;
            mustSync = false;
            syncing = -1;
            switch (error) {
                case REBALANCE_IN_PROGRESS -> { }
                case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS -> {
                    has = 0;
                    if (error == ErrorCode.UNKNOWN_MEMBER_ID) memberId = "";
                }
                default -> wentBack = "a well-behaved member of the classic protocol was told " + error;
            }
        }

        void leave() {
            String as = memberId;
            has = 0;
            gone = true;
            mustJoin = false;
            mustSync = false;
            joining = -1;
            syncing = -1;
            if (!as.isEmpty()) send(t -> new LeaveGroup(t, GROUP, List.of(new Leaving(as, null, null))));
        }

        @Override public String toString() {
            return memberId + " in " + generation + " has " + has + (gone ? " gone" : mustJoin ? " must join" : mustSync ? " must sync" : joining >= 0 ? " joins" : syncing >= 0 ? " syncs" : "") + toAssign.size();
        }
    }

    private final Setting setting;
    private final List<Event> events;
    private final ConsumerWorld world = new ConsumerWorld(SETTINGS).topic(TOPIC, PARTITIONS);
    private final Classic[] classics = {new Classic(0), new Classic(1)};
    private final ExploredMember consumer = new ExploredMember(CONSUMER);
    private int copies;
    private int reloads;
    private int losses;
    private LongFunction<GroupCommand> lastSent;
    private LongFunction<GroupCommand> copy;
    private String copied = "";
    private String wentBack;

    ExploredMigration(Setting setting) {
        this(setting, List.of());
    }

    private ExploredMigration(Setting setting, List<Event> events) {
        this.setting = setting;
        this.events = events;
        this.copies = setting.copies();
        this.reloads = setting.reloads();
        this.losses = setting.losses();
        world.times = new ConsumerTimes(LONG_MS, 5_000, 0);
        world.world.bug = this::planted;
        begin();
        for (Event event : events) happens(event);
    }

    private GroupChange planted(GroupChange change) {
        return switch (setting.bug()) {
            case CONSUMER_GETS_EVERYTHING -> change instanceof GroupChange.ConsumerGroupCurrent(var of, var member, var value) && value != null && member.equals(CONSUMER)
                    ? new GroupChange.ConsumerGroupCurrent(of, member, value.toBuilder().assignedPartitions(List.of(new TopicPartitions(ConsumerWorld.idOf(TOPIC), List.of(0, 1), List.of(1, 1)))).build()) : change;
            case GENERATION_BEGINS_ANEW   -> change instanceof GroupChange.ConsumerGroupEpoch(var of, var value) && value != null && value.epoch() == 3
                    ? new GroupChange.ConsumerGroupEpoch(of, value.toBuilder().epoch(1).build()) : change;
            case NONE, NO_FENCE           -> change;
        };
    }

    /// Both are in the first generation, and each has its partition.
    private void begin() {
        for (Classic each : classics) each.join();
        world.world.pass(GroupWorld.DELAY_MS);
        for (Classic each : classics) each.look();
        for (int i = 0; i < 2; i++) {
            for (Classic each : classics) if (each.mustSync) each.sync();
        }
        for (Classic each : classics) each.look();
    }

    private ExploredMigration after(Event event) {
        var all = new ArrayList<>(events);
        all.add(event);
        return new ExploredMigration(setting, all);
    }

    // ---- what can happen next ----

    List<ExploredMigration> next() {
        List<ExploredMigration> next = new ArrayList<>();
        for (Event each : possible()) next.add(after(each));
        return next;
    }

    private List<Event> possible() {
        List<Event> possible = new ArrayList<>();
        for (int who = 0; who < 2; who++) {
            Classic each = classics[who];
            if (each.gone) continue;
            if (each.mustJoin) both(possible, who, "joins");
            else if (each.mustSync) both(possible, who, "syncs");
            else if (!each.waits()) possible.add(new Event(who, "beats"));
            if (!each.waits()) possible.add(new Event(who, "leaves"));
        }
        if (consumer.hasJoined() || !consumer.isGone() && consumer.joins() < 2) {
            both(possible, 2, "beats");
            if (losses > 0) possible.add(new Event(2, "beats, and is not answered"));
        }
        if (consumer.hasToDo()) possible.add(new Event(2, "does as told"));
        if (consumer.hasJoined()) possible.add(new Event(2, "leaves"));
        if (copy != null) possible.add(new Event(3, "is sent the copy"));
        if (reloads > 0) possible.add(new Event(3, "is replaced"));
        if (Arrays.stream(classics).anyMatch(each -> each.joining >= 0)) possible.add(new Event(3, "waits no longer"));
        return possible;
    }

    private void both(List<Event> possible, int who, String what) {
        possible.add(new Event(who, what));
        if (copies > 0) possible.add(new Event(who, what + ", and a copy stays on its way"));
    }

    private void happens(Event event) {
        boolean leavesCopy = event.what().endsWith("on its way");
        String what = leavesCopy ? event.what().substring(0, event.what().indexOf(',')) : event.what();
        if (event.who() < 2) ofClassic(classics[event.who()], what);
        else if (event.who() == 2) ofConsumer(what);
        else ofCoordinator(what);
        if (leavesCopy) {
            copies--;
            copy = lastSent;
            copied = event.toString();
        }
        for (Classic each : classics) each.look();
    }

    private void ofClassic(Classic member, String what) {
        switch (what) {
            case "joins"  -> member.join();
            case "syncs"  -> member.sync();
            case "beats"  -> member.beat();
            case "leaves" -> member.leave();
            default       -> throw new IllegalArgumentException(what);
        }
    }

    private void ofConsumer(String what) {
        switch (what) {
            case "beats"                      -> beat(true);
            case "beats, and is not answered" -> {
                losses--;
                beat(false);
            }
            case "does as told"               -> consumer.doesAsTold();
            case "leaves"                     -> {
                consumer.goes();
                send(t -> new ConsumerHeartbeat(t, GROUP, CONSUMER, -1, null, null, -1, null, null, null, null, "c", "/h", true, world.times, world.world.image, null));
            }
            default                           -> throw new IllegalArgumentException(what);
        }
    }

    private void ofCoordinator(String what) {
        switch (what) {
            case "is sent the copy"   -> {
                LongFunction<GroupCommand> late = copy;
                copy = null;
                if (setting.bug() == Bug.NO_FENCE) world.world.ask(late);
                else if (!(late.apply(0) instanceof ConsumerHeartbeat)) world.world.ask(token -> belated(late.apply(token)));
            }
            case "is replaced"        -> {
                reloads--;
                for (Classic each : classics) interrupted(each);
                world.world.failsOver();
            }
            case "waits no longer"    -> world.world.pass(GroupWorld.DELAY_MS);
            default                   -> throw new IllegalArgumentException(what);
        }
    }

    /// Its sender has gone on over a newer connection; heartbeats of the consumer protocol do not get as far as the core.
    private static GroupCommand belated(GroupCommand said) {
        return said instanceof JoinGroup || said instanceof SyncGroup ? new Belated(GROUP, said) : said;
    }

    private static void interrupted(Classic member) {
        if (!member.waits()) return;
        member.joining = -1;
        member.syncing = -1;
        member.mustJoin = true;
    }

    private long send(LongFunction<GroupCommand> command) {
        lastSent = command;
        return world.world.ask(command);
    }

    private void beat(boolean answerComes) {
        boolean all = consumer.tellsAll();
        int epoch = consumer.epoch();
        Partitions owned = all || consumer.hasNews() ? partitions(consumer.owned()) : null;
        var answer = (ConsumerHeard) world.world.answers.get(send(t -> new ConsumerHeartbeat(t, GROUP, CONSUMER, epoch, null, null, all ? LONG_MS : -1, all ? List.of(TOPIC) : null, null, null, owned,
                "c", "/h", true, world.times, world.world.image, world.world.random())));
        if (!answerComes) consumer.heardNothing();
        else if (answer.error() != NONE) consumer.fenced();
        else {
            if (consumer.hasJoined() && answer.memberEpoch() < consumer.epoch()) wentBack = "G4: bob is told of epoch " + answer.memberEpoch() + " after " + consumer.epoch();
            consumer.heard(answer.memberEpoch(), answer.assigned() == null ? null : bits(answer.assigned()));
        }
    }

    // ---- what must hold ----

    /// @return the first law that is broken here, or once everything arrives; null for none
    String broken() {
        String here = wentBack != null ? wentBack : sharedOwner();
        if (here == null && !world.world.core.disagreements().isEmpty()) here = "G7: " + world.world.core.disagreements();
        if (here != null) return here;
        return new ExploredMigration(setting, events).settles();
    }

    private String sharedOwner() {
        int had = consumer.hasJoined() && isMember(CONSUMER) ? consumer.has() : 0;
        for (Classic each : classics) {
            int has = isMember(each.memberId) ? each.has : 0;
            if ((had & has) != 0) return "G1: two members have one partition: " + this;
            had |= has;
        }
        ConsumerGroup group = world.group();
        int given = 0;
        for (ConsumerMember member : group == null ? List.<ConsumerMember>of() : group.members()) {
            int bits = bits(member.current().assigned().partitions());
            if ((given & bits) != 0) return "G1: two members are given one partition: " + group;
            given |= bits;
        }
        return null;
    }

    private boolean isMember(String memberId) {
        if (memberId.isEmpty()) return false;
        ConsumerGroup group = world.group();
        if (group != null) return group.member(memberId) != null;
        return world.world.describe(GROUP).members().stream().anyMatch(member -> member.memberId().equals(memberId));
    }

    private String settles() {
        if (Arrays.stream(classics).anyMatch(each -> each.gone && isMember(each.memberId)) || consumer.isGone() && isMember(CONSUMER)) putOutWhoIsGone();
        for (int round = 0; round < ROUNDS_TO_SETTLE; round++) {
            for (Classic each : classics) {
                each.look();
                if (each.gone) continue;
                if (each.mustJoin) each.join();
                else if (each.mustSync) each.sync();
                else if (!each.waits()) each.beat();
            }
            if (isHere()) beat(true);
            if (consumer.hasToDo()) consumer.doesAsTold();
            if (Arrays.stream(classics).anyMatch(each -> each.joining >= 0)) world.world.pass(GroupWorld.DELAY_MS);
            for (Classic each : classics) each.look();
            String broken = wentBack != null ? wentBack : sharedOwner();
            if (broken != null) return broken + " (while it settles)";
        }
        int owned = consumer.owned();
        boolean anybody = consumer.hasJoined();
        for (Classic each : classics) {
            owned |= each.has;
            anybody |= !each.gone;
        }
        return anybody && owned != ALL ? "it does not settle: " + this : null;
    }

    /// A coordinator that has read its log does not know who has left meanwhile, and waits for the end of the session.
    private void putOutWhoIsGone() {
        for (int halves = 0; halves < 3; halves++) {
            world.world.pass(LONG_MS / 2);
            for (Classic each : classics) {
                each.look();
                if (!each.gone && !each.memberId.isEmpty()) each.beat();
            }
            if (isHere()) beat(true);
        }
    }

    /// Whether the consumer goes on: it may be a member and not know it yet.
    private boolean isHere() {
        return !consumer.isGone() && (consumer.hasJoined() || isMember(CONSUMER));
    }

    private static ByteBuffer framed(ByteBuffer body) {
        return ByteBuffer.allocate(2 + body.remaining()).putShort((short) 3).put(body).flip().asReadOnlyBuffer();
    }

    private static Partitions partitions(int bits) {
        List<Integer> partitions = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            if ((bits >> i & 1) != 0) partitions.add(i);
        }
        return partitions.isEmpty() ? Partitions.NONE : Partitions.of(new TreeMap<>(Map.of(ConsumerWorld.idOf(TOPIC), partitions)));
    }

    private static int bits(Partitions partitions) {
        return partitions.of(ConsumerWorld.idOf(TOPIC)).stream().mapToInt(each -> 1 << each).sum();
    }

    /// @return what has led here, an event a line
    String story() {
        var story = new StringBuilder();
        for (Event event : events) story.append("\n  ").append(event);
        return story.toString();
    }

    /// Two of them with the same text have the same future, but for timers, which are far away.
    @Override public String toString() {
        var text = new StringBuilder();
        ConsumerGroup group = world.group();
        if (group == null) {
            GroupAnswer.Described described = world.world.describe(GROUP);
            text.append(described.state()).append(' ').append(described.protocolName());
            described.members().forEach(member -> text.append('|').append(member.memberId()).append(bytes(member.assignment())));
        } else {
            text.append(group.groupEpoch()).append('/').append(group.assignmentEpoch());
            for (ConsumerMember member : group.members()) text.append('|').append(member.memberId()).append(member.current()).append(group.target(member.memberId()));
        }
        return text.append(Arrays.toString(classics)).append(consumer).append(copies).append(reloads).append(losses).append(copy == null ? "" : copied).toString();
    }

    private static String bytes(ByteBuffer bytes) {
        var text = new StringBuilder();
        for (int i = bytes.position(); i < bytes.limit(); i++) text.append(Integer.toHexString(bytes.get(i) & 0xFF));
        return text.toString();
    }
}
