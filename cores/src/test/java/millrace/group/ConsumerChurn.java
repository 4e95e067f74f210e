package millrace.group;

import static millrace.protocol.ErrorCode.NONE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

import millrace.common.Uuid;
import millrace.group.stored.ConsumerGroup;
import millrace.group.stored.GroupChange;
import millrace.group.stored.GroupChangeBytes;
import millrace.group.stored.Partitions;
import millrace.group.stored.StoredGroups;
import millrace.protocol.ErrorCode;

/// One seed's story of a consumer group: members come, go, crash and lose answers, topics grow, the coordinator dies and reads a log from which
/// compaction has taken what it may. After every step it is looked at what must always hold.
///
///     G1  a partition is had by one living member at most          G3  who is not in its epoch commits nothing
///     G4  epochs do not go back                                    G7  the log, however compacted, is the live state
final class ConsumerChurn {
    private static final int STEPS = 120;

    /// A client: what it has is what it reads from, whatever the coordinator believes.
    private static final class Client {
        private final TestConsumer consumer;
        private boolean joined;
        private boolean alive = true;

        Client(TestConsumer consumer) {
            this.consumer = consumer;
        }
    }

    private final Random random;
    private final ConsumerWorld world;
    private final List<Client> clients = new ArrayList<>();
    private final Map<String, Integer> memberEpochs = new HashMap<>();
    private int nextName;
    private int groupEpoch;
    private int assignmentEpoch;

    ConsumerChurn(long seed, ConsumerWorld world) {
        this.random = new Random(seed);
        this.world = world;
    }

    /// @throws AssertionError with what did not hold
    void run() {
        for (int step = 0; step < STEPS; step++) {
            act();
            look();
        }
        settle();
    }

    // ---- what happens ----

    private void act() {
        switch (random.nextInt(12)) {
            case 0, 1 -> comes();
            case 2    -> one(client -> client.alive = false);
            case 3    -> one(this::leaves);
            case 4    -> world.topic("t", Math.min(8, world.world.image.topics().byName("t").partitions().size() + random.nextInt(2)));
            case 5    -> world.world.pass(1_000L * (1 + random.nextInt(20)));
            case 6    -> failsOver();
            case 7    -> one(this::commits);
            default   -> one(this::beats);
        }
    }

    private void one(Consumer<Client> does) {
        List<Client> living = clients.stream().filter(client -> client.alive).toList();
        if (!living.isEmpty()) does.accept(living.get(random.nextInt(living.size())));
    }

    private void comes() {
        if (clients.stream().filter(client -> client.alive).count() >= 4) return;
        String name = "c" + nextName++;
        TestConsumer consumer = world.consumer(name);
        if (random.nextInt(3) == 0) consumer.asInstance("i" + random.nextInt(2));
        if (random.nextInt(4) == 0) consumer.subscribedBy("t.*");
        clients.add(new Client(consumer));
    }

    private void beats(Client client) {
        TestConsumer consumer = client.consumer;
        Partitions had = consumer.owned;
        int wasIn = consumer.epoch;
        if (!client.joined) consumer.joins();
        else consumer.changesSubscription();
        boolean answerIsLost = random.nextInt(5) == 0;
        if (answerIsLost) {
            consumer.owned = client.joined ? had : Partitions.NONE;
            consumer.epoch = wasIn;
            return;
        }
        client.joined = consumer.error() == NONE;
        if (client.joined) return;
        consumer.owned = Partitions.NONE;
        consumer.epoch = 0;
    }

    private void leaves(Client client) {
        if (!client.joined) return;
        boolean forNow = client.consumer.instanceId != null && random.nextBoolean();
        if (forNow) client.consumer.leavesForNow();
        else client.consumer.leaves();
        client.alive = false;
        client.consumer.owned = Partitions.NONE;
    }

    private void commits(Client client) {
        if (!client.joined || world.group() == null || client.consumer.has().isEmpty()) return;
        var member = world.group().member(client.consumer.memberId);
        int partition = client.consumer.has().getFirst();
        long before = world.world.committed(ConsumerWorld.GROUP, "t", partition);
        ErrorCode error = world.commitAt(client.consumer.memberId, client.consumer.epoch, "t", partition, before + 1);
        boolean fenced = member == null || client.consumer.epoch > member.memberEpoch();
        require("G3", !fenced || error != NONE && world.world.committed(ConsumerWorld.GROUP, "t", partition) == before, client.consumer.memberId + " commits though it is fenced");
    }

    private void failsOver() {
        List<GroupChange> compacted = compacted();
        world.world.log.clear();
        world.world.log.addAll(compacted);
        StoredGroups before = world.world.core.stored();
        world.world.failsOver();
        require("G7", world.world.core.stored().equals(before), "after a reload it is " + world.world.core.stored() + " and was " + before);
    }

    /// Up to a point of the log only the last record of each key is left, and of some not even the tombstone.
    private List<GroupChange> compacted() {
        List<GroupChange> log = world.world.log;
        int upTo = random.nextInt(log.size() + 1);
        Set<ByteBuffer> later = new HashSet<>();
        List<GroupChange> kept = new ArrayList<>();
        for (int i = log.size() - 1; i >= 0; i--) {
            boolean isLast = later.add(GroupChangeBytes.key(log.get(i)));
            boolean isOldTombstone = i < upTo / 2 && isLast && GroupChangeBytes.value(log.get(i)) == null;
            if (i >= upTo || isLast && !isOldTombstone) kept.addFirst(log.get(i));
        }
        return kept;
    }

    // ---- what must hold ----

    private void look() {
        ConsumerGroup group = world.group();
        if (group == null) {
            groupEpoch = 0;
            assignmentEpoch = 0;
            memberEpochs.clear();
            return;
        }
        oneOwner(group);
        require("G4", group.groupEpoch() >= groupEpoch && group.assignmentEpoch() >= assignmentEpoch && group.assignmentEpoch() <= group.groupEpoch(),
                "from epoch " + groupEpoch + "/" + assignmentEpoch + " to " + group.groupEpoch() + "/" + group.assignmentEpoch());
        require("G4", !group.isEmpty() || group.groupEpoch() == group.assignmentEpoch(), "an empty group in epoch " + group.groupEpoch() + " is assigned in " + group.assignmentEpoch());
        groupEpoch = group.groupEpoch();
        assignmentEpoch = group.assignmentEpoch();
        for (var member : group.members()) {
            Integer was = memberEpochs.put(member.memberId(), member.memberEpoch());
            require("G4", was == null || member.memberEpoch() >= was || member.memberEpoch() <= 0, member.memberId() + " from epoch " + was + " to " + member.memberEpoch());
        }
    }

    private void oneOwner(ConsumerGroup group) {
        Map<String, String> owners = new HashMap<>();
        for (Client client : clients) {
            if (!client.joined || group.member(client.consumer.memberId) == null) continue;
            client.consumer.owned.byTopic().forEach((topic, partitions) -> partitions.forEach(partition -> {
                String other = owners.put(topic + "-" + partition, client.consumer.memberId);
                require("G1", other == null, partition + " is had by " + other + " and " + client.consumer.memberId);
            }));
        }
    }

    /// Nobody comes or goes any more: soon everybody has its share, and everything is shared.
    private void settle() {
        for (int round = 0; round < 40; round++) {
            for (Client client : clients) {
                if (!client.alive) continue;
                // After an answer that was lost a client tells all about itself, and so is told what it may have.
                if (client.joined) client.consumer.changesSubscription();
                else client.consumer.joins();
                client.joined = client.consumer.error() == NONE;
                if (!client.joined) client.consumer.owned = Partitions.NONE;
                look();
            }
            world.world.pass(4_000);
        }
        Uuid topic = ConsumerWorld.idOf("t");
        Set<Integer> shared = new HashSet<>();
        boolean anybody = false;
        for (Client client : clients) {
            anybody |= client.alive && client.joined;
            if (client.alive && client.joined) shared.addAll(client.consumer.owned.of(topic));
        }
        require("settles", !anybody || world.state().equals("Stable") && shared.size() == world.world.image.topics().byName("t").partitions().size(),
                "it is " + (world.group() == null ? "gone" : world.state()) + " and shares " + shared);
    }

    private static void require(String what, boolean holds, String why) {
        if (!holds) throw new AssertionError(what + ": " + why);
    }
}
