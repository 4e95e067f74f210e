package millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// One group changes its protocol there and back while it is in use, with members of three releases of Apache's Java client.
class MixedGroupTest {
    private static final String TOPIC = "mixed";
    private static final String GROUP = "mixed-group";
    private static final int PARTITIONS = 6;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<PeerProcess> members = new ArrayList<>();
    private NodeProcess node;
    private Path directory;
    private int written;

    @Test void membersOfBothProtocolsShareAGroupThatMigratesThereAndBack(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
        directory = folder;
        try (var started = NodeProcess.start(folder.resolve("node"), Map.of("group.consumer.min.heartbeat.interval.ms", "500", "group.consumer.heartbeat.interval.ms", "500"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", started.bootstrap()))) {
            node = started;
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
            var old = member("kafka-clients-2.8", "classic");
            var other = member("kafka-clients-3.9", "classic");
            share(3, old, other);
            is(admin, GroupType.CLASSIC, 0);

            var consumer = member("kafka-clients-4.4", "consumer");
            share(2, old, other, consumer);
            is(admin, GroupType.CONSUMER, 2);
            var early = member("kafka-clients-3.9", "consumer");
            until(() -> has(early) > 0 && has(old) + has(other) + has(consumer) + has(early) == PARTITIONS, "four share the partitions");
            end(old);
            end(other);
            share(3, consumer, early);
            is(admin, GroupType.CONSUMER, 0);

            var classic = member("kafka-clients-4.4", "classic");
            share(2, consumer, early, classic);
            is(admin, GroupType.CONSUMER, 1);
            end(consumer);
            end(early);
            share(6, classic);
            is(admin, GroupType.CLASSIC, 0);
            end(classic);
            everythingWasRead(admin);
        } finally {
            members.forEach(PeerProcess::close);
        }
    }

    private PeerProcess member(String client, String protocol) {
        var member = new PeerProcess(client, directory.resolve("member-" + members.size() + "-" + client + "-" + protocol + ".log"), "millrace.compat.client.GroupMember", node.bootstrap(), GROUP, TOPIC, protocol);
        members.add(member);
        return member;
    }

    /// Records come all the time, so that each change of hands has some under way.
    private void produce() {
        try (var producer = new KafkaProducer<>(Map.of("bootstrap.servers", node.bootstrap(), "acks", "all"), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 10 * PARTITIONS; i++, written++) producer.send(new ProducerRecord<>(TOPIC, written % PARTITIONS, null, Integer.toString(written)));
        }
    }

    private void share(int each, PeerProcess... sharing) {
        until(() -> List.of(sharing).stream().allMatch(member -> has(member) == each), sharing.length + " members have " + each + " partitions each");
        produce();
    }

    private void until(BooleanSupplier holds, String what) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!holds.getAsBoolean()) {
            produce();
            assertThat(System.nanoTime()).as(what + "; the members: " + members.stream().map(MixedGroupTest::has).toList()).isLessThan(deadline);
        }
    }

    private static int has(PeerProcess member) {
        return member.lines().stream().filter(line -> line.startsWith("has ")).reduce((_, last) -> last).map(line -> Integer.parseInt(line.substring("has ".length()))).orElse(0);
    }

    private static void end(PeerProcess member) {
        assertThat(member.end(LIMIT)).as("how a member ends: " + member.lines()).isZero();
        assertThat(member.lines().getLast()).isEqualTo("OK");
    }

    /// @param classicMembers of a group of the consumer protocol, how many speak the classic one
    private static void is(Admin admin, GroupType type, int classicMembers) throws ExecutionException, InterruptedException {
        ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP);
        assertThat(group.type()).isEqualTo(type);
        assertThat(group.groupState()).isIn(GroupState.STABLE, GroupState.RECONCILING);
        assertThat(group.members().stream().filter(member -> member.upgraded().equals(Optional.of(false))).count()).as("members that are still classic").isEqualTo(classicMembers);
    }

    /// Every record by somebody; twice only what a member could not commit because the group had moved on.
    private void everythingWasRead(Admin admin) throws ExecutionException, InterruptedException {
        var read = new TreeSet<Integer>();
        Map<String, Integer> times = new HashMap<>();
        int refused = 0;
        for (PeerProcess member : members) {
            for (String line : member.lines()) {
                if (line.startsWith("not committed")) refused++;
                if (!line.startsWith("read ")) continue;
                read.add(Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)));
                times.merge(line, 1, Integer::sum);
            }
        }
        assertThat(read).as("records that were read").hasSize(written);
        if (refused == 0) assertThat(times.values()).as("how often each was read").containsOnly(1);
        var committed = new TreeMap<Integer, Long>();
        admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().forEach((partition, offset) -> committed.put(partition.partition(), offset.offset()));
        assertThat(committed.values().stream().mapToLong(Long::longValue).sum()).as("what is committed").isEqualTo(written);
    }
}
