package millrace.compat.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Consumers of one classic group, of which one leaves. Prints how long its `close()` takes, and when all the others are in the next generation:
/// they hear of it in the answers to their heartbeats.
///
/// Arguments: bootstrap, a name for topic and group, how many members, how many of them leave one after the other, `heartbeat.interval.ms`,
/// and how long the group rests before each leaves, in milliseconds.
public final class ClassicRebalance {
    private static final int PARTITIONS = 60;
    private static final long PATIENCE_MS = 60_000;

    private ClassicRebalance() {}

    public static void main(String[] args) throws Exception {
        String bootstrap = args[0];
        String name = args[1];
        int leaving = Integer.parseInt(args[3]);
        long restMs = Long.parseLong(args[5]);
        create(bootstrap, name);
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[2]); i++) members.add(new Member(bootstrap, name, args[4]));
        members.forEach(Thread::start);
        until(() -> areTogether(members, 0));
        for (int i = 0; i < leaving; i++) leave(members, restMs);
        for (Member each : members) each.leave();
    }

    private static void create(String bootstrap, String topic) throws Exception {
        var settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        try (var admin = AdminClient.create(settings)) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
        }
    }

    private static void leave(List<Member> members, long restMs) throws InterruptedException {
        Thread.sleep(restMs);
        int before = members.getFirst().generation;
        Member leaver = members.removeFirst();
        long beganNs = System.nanoTime();
        leaver.leave();
        until(() -> areTogether(members, before));
        long togetherMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
        leaver.join();
        System.out.println("closed_ms=" + leaver.closedMs + " together_ms=" + togetherMs);
    }

    private static boolean areTogether(List<Member> members, int afterGeneration) {
        int generation = members.getFirst().generation;
        return generation > afterGeneration && members.stream().allMatch(each -> each.generation == generation);
    }

    private static void until(BooleanSupplier reached) throws InterruptedException {
        long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > untilNs) throw new IllegalStateException("the group is not stable after " + PATIENCE_MS + " ms");
            Thread.sleep(5);
        }
    }

    private static final class Member extends Thread {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private volatile boolean leaves;
        private volatile int generation;
        private volatile long closedMs;

        Member(String bootstrap, String name, String heartbeatIntervalMs) {
            setDaemon(true);
            var settings = new Properties();
            settings.put("bootstrap.servers", bootstrap);
            settings.put("group.id", name);
            settings.put("enable.auto.commit", "false");
            settings.put("session.timeout.ms", "30000");
            settings.put("heartbeat.interval.ms", heartbeatIntervalMs);
            settings.put("key.deserializer", ByteArrayDeserializer.class.getName());
            settings.put("value.deserializer", ByteArrayDeserializer.class.getName());
            consumer = new KafkaConsumer<>(settings);
            consumer.subscribe(Collections.singleton(name));
        }

        @Override public void run() {
            while (!leaves) {
                consumer.poll(Duration.ofMillis(50));
                if (!consumer.assignment().isEmpty()) generation = consumer.groupMetadata().generationId();
            }
            long beganNs = System.nanoTime();
            consumer.close();
            closedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
        }

        void leave() {
            leaves = true;
        }
    }
}
