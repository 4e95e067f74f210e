package millrace.group;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Stream;

import millrace.common.Uuid;
import millrace.core.CoordinatorCore.Outcome;
import millrace.core.CoordinatorCore.Reply;
import millrace.core.ReplicatedCore.Decision;
import millrace.group.GroupCheckers.Ownership;
import millrace.group.GroupCheckers.Register;
import millrace.group.GroupCheckers.Violation;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupAnswer.Described;
import millrace.group.command.GroupAnswer.HeartbeatHeard;
import millrace.group.command.GroupAnswer.Joined;
import millrace.group.command.GroupAnswer.JoinedMember;
import millrace.group.command.GroupAnswer.OffsetsCommitted;
import millrace.group.command.GroupAnswer.OffsetsFetched;
import millrace.group.command.GroupAnswer.Synced;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupCommand.AnswerHeartbeat;
import millrace.group.command.GroupCommand.Assignment;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.DescribeGroup;
import millrace.group.command.GroupCommand.FetchOffsets;
import millrace.group.command.GroupCommand.Heartbeat;
import millrace.group.command.GroupCommand.JoinGroup;
import millrace.group.command.GroupCommand.LeaveGroup;
import millrace.group.command.GroupCommand.Leaving;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.group.command.GroupCommand.Protocol;
import millrace.group.command.GroupCommand.SyncGroup;
import millrace.group.command.GroupCommand.TopicPartitions;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupSettings;
import millrace.group.stored.GroupChange;
import millrace.metadata.MetadataImage;
import millrace.protocol.ErrorCode;

/// A group in bad weather, from one seed: members that come, go, crash, hang and speak with old voices; a log that commits late,
/// refuses, and loses what was not committed when the coordinator dies. Checked all the while.
///
/// Each client is a small machine: Out ─join▶ Joining ─▶ Syncing ─▶ Active ─▶ Out. It gives up all its partitions when it joins again.
final class ClassicChurn {
    private static final String GROUP = "orders";
    private static final int PARTITIONS = 6;
    private static final int CLIENTS = 5;

    /// A bug that the checkers must find.
    enum Bug { NONE, TWO_OWNERS, GENERATION_BEGINS_AGAIN, ZOMBIE_COMMITS, ANSWERS_BEFORE_COMMIT, LOSES_A_CHANGE, FORGETS_A_HEARTBEAT, KEEPS_A_REBALANCE_TO_ITSELF, ANSWERS_A_HEARTBEAT_TWICE }

    private record HeldReplies(int logEnd, List<Reply<GroupAnswer>> replies) {}

    private final SplittableRandom random;
    private final Bug bug;
    private final GroupSettings settings = GroupSettings.DEFAULTS;
    private final List<GroupChange> log = new ArrayList<>();
    /// Heartbeats that the core has not answered ─▶ since when.
    private final Map<Long, Long> openHeartbeats = new LinkedHashMap<>();
    private final Deque<HeldReplies> held = new ArrayDeque<>();
    private final Map<Long, Consumer<GroupAnswer>> open = new LinkedHashMap<>();
    private final List<Client> clients = new ArrayList<>();
    private final Ownership ownership = new Ownership();
    private final Map<Integer, Register> registers = new LinkedHashMap<>();
    private final StringBuilder story = new StringBuilder();
    private GroupCore core;
    private int committedEnd;
    private long nowMs = 1_000;
    private long timestampMs = 1_700_000_000_000L;
    private long step;
    private long nextToken = 1;
    private long nextOffset = 1;
    private int stableRounds;
    private int acceptedCommits;
    private int failovers;
    private int keptHeartbeats;

    ClassicChurn(long seed, Bug bug) {
        this.random = new SplittableRandom(seed);
        this.bug = bug;
        for (int i = 0; i < CLIENTS; i++) clients.add(new Client(i));
        for (int i = 0; i < PARTITIONS; i++) registers.put(i, new Register());
        elect();
    }

    // ---- the weather ----

    ClassicChurn run(int steps) {
        for (step = 0; step < steps; step++) {
            int dice = random.nextInt(100);
            if (dice < 62) clients.get(random.nextInt(CLIENTS)).acts();
            else if (dice < 78) pass(random.nextInt(random.nextInt(20) == 0 ? 15_000 : 800));
            else if (dice < 96) commitSome();
            else if (dice < 98) read(random.nextInt(PARTITIONS));
            else if (dice == 98 && random.nextInt(4) == 0) failOver();
            else commitAll();
        }
        commitAll();
        checkReplay();
        return this;
    }

    private void pass(long ms) {
        long until = nowMs + ms;
        while (core.nextDeadlineMs() <= until) {
            long at = Math.max(nowMs, core.nextDeadlineMs());
            timestampMs += at - nowMs;
            nowMs = at;
            carryOut(core.tick(nowMs, timestampMs));
        }
        timestampMs += until - nowMs;
        nowMs = until;
    }

    // ---- the coordinator and its log ----

    private void elect() {
        core = new GroupCore(settings);
        int skipped = bug == Bug.LOSES_A_CHANGE && !log.isEmpty() ? random.nextInt(log.size()) : -1;
        for (int i = 0; i < log.size(); i++) if (i != skipped) core.apply(forgetful(log.get(i)));
        carryOut(core.loaded(nowMs, timestampMs));
    }

    private GroupChange forgetful(GroupChange change) {
        if (bug != Bug.GENERATION_BEGINS_AGAIN || !(change instanceof GroupChange.GroupMetadata metadata) || metadata.value() == null) return change;
        return new GroupChange.GroupMetadata(metadata.groupId(), metadata.value().toBuilder().generation(0).build());
    }

    private void ask(LongFunction<GroupCommand> command, Consumer<GroupAnswer> answer) {
        long token = nextToken++;
        open.put(token, answer);
        GroupCommand asked = command.apply(token);
        if (asked instanceof Heartbeat) openHeartbeats.put(token, nowMs);
        Decision<GroupChange, Outcome<GroupAnswer>> decision = core.decide(asked, nowMs, timestampMs);
        if (!decision.changes().isEmpty() && random.nextInt(60) == 0) refuse(decision);
        else carryOut(decision);
        if (openHeartbeats.containsKey(token)) keptHeartbeats++;
    }

    private void refuse(Decision<GroupChange, Outcome<GroupAnswer>> decision) {
        tell("the log refuses " + decision.changes().size() + " changes");
        List<Reply<GroupAnswer>> replies = new ArrayList<>();
        for (Reply<GroupAnswer> reply : decision.answer().replies()) replies.add(new Reply<>(reply.token(), core.failed(ErrorCode.COORDINATOR_NOT_AVAILABLE)));
        replies.addAll(core.refused(decision.changes(), ErrorCode.COORDINATOR_NOT_AVAILABLE, nowMs, timestampMs).replies());
        hold(replies);
        checkHeartbeats();
    }

    private void carryOut(Decision<GroupChange, Outcome<GroupAnswer>> decision) {
        for (GroupChange change : decision.changes()) {
            log.add(change);
            core.apply(change);
        }
        List<String> disagreements = core.disagreements();
        if (!disagreements.isEmpty() && bug == Bug.NONE) throw new Violation("G7", String.join("; ", disagreements));
        hold(decision.answer().replies().stream().flatMap(this::planted).toList());
        checkHeartbeats();
    }

    private Stream<Reply<GroupAnswer>> planted(Reply<GroupAnswer> reply) {
        boolean kept = reply.answer() instanceof HeartbeatHeard && reply.token() < nextToken - 1;
        boolean ofRebalance = reply.answer().error() == ErrorCode.REBALANCE_IN_PROGRESS;
        return switch (bug) {
            case FORGETS_A_HEARTBEAT         -> kept && !ofRebalance ? Stream.empty() : Stream.of(reply);
            case KEEPS_A_REBALANCE_TO_ITSELF -> kept && ofRebalance ? Stream.empty() : Stream.of(reply);
            case ANSWERS_A_HEARTBEAT_TWICE   -> kept ? Stream.of(reply, reply) : Stream.of(reply);
            default                          -> Stream.of(reply);
        };
    }

    /// A heartbeat is kept while there is nothing to be told, and only for its time.
    private void checkHeartbeats() {
        if (openHeartbeats.isEmpty()) return;
        var described = (Described) core.decide(new DescribeGroup(nextToken, GROUP), nowMs, timestampMs).answer().replies().getFirst().answer();
        if (!described.state().equals("Stable")) throw new Violation("heartbeats", "the group is " + described.state() + ", and heartbeats " + openHeartbeats + " have not been told");
        openHeartbeats.forEach((token, sinceMs) -> {
            if (nowMs > sinceMs + settings.heartbeatHoldMs()) throw new Violation("heartbeats", "heartbeat " + token + " of " + sinceMs + " has no answer at " + nowMs);
        });
    }

    private void hold(List<Reply<GroupAnswer>> replies) {
        for (Reply<GroupAnswer> reply : replies) openHeartbeats.remove(reply.token());
        if (bug == Bug.ANSWERS_BEFORE_COMMIT || committedEnd == log.size() && held.isEmpty()) deliver(replies);
        else if (!replies.isEmpty()) held.addLast(new HeldReplies(log.size(), replies));
    }

    private void deliver(List<Reply<GroupAnswer>> replies) {
        for (Reply<GroupAnswer> reply : replies) {
            Consumer<GroupAnswer> waiting = open.remove(reply.token());
            if (waiting == null) throw new Violation("answers", "token " + reply.token() + " is answered though nobody asks");
            waiting.accept(reply.answer());
        }
    }

    private void commitSome() {
        if (committedEnd < log.size()) committedEnd += 1 + random.nextInt(log.size() - committedEnd);
        release();
    }

    private void commitAll() {
        committedEnd = log.size();
        release();
    }

    private void release() {
        while (!held.isEmpty() && held.peekFirst().logEnd() <= committedEnd) deliver(held.removeFirst().replies());
    }

    /// What was committed stays; of the rest, a part may have reached the next leader.
    private void failOver() {
        int kept = committedEnd + (committedEnd < log.size() ? random.nextInt(log.size() - committedEnd + 1) : 0);
        tell("the coordinator dies, " + (log.size() - kept) + " changes are lost");
        failovers++;
        log.subList(kept, log.size()).clear();
        committedEnd = kept;
        held.clear();
        openHeartbeats.clear();
        List<Consumer<GroupAnswer>> waiting = List.copyOf(open.values());
        open.clear();
        registers.values().forEach(register -> register.coordinatorDied(step));
        elect();
        for (Consumer<GroupAnswer> each : waiting) each.accept(core.failed(ErrorCode.NOT_COORDINATOR));
    }

    /// G7: whoever reads the log has the state of whoever wrote it.
    private void checkReplay() {
        var replayed = new GroupCore(settings);
        for (GroupChange change : log) replayed.apply(change);
        if (!replayed.stored().equals(core.stored())) throw new Violation("G7", "replayed " + replayed.stored() + ", live " + core.stored());
    }

    private void read(int partition) {
        long sent = step;
        ask(token -> new FetchOffsets(token, GROUP, null, -1, true, List.of(new TopicPartitions("t", Uuid.ZERO, List.of(partition)))), answer -> {
            if (answer instanceof OffsetsFetched fetched)
                registers.get(partition).read(fetched.topics().getFirst().partitions().getFirst().offset(), sent, step);
        });
    }

    // ---- the clients ----

    private final class Client {
        private final String name;
        private final String instance;
        private String memberId = "";
        private int generation = -1;
        private Set<Integer> owned = Set.of();
        private boolean waiting;
        /// Who it was once: old requests may still be on their way.
        private String formerId = "";
        private int formerGeneration = -1;

        private Client(int index) {
            name = "c" + index;
            instance = index < 2 ? "i" + index : null;
        }

        private void acts() {
            int dice = random.nextInt(100);
            if (dice < 4) crashes();
            else if (dice < 8) haunts();
            else if (waiting) return;
            else if (generation < 0) joins();
            else if (dice < 40) heartbeats();
            else if (dice < 50) ask(token -> new AnswerHeartbeat(token, GROUP, memberId, random.nextInt(4) == 0), _ -> { });
            else if (dice < 92) commits(memberId, generation, partition());
            else if (dice < 96) joins();
            else leaves();
        }

        private int partition() {
            return owned.isEmpty() ? random.nextInt(PARTITIONS) : List.copyOf(owned).get(random.nextInt(owned.size()));
        }

        private void crashes() {
            remember();
            tell(name + " crashes");
            memberId = "";
            generation = -1;
            owned = Set.of();
            waiting = false;
        }

        private void remember() {
            if (generation < 0) return;
            formerId = memberId;
            formerGeneration = generation;
        }

        /// A request that was sent before a crash arrives now.
        private void haunts() {
            if (formerGeneration >= 0) commits(formerId, formerGeneration, random.nextInt(PARTITIONS));
        }

        private void joins() {
            remember();
            owned = Set.of();
            generation = -1;
            waiting = true;
            String asked = memberId;
            ask(token -> new JoinGroup(token, GROUP, asked, instance, name, "/h", 6_000 + random.nextInt(6_000), 5_000 + random.nextInt(10_000), "consumer",
                    List.of(new Protocol("range", TestMember.subscription("t"))), true, true, null, new Uuid(random.nextLong(), random.nextLong()),
                    ConsumerTimes.DEFAULTS, MetadataImage.EMPTY), answer -> {
                if (!waiting || !memberId.equals(asked)) return;
                waiting = false;
                if (answer instanceof Joined joined) joined(joined);
            });
        }

        private void joined(Joined joined) {
            tell(name + " joined: " + joined.error() + " " + joined.memberId() + " generation " + joined.generationId());
            switch (joined.error()) {
                case NONE -> syncs(joined);
                case MEMBER_ID_REQUIRED -> memberId = joined.memberId();
                case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> memberId = "";
                default -> { }
            }
        }

        private void syncs(Joined joined) {
            memberId = joined.memberId();
            if (instance != null) ownership.instanceIs(instance, memberId);
            List<Assignment> given = joined.skipAssignment() || !joined.leader().equals(memberId) ? List.of() : assign(joined.members());
            waiting = true;
            String asked = memberId;
            ask(token -> new SyncGroup(token, GROUP, asked, instance, joined.generationId(), "consumer", "range", given, MetadataImage.EMPTY), answer -> {
                if (!waiting || !memberId.equals(asked)) return;
                waiting = false;
                if (answer instanceof Synced synced && synced.error() == ErrorCode.NONE) begins(joined.generationId(), synced);
                else tell(name + " not synced: " + answer.error());
            });
        }

        private List<Assignment> assign(List<JoinedMember> members) {
            List<Assignment> given = new ArrayList<>();
            for (int i = 0; i < members.size(); i++) {
                var text = new StringBuilder();
                for (int partition = i; partition < PARTITIONS; partition += members.size()) text.append(partition);
                given.add(new Assignment(members.get(i).memberId(), TestMember.bytes(text.toString())));
            }
            return given;
        }

        private void begins(int inGeneration, Synced synced) {
            Set<Integer> partitions = new TreeSet<>();
            for (int i = 0; i < synced.assignment().remaining(); i++) partitions.add(synced.assignment().get(i) - '0');
            if (bug == Bug.TWO_OWNERS && random.nextInt(10) == 0) partitions.add(random.nextInt(PARTITIONS));
            tell(name + " has " + partitions + " in generation " + inGeneration);
            ownership.assigned(inGeneration, instance == null ? memberId : instance, partitions);
            generation = inGeneration;
            owned = partitions;
            stableRounds++;
        }

        private void heartbeats() {
            int asked = generation;
            boolean mayWait = random.nextInt(4) > 0;
            ask(token -> new Heartbeat(token, GROUP, memberId, instance, asked, mayWait), answer -> {
                if (generation != asked || answer.error() == ErrorCode.NONE) return;
                remember();
                generation = -1;
                owned = Set.of();
                if (answer.error() == ErrorCode.UNKNOWN_MEMBER_ID || answer.error() == ErrorCode.FENCED_INSTANCE_ID) memberId = "";
            });
        }

        private void commits(String as, int inGeneration, int partition) {
            long offset = nextOffset++;
            int newest = ownership.newest();
            String holder = ownership.holderOf(instance);
            Register register = registers.get(partition);
            Register.Write write = register.sent(offset, step);
            ask(token -> commit(token, as, inGeneration, partition, offset), answer -> {
                if (answer instanceof OffsetsCommitted committed && committed.error() == ErrorCode.NONE) {
                    ownership.committed(inGeneration, instance, as, newest, holder);
                    register.succeeded(write, step);
                    acceptedCommits++;
                } else if (answer instanceof OffsetsCommitted) {
                    register.failed(write);
                }
            });
        }

        private CommitOffsets commit(long token, String as, int inGeneration, int partition, long offset) {
            List<OffsetToCommit> offsets = List.of(new OffsetToCommit("t", Uuid.ZERO, partition, offset, -1, null));
            var stored = core.stored().classic(GROUP);
            boolean bewitched = bug == Bug.ZOMBIE_COMMITS && stored != null && inGeneration < stored.generation();
            if (!bewitched) return new CommitOffsets(token, GROUP, as, instance, inGeneration, true, -1, offsets);
            if (stored.members().isEmpty()) return new CommitOffsets(token, GROUP, "", null, -1, true, -1, offsets);
            return new CommitOffsets(token, GROUP, stored.members().getFirst().memberId(), null, stored.generation(), true, -1, offsets);
        }

        private void leaves() {
            tell(name + " leaves");
            remember();
            String as = memberId;
            generation = -1;
            owned = Set.of();
            memberId = "";
            ask(token -> new LeaveGroup(token, GROUP, List.of(new Leaving(as, instance, null))), _ -> { });
        }
    }

    // ---- what there is to tell ----

    private void tell(String what) {
        if (story.length() < 1_000_000) story.append(step).append(' ').append(nowMs).append(' ').append(what).append('\n');
    }

    /// @return the run so far; the same for the same seed
    String story() {
        return story.toString();
    }

    int stableRounds() {
        return stableRounds;
    }

    int acceptedCommits() {
        return acceptedCommits;
    }

    int keptHeartbeats() {
        return keptHeartbeats;
    }

    int failovers() {
        return failovers;
    }
}
