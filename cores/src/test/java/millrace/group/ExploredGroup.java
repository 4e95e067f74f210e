package millrace.group;

import static millrace.protocol.ErrorCode.NONE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

import com.dynatrace.hash4j.hashing.Hashing;

import millrace.common.Uuid;
import millrace.core.CoordinatorCore.Outcome;
import millrace.core.ReplicatedCore.Decision;
import millrace.group.command.ConsumerSettings.ConsumerTimes;
import millrace.group.command.GroupAnswer;
import millrace.group.command.GroupAnswer.ConsumerHeard;
import millrace.group.command.GroupCommand.ConsumerHeartbeat;
import millrace.group.command.GroupSettings;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.ConsumerMember;
import millrace.group.stored.CurrentAssignment;
import millrace.group.stored.GroupChange;
import millrace.group.stored.GroupChange.ConsumerGroupCurrent;
import millrace.group.stored.GroupChange.ConsumerGroupEpoch;
import millrace.group.stored.GroupChange.ConsumerGroupMember;
import millrace.group.stored.GroupChange.ConsumerGroupTargetEpoch;
import millrace.group.stored.GroupChangeBytes;
import millrace.group.stored.Partitions;
import millrace.metadata.MetadataImage;

/// One moment of a small consumer group: three members, three partitions, and their coordinator. [#next] has every moment that can follow.
///
/// The coordinator is the real [GroupCore], made anew for each step from its compacted log, so that every step is also a failover.
///
/// Laws, of every moment:
///
///     G1  nobody has, or is told to have, what another member of the group has, as the members see it and as the coordinator does
///     G4  group, assignment and member epochs do not go back; an empty group is assigned in its epoch
///     and if from now on everything arrives, everybody soon has its share, and everything is shared
final class ExploredGroup {
    private static final String GROUP = ConsumerWorld.GROUP;
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 3;
    private static final int ALL = (1 << PARTITIONS) - 1;
    private static final ConsumerTimes TIMES = new ConsumerTimes(45_000, 5_000, 0);
    private static final MetadataImage IMAGE = ConsumerWorld.with(PARTITIONS).world.image;
    private static final long TIMESTAMP_MS = 1_000;
    private static final int REBALANCE_TIMEOUT_MS = 60_000;
    private static final long OLDER_CONNECTION = 1;
    private static final long NEWER_CONNECTION = 2;
    private static final int MOST_JOINS = 2;
    private static final int ROUNDS_TO_SETTLE = 8;

    /// What a careless coordinator would do.
    enum Bug { NONE, NO_FENCE, GIVEN_BEFORE_RELEASED, SILENCE_MEANS_NOTHING, PUT_OUT_KEEPS_ITS_SHARE, EPOCH_USED_AGAIN, EMPTY_GROUP_NOT_ASSIGNED, ANSWERS_NOT_REPEATED }

    /// @param inOrder whether members come for the first time in the order of their names
    /// @param losses answers that never come, and requests whose sender has gone before they came
    /// @param fences members that are put out though they live
    /// @param copies heartbeats that come once more over a connection that was given up, as late as may be
    record Setting(int members, boolean inOrder, int losses, int fences, int copies, Bug bug) {}

    private record Story(Story before, String event) {
        String told() {
            return before == null ? event : before.told() + "\n  " + event;
        }
    }

    private final Setting setting;
    private final Story story;
    /// Compacted. Shared by all moments between two that write.
    private LinkedHashMap<ByteBuffer, GroupChange> log = new LinkedHashMap<>();
    private final ExploredMember[] members;
    private int losses;
    private int fences;
    private int copies;
    private ConsumerHeartbeat copy;
    private ConsumerGroup group = ConsumerGroup.NONE;
    private String wentBack;

    ExploredGroup(Setting setting) {
        this.setting = setting;
        this.story = new Story(null, "");
        this.members = new ExploredMember[setting.members()];
        for (int i = 0; i < members.length; i++) members[i] = new ExploredMember("member-" + i);
        this.losses = setting.losses();
        this.fences = setting.fences();
        this.copies = setting.copies();
    }

    private ExploredGroup(ExploredGroup before, String event) {
        this.setting = before.setting;
        this.story = new Story(before.story, event);
        this.log = before.log;
        this.members = Arrays.stream(before.members).map(ExploredMember::copy).toArray(ExploredMember[]::new);
        this.losses = before.losses;
        this.fences = before.fences;
        this.copies = before.copies;
        this.copy = before.copy;
        this.group = before.group;
    }

    // ---- what can happen next ----

    List<ExploredGroup> next() {
        List<ExploredGroup> next = new ArrayList<>();
        for (int i = 0; i < members.length; i++) ofMember(i, next);
        if (copy != null) add(next, "the copy arrives", ExploredGroup::copyArrives);
        return next;
    }

    private void ofMember(int who, List<ExploredGroup> next) {
        ExploredMember member = members[who];
        String name = member.memberId;
        boolean mayCome = !member.isGone() && member.joins() < MOST_JOINS && (!setting.inOrder() || who == 0 || hasCome(members[who]) || hasCome(members[who - 1]));
        boolean mayBeat = member.hasJoined() || mayCome;
        String beats = member.hasJoined() ? " beats" : " joins";
        if (mayBeat) add(next, name + beats, it -> it.beat(it.members[who], true));
        if (mayBeat && losses > 0) add(next, name + beats + ", and is not answered", it -> it.loseAnswer(it.members[who]));
        if (mayBeat && copies > 0) add(next, name + beats + ", and a copy stays on its way", it -> it.leaveCopy(it.members[who]));
        if (member.hasToDo()) add(next, name + " does as told", it -> it.members[who].doesAsTold());
        if (member.hasJoined()) add(next, name + " leaves", it -> it.leave(it.members[who], true));
        if (member.hasJoined() && losses > 0) add(next, name + " leaves, and nobody hears it", it -> it.leave(it.members[who], false));
        boolean mayBePutOut = group.member(name) != null && (fences > 0 || member.isGone());
        if (mayBePutOut) add(next, name + " is put out", it -> it.putOut(it.members[who]));
    }

    private boolean hasCome(ExploredMember member) {
        return member.joins() > 0 || group.member(member.memberId) != null;
    }

    private void add(List<ExploredGroup> next, String what, Consumer<ExploredGroup> doing) {
        var after = new ExploredGroup(this, what);
        doing.accept(after);
        next.add(after);
    }

    private void loseAnswer(ExploredMember member) {
        losses--;
        beat(member, false);
    }

    /// The member hears nothing, connects anew, and says it again over the newer connection; what lies in the older one may still come.
    private void leaveCopy(ExploredMember member) {
        copies--;
        copy = heartbeat(member);
        beat(member, true);
    }

    private void copyArrives() {
        var fence = new MemberFence(members.length);
        fence.admits(GROUP, copy.memberId(), NEWER_CONNECTION);
        if (setting.bug() == Bug.NO_FENCE || fence.admits(GROUP, copy.memberId(), OLDER_CONNECTION)) ask(copy);
        copy = null;
    }

    private ConsumerHeartbeat heartbeat(ExploredMember member) {
        boolean all = member.tellsAll();
        Partitions owned = all || member.hasNews() ? partitions(member.owned()) : setting.bug() == Bug.SILENCE_MEANS_NOTHING ? Partitions.NONE : null;
        return new ConsumerHeartbeat(1, GROUP, member.memberId, member.epoch(), null, null, all ? REBALANCE_TIMEOUT_MS : -1, all ? List.of(TOPIC) : null, null, null, owned, "c", "/h", true, TIMES, IMAGE, null);
    }

    private void beat(ExploredMember member, boolean answerComes) {
        boolean all = member.tellsAll();
        ConsumerHeard heard = ask(heartbeat(member));
        if (!answerComes) member.heardNothing();
        else if (heard.error() == NONE) member.heard(heard.memberEpoch(), heard.assigned() == null || setting.bug() == Bug.ANSWERS_NOT_REPEATED && all && member.hasJoined() ? null : bits(heard.assigned()));
        else member.fenced();
    }

    private void leave(ExploredMember member, boolean heard) {
        int epoch = member.epoch();
        member.goes();
        if (!heard) losses--;
        else ask(new ConsumerHeartbeat(1, GROUP, member.memberId, epoch == 0 ? 0 : -1, null, null, -1, null, null, null, null, "c", "/h", true, TIMES, IMAGE, null));
    }

    private static Partitions partitions(int bits) {
        List<Integer> partitions = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            if ((bits >> i & 1) != 0) partitions.add(i);
        }
        return partitions.isEmpty() ? Partitions.NONE : Partitions.of(new TreeMap<Uuid, List<Integer>>(Map.of(ConsumerWorld.idOf(TOPIC), partitions)));
    }

    private static int bits(Partitions partitions) {
        return partitions.of(ConsumerWorld.idOf(TOPIC)).stream().mapToInt(each -> 1 << each).sum();
    }

    // ---- the coordinator ----

    private ConsumerHeard ask(ConsumerHeartbeat heartbeat) {
        GroupCore core = new GroupCore(GroupSettings.DEFAULTS);
        log.values().forEach(core::apply);
        core.loaded(0, TIMESTAMP_MS);
        Decision<GroupChange, Outcome<GroupAnswer>> decision = core.decide(heartbeat, 0, TIMESTAMP_MS);
        write(decision.changes());
        return (ConsumerHeard) decision.answer().replies().getFirst().answer();
    }

    /// Nobody has heard of that member for its session time-out, and of the others lately.
    private void putOut(ExploredMember silent) {
        if (!silent.isGone()) fences--;
        GroupCore core = new GroupCore(GroupSettings.DEFAULTS);
        log.values().stream().filter(each -> each instanceof ConsumerGroupMember(var _, String member, var _) && member.equals(silent.memberId)).forEach(core::apply);
        core.loaded(0, TIMESTAMP_MS);
        log.values().forEach(core::apply);
        int session = GroupSettings.DEFAULTS.consumer().times().sessionTimeoutMs();
        core.loaded(session - 1, TIMESTAMP_MS);
        write(core.tick(session, TIMESTAMP_MS).changes());
    }

    private void write(List<GroupChange> changes) {
        ConsumerGroup before = group;
        if (!changes.isEmpty()) log = new LinkedHashMap<>(log);
        for (GroupChange decided : changes) {
            GroupChange change = planted(decided);
            if (change == null) continue;
            if (GroupChangeBytes.value(change) == null) log.remove(GroupChangeBytes.key(change));
            else log.put(GroupChangeBytes.key(change), change);
            group = group.after((GroupChange.OfConsumerGroup) change);
        }
        wentBack = wentBack(before);
    }

    private GroupChange planted(GroupChange change) {
        return switch (setting.bug()) {
            case GIVEN_BEFORE_RELEASED    -> change instanceof ConsumerGroupCurrent(var of, var member, var value) && value != null
                    ? new ConsumerGroupCurrent(of, member, value.toBuilder().partitionsPendingRevocation(List.of()).build()) : change;
            case PUT_OUT_KEEPS_ITS_SHARE  -> change instanceof ConsumerGroupCurrent(var _, var _, var value) && value == null ? null : change;
            case EPOCH_USED_AGAIN         -> change instanceof ConsumerGroupEpoch(var of, var value) && value != null && value.epoch() == 4
                    ? new ConsumerGroupEpoch(of, value.toBuilder().epoch(2).build()) : change;
            case EMPTY_GROUP_NOT_ASSIGNED -> change instanceof ConsumerGroupTargetEpoch(var _, var value) && value != null && value.assignmentTimestamp() == 0 ? null : change;
            case NONE, NO_FENCE, SILENCE_MEANS_NOTHING, ANSWERS_NOT_REPEATED -> change;
        };
    }

    // ---- what must hold ----

    private String wentBack(ConsumerGroup before) {
        if (group.groupEpoch() < before.groupEpoch() || group.assignmentEpoch() < before.assignmentEpoch() || group.assignmentEpoch() > group.groupEpoch())
            return "G4: from group epoch " + before.groupEpoch() + "/" + before.assignmentEpoch() + " to " + group.groupEpoch() + "/" + group.assignmentEpoch();
        if (group.isEmpty() && group.groupEpoch() != group.assignmentEpoch()) return "G4: an empty group in epoch " + group.groupEpoch() + " is assigned in " + group.assignmentEpoch();
        for (ConsumerMember member : before.members()) {
            ConsumerMember now = group.member(member.memberId());
            if (now != null && now.memberEpoch() < member.memberEpoch()) return "G4: " + member.memberId() + " goes from epoch " + member.memberEpoch() + " to " + now.memberEpoch();
        }
        return null;
    }

    /// @param settled of moments from which everybody comes to rest, in how many rounds; takes more of them
    /// @return the first law that is broken here, or once everything arrives; null for none
    String broken(Map<Key, Integer> settled) {
        String here = wentBack != null ? wentBack : sharedOwner();
        if (here != null) return here;
        var after = new ExploredGroup(this, "everything arrives");
        after.copy = null;
        after.putOutWhoIsGone();
        return after.settles(settled);
    }

    private String sharedOwner() {
        int had = 0;
        for (ExploredMember member : members) {
            if (!member.hasJoined() || group.member(member.memberId) == null) continue;
            if ((had & member.has()) != 0) return "G1: two members have one partition: " + Arrays.toString(members) + "; " + group;
            had |= member.has();
        }
        int given = 0;
        for (ConsumerMember member : group.members()) {
            int bits = bits(member.current().assigned().partitions());
            if ((given & bits) != 0) return "G1: two members are given one partition: " + group;
            given |= bits;
        }
        return null;
    }

    private void putOutWhoIsGone() {
        for (ExploredMember member : members) {
            if (member.isGone() && group.member(member.memberId) != null) putOut(member);
        }
    }

    /// Most stories come to the same few ways of settling; each of them is gone once.
    private String settles(Map<Key, Integer> settled) {
        List<Key> way = new ArrayList<>();
        for (Key here = Key.of(present()); !settled.containsKey(here); here = Key.of(present())) {
            boolean rests = !way.isEmpty() && way.getLast().equals(here);
            if (rests && everythingIsShared()) settled.put(here, 0);
            else if (rests || way.size() == ROUNDS_TO_SETTLE) return notSettled();
            else way.add(here);
            String broken = rests ? null : everybodyIsHeard();
            if (broken != null) return broken;
        }
        int rounds = settled.get(Key.of(present()));
        for (Key each : way.reversed()) settled.putIfAbsent(each, ++rounds);
        return rounds > ROUNDS_TO_SETTLE ? notSettled() : null;
    }

    private String everybodyIsHeard() {
        for (ExploredMember member : members) {
            if (member.isGone() || member.joins() == 0 && group.member(member.memberId) == null) continue;
            beat(member, true);
            String broken = wentBack != null ? wentBack : sharedOwner();
            if (broken != null) return broken;
            if (member.hasToDo()) member.doesAsTold();
        }
        return null;
    }

    private boolean everythingIsShared() {
        int owned = 0;
        boolean anybody = false;
        for (ExploredMember member : members) {
            anybody |= member.hasJoined();
            owned |= member.owned();
        }
        return !anybody || owned == ALL;
    }

    private String notSettled() {
        return "it does not settle: " + Arrays.toString(members) + "; " + group;
    }

    /// @return what has led here, an event a line
    String story() {
        return story.told();
    }

    // ---- which moments are the same ----

    /// Two of them with the same text have the same future.
    @Override public String toString() {
        var joins = new StringBuilder();
        for (ExploredMember member : members) joins.append(member.isGone() ? 0 : member.joins());
        return present() + " " + joins + losses + fences + copies + (copy == null ? "" : copy.memberId() + nameOfEpochs().applyAsInt(copy.memberEpoch()) + copy.owned() + copy.topics());
    }

    /// What there is, without what may still go wrong. Left out is what nothing of that which can still happen asks for: since when a member has a partition (offset
    /// commits ask for that), and the epoch before its present one, unless somebody may still say it.
    private String present() {
        IntUnaryOperator name = nameOfEpochs();
        var text = new StringBuilder().append(name.applyAsInt(group.groupEpoch())).append('/').append(name.applyAsInt(group.assignmentEpoch()));
        for (ExploredMember member : members) {
            text.append(" | ").append(member.text(name));
            ConsumerMember known = group.member(member.memberId);
            if (known == null) continue;
            CurrentAssignment current = known.current();
            text.append(", known in ").append(name.applyAsInt(current.memberEpoch())).append(mayBeSaid(current.previousMemberEpoch(), member) ? " or before " : " ").append(current.state()).append(' ')
                    .append(bits(current.assigned().partitions())).append(' ').append(bits(current.pendingRevocation().partitions())).append(" of ").append(bits(group.target(member.memberId)));
        }
        return text.toString();
    }

    private boolean mayBeSaid(int epoch, ExploredMember by) {
        return by.hasJoined() && by.epoch() == epoch || copy != null && copy.memberId().equals(by.memberId) && copy.memberEpoch() == epoch;
    }

    /// Epochs are only compared with each other, and the next one is above all of them, so what counts is their order: the stories of groups that have gone on for longer
    /// come together with those of others. Zero and less mean something of their own, and stay. (A planted bug may look at the number.)
    private IntUnaryOperator nameOfEpochs() {
        if (setting.bug() != Bug.NONE) return IntUnaryOperator.identity();
        var epochs = new TreeSet<>(List.of(group.groupEpoch(), group.assignmentEpoch()));
        for (ConsumerMember member : group.members()) epochs.add(member.memberEpoch());
        for (ExploredMember member : members) epochs.add(member.epoch());
        if (copy != null) epochs.add(copy.memberEpoch());
        return epoch -> epoch <= 0 ? epoch : epochs.subSet(1, true, epoch, true).size();
    }

    /// A text in 128 bits: those of a million moments would not fit into memory.
    record Key(long high, long low) {
        static Key of(String text) {
            var hash = Hashing.murmur3_128().hashCharsTo128Bits(text);
            return new Key(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
        }
    }
}
