package millrace.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import millrace.common.Uuid;
import millrace.core.CoordinatorCore.Outcome;
import millrace.core.CoordinatorCore.Reply;
import millrace.core.ReplicatedCore.Decision;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.Described;
import millrace.group.command.GroupAnswer.FetchedPartition;
import millrace.group.command.GroupAnswer.GroupDeleted;
import millrace.group.command.GroupAnswer.Left;
import millrace.group.command.GroupAnswer.Listed;
import millrace.group.command.GroupAnswer.OffsetsCommitted;
import millrace.group.command.GroupAnswer.OffsetsDeleted;
import millrace.group.command.GroupAnswer.OffsetsFetched;
import millrace.group.command.GroupCommand;
import millrace.group.command.GroupCommand.CommitOffsets;
import millrace.group.command.GroupCommand.DeleteGroup;
import millrace.group.command.GroupCommand.DeleteOffsets;
import millrace.group.command.GroupCommand.DeletedTopic;
import millrace.group.command.GroupCommand.DescribeGroup;
import millrace.group.command.GroupCommand.FetchOffsets;
import millrace.group.command.GroupCommand.ForgetTopics;
import millrace.group.command.GroupCommand.LeaveGroup;
import millrace.group.command.GroupCommand.Leaving;
import millrace.group.command.GroupCommand.ListGroups;
import millrace.group.command.GroupCommand.OffsetToCommit;
import millrace.group.command.GroupCommand.TopicPartitions;
import millrace.group.command.GroupSettings;
import millrace.group.stored.GroupChange;
import millrace.metadata.MetadataImage;
import millrace.protocol.ErrorCode;

/// One coordinator of one partition in a test: its core, its log, the time, and what has been answered. Everything that is decided
/// is appended and committed at once, unless the test says that writing fails.
final class GroupWorld {
    static final String GROUP = "orders";
    static final int DELAY_MS = 3_000;

    final GroupSettings settings;
    final List<GroupChange> log = new ArrayList<>();
    final Map<Long, GroupAnswer> answers = new LinkedHashMap<>();
    GroupCore core;
    MetadataImage image = MetadataImage.EMPTY;
    long nowMs = 50_000;
    long timestampMs = 1_700_000_000_000L;
    /// A bug that is planted: what is written and applied in place of a change; null for nothing.
    UnaryOperator<GroupChange> bug = UnaryOperator.identity();
    /// A bug that is planted: answers that are lost.
    Predicate<Reply<GroupAnswer>> lost = _ -> false;
    /// Sees the log before a new coordinator reads it.
    Consumer<List<GroupChange>> beforeReload = _ -> { };
    /// What becomes of the next writes; null when they succeed.
    ErrorCode writesFailWith;
    /// Of all decisions, how many changes the one with the most has.
    int mostChanges;
    private long nextToken = 1;
    private long nextRandom = 1;

    GroupWorld(GroupSettings settings) {
        this.settings = settings;
        start();
    }

    static GroupWorld withDefaults() {
        return new GroupWorld(GroupSettings.DEFAULTS);
    }

    private void start() {
        core = new GroupCore(settings);
        for (GroupChange change : log) core.apply(change);
        carryOut(core.loaded(nowMs, timestampMs));
    }

    /// The coordinator dies; another one reads the log.
    void failsOver() {
        beforeReload.accept(List.copyOf(log));
        start();
    }

    TestMember member(String name) {
        return new TestMember(this, name);
    }

    // ---- asking ----

    /// @return the token
    long ask(LongFunction<GroupCommand> command) {
        long token = nextToken++;
        GroupCommand asked = command.apply(token);
        boolean unfinished = true;
        while (unfinished) unfinished = carryOut(core.decide(asked, nowMs, timestampMs)).unfinished();
        return token;
    }

    private Outcome<GroupAnswer> carryOut(Decision<GroupChange, Outcome<GroupAnswer>> decision) {
        if (writesFailWith != null && !decision.changes().isEmpty()) {
            for (Reply<GroupAnswer> reply : decision.answer().replies()) answer(reply.token(), core.failed(writesFailWith));
            for (Reply<GroupAnswer> reply : core.refused(decision.changes(), writesFailWith, nowMs, timestampMs).replies()) answer(reply.token(), reply.answer());
            return new Outcome<>(List.of(), false);
        }
        mostChanges = Math.max(mostChanges, decision.changes().size());
        for (GroupChange decided : decision.changes()) {
            GroupChange change = bug.apply(decided);
            if (change == null) continue;
            log.add(change);
            core.apply(change);
        }
        for (Reply<GroupAnswer> reply : decision.answer().replies()) {
            if (!lost.test(reply)) answer(reply.token(), reply.answer());
        }
        return decision.answer();
    }

    private void answer(long token, GroupAnswer answer) {
        if (answers.put(token, answer) != null) throw new AssertionError("question " + token + " was answered twice");
    }

    /// @return null while the question is open
    <A extends GroupAnswer> A answer(long token, Class<A> type) {
        return type.cast(answers.get(token));
    }

    Uuid random() {
        return new Uuid(0x1122334455667788L + nextRandom, 0x99AABBCCDDEEFF00L + nextRandom++);
    }

    // ---- time ----

    void pass(long ms) {
        long until = nowMs + ms;
        long from = nowMs;
        long wall = timestampMs;
        while (core.nextDeadlineMs() <= until) {
            nowMs = Math.max(nowMs, core.nextDeadlineMs());
            timestampMs = wall + nowMs - from;
            carryOut(core.tick(nowMs, timestampMs));
        }
        nowMs = until;
        timestampMs = wall + ms;
    }

    // ---- without membership ----

    ErrorCode commit(String group, String topic, int partition, long offset) {
        return commit(group, "", null, -1, new OffsetToCommit(topic, Uuid.ZERO, partition, offset, -1, ""));
    }

    ErrorCode commit(String group, String memberId, String instanceId, int generation, OffsetToCommit offset) {
        return commit(new CommitOffsets(0, group, memberId, instanceId, generation, false, -1, List.of(offset)));
    }

    ErrorCode commit(CommitOffsets commit) {
        long token = ask(t -> new CommitOffsets(t, commit.groupId(), commit.memberId(), commit.groupInstanceId(), commit.generationId(),
                commit.memberEpochAware(), commit.retentionMs(), commit.offsets()));
        GroupAnswer answer = answers.get(token);
        if (answer.error() != ErrorCode.NONE) return answer.error();
        return ((OffsetsCommitted) answer).offsets().getFirst().error();
    }

    /// @return -1 when nothing is committed
    long committed(String group, String topic, int partition) {
        return fetch(group, topic, partition, false).offset();
    }

    FetchedPartition fetch(String group, String topic, int partition, boolean requireStable) {
        long token = ask(t -> new FetchOffsets(t, group, null, -1, requireStable, List.of(new TopicPartitions(topic, Uuid.ZERO, List.of(partition)))));
        return answer(token, OffsetsFetched.class).topics().getFirst().partitions().getFirst();
    }

    OffsetsFetched fetchAll(String group) {
        return answer(ask(t -> new FetchOffsets(t, group, null, -1, false, null)), OffsetsFetched.class);
    }

    ErrorCode deleteOffset(String group, String topic, int partition) {
        long token = ask(t -> new DeleteOffsets(t, group, List.of(new TopicPartitions(topic, Uuid.ZERO, List.of(partition)))));
        var deleted = answer(token, OffsetsDeleted.class);
        return deleted.error() != ErrorCode.NONE ? deleted.error() : deleted.offsets().getFirst().error();
    }

    void topicDeleted(String topic, Uuid id) {
        ask(t -> new ForgetTopics(t, List.of(new DeletedTopic(topic, id))));
    }

    ErrorCode deleteGroup(String group) {
        return answer(ask(t -> new DeleteGroup(t, group)), GroupDeleted.class).error();
    }

    Described describe(String group) {
        return answer(ask(t -> new DescribeGroup(t, group)), Described.class);
    }

    /// A stable classic group of these members, the first of which leads; each has its own name with a dot as assignment.
    void stable(TestMember... members) {
        for (TestMember member : members) member.joins();
        pass(2 * DELAY_MS);
        for (TestMember member : members) member.isIn();
        for (int i = 1; i < members.length; i++) members[i].syncs();
        Map<TestMember, String> assignments = new LinkedHashMap<>();
        for (TestMember member : members) assignments.put(member, member.memberId + ".");
        members[0].asksToSync(assignments);
        assertThat(state(members[0].group)).isEqualTo("Stable");
        assertThat(core.disagreements()).isEmpty();
    }

    String state(String group) {
        return describe(group).state();
    }

    List<GroupAnswer.ListedGroup> list(List<String> states, List<String> types) {
        return answer(ask(t -> new ListGroups(t, states, types)), Listed.class).groups();
    }

    ErrorCode remove(String group, String memberId, String instanceId) {
        return answer(ask(t -> new LeaveGroup(t, group, List.of(new Leaving(memberId, instanceId, null)))), Left.class).members().getFirst().error();
    }
}
