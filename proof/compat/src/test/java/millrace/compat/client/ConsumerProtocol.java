package millrace.compat.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;

/// What a consumer of `group.protocol=consumer` does in its life: reads, shares, hands over, subscribes by pattern, restarts as a static
/// member, goes. Prints `OK` at the end.
///
/// Arguments: bootstrap, a prefix for topics and groups.
public final class ConsumerProtocol {
    private static final int PARTITIONS = 4;
    private static final int RECORDS = 200;
    private static final long PATIENCE_MS = 40_000;

    private final String bootstrap;
    private final String prefix;
    private final Admin admin;
    /// What each consumer has, as its listener was told; by name.
    private final Map<String, Set<TopicPartition>> has = new HashMap<>();
    private final Map<String, Integer> seen = new HashMap<>();

    private ConsumerProtocol(String bootstrap, String prefix) {
        this.bootstrap = bootstrap;
        this.prefix = prefix;
        this.admin = Admin.create(settings());
    }

    public static void main(String[] args) throws Exception {
        var life = new ConsumerProtocol(args[0], args[1]);
        life.readsAndCommits();
        life.sharesAndHandsOver();
        life.subscribesByPattern();
        life.restartsAsStaticMember();
        life.admin.close();
        System.out.println("OK");
    }

    private void readsAndCommits() throws Exception {
        String topic = create("reads");
        produce(topic);
        try (var anna = consumer("anna", "reads", null)) {
            anna.subscribe(List.of(topic), listener("anna"));
            until("anna has read all", () -> poll("anna", anna) && seen.get("anna") == RECORDS);
            anna.commitSync();
            require(group("reads").groupState() == GroupState.STABLE, "the group is stable");
        }
        require(group("reads").groupState() == GroupState.EMPTY, "the group is empty once its member has left");
        long committed = admin.listConsumerGroupOffsets(prefix + "reads").partitionsToOffsetAndMetadata().get().values().stream().mapToLong(offset -> offset.offset()).sum();
        require(committed == RECORDS, "what was read is committed, found " + committed);
        try (var bob = consumer("bob", "reads", null)) {
            bob.subscribe(List.of(topic), listener("bob"));
            until("bob has all partitions", () -> poll("bob", bob) && has.get("bob").size() == PARTITIONS);
            require(seen.get("bob") == 0, "nothing is read twice");
        }
    }

    private void sharesAndHandsOver() throws Exception {
        String topic = create("shares");
        var carl = consumer("carl", "shares", null);
        var dora = consumer("dora", "shares", null);
        carl.subscribe(List.of(topic), listener("carl"));
        until("carl has all partitions", () -> poll("carl", carl) && has.get("carl").size() == PARTITIONS);
        dora.subscribe(List.of(topic), listener("dora"));
        until("each has half", () -> poll("carl", carl) && poll("dora", dora) && has.get("carl").size() == PARTITIONS / 2 && has.get("dora").size() == PARTITIONS / 2);
        produce(topic);
        until("both have read all", () -> poll("carl", carl) && poll("dora", dora) && seen.get("carl") + seen.get("dora") == RECORDS);
        require(seen.get("carl") > 0 && seen.get("dora") > 0, "both have read");
        carl.close();
        until("dora has all partitions", () -> poll("dora", dora) && has.get("dora").size() == PARTITIONS);
        dora.close();
    }

    private void subscribesByPattern() throws Exception {
        create("pattern-a");
        try (var emil = consumer("emil", "pattern", null)) {
            emil.subscribe(new SubscriptionPattern(prefix + "pattern-.*"), listener("emil"));
            until("emil has the topic that is there", () -> poll("emil", emil) && has.get("emil").size() == PARTITIONS);
            String later = create("pattern-b");
            until("emil has the topic that came later", () -> poll("emil", emil) && has.get("emil").size() == 2 * PARTITIONS);
            produce(later);
            until("emil has read it", () -> poll("emil", emil) && seen.get("emil") == RECORDS);
        }
    }

    private void restartsAsStaticMember() throws Exception {
        String topic = create("static");
        var fred = consumer("fred", "static", "f");
        var gina = consumer("gina", "static", "g");
        fred.subscribe(List.of(topic), listener("fred"));
        gina.subscribe(List.of(topic), listener("gina"));
        until("each has half", () -> poll("fred", fred) && poll("gina", gina) && has.get("fred").size() == PARTITIONS / 2 && has.get("gina").size() == PARTITIONS / 2);
        Set<TopicPartition> fredHad = new HashSet<>(has.get("fred"));
        int epoch = group("static").groupEpoch().orElseThrow();
        fred.close();
        try (var again = consumer("fred again", "static", "f")) {
            again.subscribe(List.of(topic), listener("fred again"));
            until("fred is back", () -> poll("gina", gina) && poll("fred again", again) && has.get("fred again").size() == PARTITIONS / 2);
            require(has.get("fred again").equals(fredHad), "fred has what he had");
            require(has.get("gina").size() == PARTITIONS / 2, "gina was left alone");
            require(group("static").groupEpoch().orElseThrow() == epoch, "nobody was reassigned");
        }
        gina.close();
    }

    // ---- tools ----

    private Properties settings() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        return settings;
    }

    private KafkaConsumer<String, String> consumer(String name, String group, String instance) {
        has.put(name, new HashSet<>());
        seen.put(name, 0);
        Properties settings = settings();
        settings.put("group.protocol", "consumer");
        settings.put("group.id", prefix + group);
        settings.put("client.id", name);
        if (instance != null) settings.put("group.instance.id", instance);
        settings.put("auto.offset.reset", "earliest");
        settings.put("metadata.max.age.ms", "1000");
        settings.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        settings.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        return new KafkaConsumer<>(settings);
    }

    private ConsumerRebalanceListener listener(String name) {
        return new ConsumerRebalanceListener() {
            @Override public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                for (TopicPartition each : partitions) {
                    for (var other : has.entrySet()) require(!other.getValue().contains(each), name + " is given " + each + ", which " + other.getKey() + " has");
                }
                has.get(name).addAll(partitions);
            }

            @Override public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                has.get(name).removeAll(partitions);
            }
        };
    }

    private boolean poll(String name, KafkaConsumer<String, String> consumer) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) seen.merge(name, 1, Integer::sum);
        return true;
    }

    private String create(String name) throws Exception {
        admin.createTopics(List.of(new NewTopic(prefix + name, PARTITIONS, (short) 1))).all().get();
        return prefix + name;
    }

    private void produce(String topic) throws Exception {
        Properties settings = settings();
        settings.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        settings.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) sent.add(producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, "value-" + i)));
            for (var each : sent) each.get();
        }
    }

    private ConsumerGroupDescription group(String name) throws Exception {
        return admin.describeConsumerGroups(List.of(prefix + name)).describedGroups().get(prefix + name).get();
    }

    private static void until(String what, BooleanSupplier holds) {
        long started = System.currentTimeMillis();
        while (!holds.getAsBoolean()) require(System.currentTimeMillis() < started + PATIENCE_MS, what + " within " + PATIENCE_MS + " ms");
        System.out.println(what + " after " + (System.currentTimeMillis() - started) + " ms");
    }

    private static void require(boolean holds, String what) {
        if (!holds) throw new AssertionError("not so: " + what);
    }
}
